/** Real nodes whose clocks are ten minutes off: the site's time is that of the database. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import pg from "pg";
import { callProgram } from "../cli/program.ts";
import { postgresIsAvailable } from "../postgres.ts";
import { addLink, type Site, signIn } from "../server/site.ts";
import { until } from "../until.ts";
import { clockAt, hasFaketime, RealNodes } from "./real-nodes.ts";

const MINUTE = 60_000;

describe.skipIf(!postgresIsAvailable || !hasFaketime)("nodes ten minutes off", () => {
  let nodes: RealNodes;
  let right: Site;
  let ahead: Site;
  let behind: Site;
  let database: pg.Client;
  let metrics: string;

  beforeAll(async () => {
    nodes = await RealNodes.open();
    database = new pg.Client({ connectionString: nodes.url });
    await database.connect();
    const opsPort = freePort();
    metrics = `http://127.0.0.1:${opsPort}/metrics`;
    right = await nodes.start("right");
    [ahead, behind] = await Promise.all([
      nodes.start("ahead", { ...clockAt("+10m"), TRUNK8_OPS_LISTEN: `127.0.0.1:${opsPort}` }),
      nodes.start("behind", clockAt("-10m")),
    ]);
  }, 60_000);
  afterAll(async () => {
    await database.end();
    await nodes[Symbol.asyncDispose]();
  });

  const statusesOf = async (code: string) =>
    await Promise.all(
      [right, ahead, behind].map(async ({ origin }) => {
        const answer = await fetch(`${origin}/${code}`, { redirect: "manual" });
        return answer.status;
      }),
    );

  /** By how much a time that a node has written is off, in whole minutes. */
  async function minutesOff(query: string): Promise<number> {
    const { rows } = await database.query(query);
    return Math.round(Math.abs(Number(rows[0].at) - Date.now()) / MINUTE);
  }

  async function expire(code: string, at: number): Promise<void> {
    const { rows } = await database.query("select revision from link where short_code = $1", [
      code,
    ]);
    expect(rows).toHaveLength(1);
    await database.query("update link set expires_at = $2 where short_code = $1", [code, at]);
    await database.query("update link_search set expires_at = $2 where code = $1", [code, at]);
  }

  test("agree on what has expired and what has not", async () => {
    const cookie = await signIn(right.origin);
    for (const code of ["past", "future"])
      await addLink(right.origin, cookie, code, "https://example.com/");
    await expire("past", Date.now() - 5 * MINUTE);
    await expire("future", Date.now() + 5 * MINUTE);
    expect(await statusesOf("past")).toEqual([410, 410, 410]);
    expect(await statusesOf("future")).toEqual([302, 302, 302]);
  });

  test("write the right time into links and sessions, and open each other's sessions", async () => {
    for (const [name, site] of Object.entries({ ahead, behind })) {
      const cookie = await signIn(site.origin);
      await addLink(site.origin, cookie, `of-${name}`, "https://example.com/");
      expect(
        await minutesOff(`select created_at as at from link where short_code = 'of-${name}'`),
      ).toBe(0);
      expect(await minutesOff("select max(created_at) as at from session")).toBe(0);
      expect(await minutesOff("select max(last_seen_at) as at from session")).toBe(0);
      const page = await fetch(`${right.origin}/links`, {
        headers: { cookie },
        redirect: "manual",
      });
      expect(page.status).toBe(200);
    }
  });

  test("are reported by the metric and by doctor", async () => {
    const read = async () =>
      /^trunk8_clock_offset_seconds (\S+)$/m.exec(await (await fetch(metrics)).text())?.[1];
    expect(Math.round(Number(await read()) / 60)).toBe(10);
    nodes.dataFolder("behind");
    const env = nodes.environment(clockAt("-10m"));
    const doctor = await callProgram(join(nodes.folder, "behind"), ["doctor"], { env });
    expect(doctor.stdout).toMatch(/^wrong {2}clock: The database's clock is \d+ s ahead/m);
  });

  test("run the jobs of the site on time", async () => {
    const late = async () => {
      const { rows } = await database.query(
        "select name from lease where ran_at is not null and abs(ran_at - $1) > $2",
        [Date.now(), 5 * MINUTE],
      );
      return rows;
    };
    await until(
      async () => (await database.query("select 1 from lease where ran_at is not null")).rowCount,
      { what: "a job to run" },
    );
    expect(await late()).toEqual([]);
  });
});

function freePort(): number {
  const server = Bun.serve({ port: 0, fetch: () => new Response() });
  const { port } = server;
  server.stop(true);
  return Number(port);
}
