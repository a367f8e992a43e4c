/** Real nodes on one PostgreSQL: jobs of the site run on one of them, and a node that was paused does not go on. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import pg from "pg";
import { postgresIsAvailable } from "../postgres.ts";
import { until } from "../until.ts";
import { RealNodes } from "./real-nodes.ts";

const ENDED = 120_000;

/** Jobs that have not run to their end; that of links.toml files never does. */
const UNFINISHED = "select 1 from lease where ran_at is null and name <> 'watch-links-files'";

describe.skipIf(!postgresIsAvailable)("a node that was paused in a job", () => {
  let nodes: RealNodes;
  let database: pg.Client;
  beforeEach(async () => {
    nodes = await RealNodes.open();
    database = new pg.Client({ connectionString: nodes.url });
    await database.connect();
  });
  afterEach(async () => {
    await database.end();
    await nodes[Symbol.asyncDispose]();
  });

  const addEnded = (count: number, name: string) =>
    database.query(
      `insert into session (id, seal, user_id, remember, created_at, last_seen_at, expires_at, device)
      select $2 || n, '', (select min(id) from "user"), 0, 0, 0, 0, '' from generate_series(1, $1) as n`,
      [count, name],
    );
  const countEnded = async (name: string) => {
    const query = "select count(*)::int as count from session where id like $1";
    return (await database.query(query, [`${name}%`])).rows[0].count as number;
  };
  const isNone = async (query: string) => (await database.query(query)).rowCount === 0;

  test("leaves it to the node that has taken it", async () => {
    const first = await nodes.start("first");
    await until(() => isNone(UNFINISHED), { what: "all jobs" });
    await first.stop();
    await addEnded(ENDED, "old");
    await database.query("update lease set until = 0");
    const paused = await nodes.start("paused");
    await until(async () => (await countEnded("old")) < ENDED, { what: "the job", seconds: 30 });
    paused.kill("SIGSTOP");
    expect(await countEnded("old")).toBeGreaterThan(0);
    // What it has not committed is rolled back, so that others need not wait for it.
    await until(
      () => isNone("select 1 from pg_stat_activity where state like 'idle in transaction%'"),
      { what: "its transaction to end", seconds: 30 },
    );
    await database.query("update lease set until = 0 where name like '%sessions'");
    await nodes.start("next");
    await until(async () => (await countEnded("old")) === 0, { what: "the rest", seconds: 60 });
    const done = "select 1 from lease where name like '%sessions' and ran_at is null";
    await until(() => isNone(done), { what: "the end of the job" });
    await addEnded(1000, "new");
    paused.kill("SIGCONT");
    await until(() => paused.log.some(({ message }) => message.includes("has its lease")), {
      what: "the paused node to notice",
    });
    expect(await countEnded("new")).toBe(1000);
  }, 120_000);
});
