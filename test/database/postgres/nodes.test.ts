/** Two nodes on one PostgreSQL: each has a data folder of its own, so only NOTIFY tells one about changes of the other. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { sql } from "kysely";
import { openDatabase } from "../../../src/database/open-database.ts";
import { silentLog } from "../../../src/telemetry/log.ts";
import { openPostgres, postgresIsAvailable } from "../../postgres.ts";
import { until } from "../../until.ts";
import { TestNode } from "./test-node.ts";

describe.skipIf(!postgresIsAvailable)("two nodes on one PostgreSQL", () => {
  let server: { url: string; drop(): Promise<void> };
  let here: TestNode;
  let there: TestNode;

  beforeAll(async () => {
    server = await (await openPostgres()).freshDatabase();
    [here, there] = await Promise.all([TestNode.open(server.url), TestNode.open(server.url)]);
    await here.addOwner();
  });
  afterAll(async () => {
    await here.close();
    await there.close();
    await server.drop();
  });

  test("a change on one node is soon served and cached by the other", async () => {
    await here.point("code", "1");
    expect(await here.targetOf("code")).toBe("1");
    await there.untilTarget("code", "1");
    await there.point("code", "2");
    expect(await there.targetOf("code")).toBe("2");
    await here.untilTarget("code", "2");
    // A link read while the other node's notification is in transit is right, and not cached.
    await here.untilCached("code");
  });

  test("a node without its listener answers from the database until it listens again", async () => {
    await there.targetOf("code");
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'trunk8 listener' and datname = current_database()`.execute(
      here.database.read,
    );
    await until(() => there.cache.peek("code") === undefined, { what: "an empty cache" });
    await here.point("code", "3");
    expect(await there.targetOf("code")).toBe("3");
    await there.untilCached("code");
    await here.point("code", "4");
    await there.untilTarget("code", "4");
  });

  test("what a crashed process of a machine was writing is cached again while others run", async () => {
    const other = await openDatabase({
      url: server.url,
      poolSize: 3,
      dataFolder: here.folder,
      log: silentLog(),
    });
    await using _closing = { [Symbol.asyncDispose]: () => other.close() };
    await here.point("code", "crashed");
    other.changes.beginWrites([other.changes.bucketOf("code")]);
    await here.targetOf("code");
    expect(here.cache.peek("code")).toBeUndefined();
    await here.untilCached("code");
    expect(await here.targetOf("code")).toBe("crashed");
  });

  test("losing every connection fails as busy at most, and the pool recovers", async () => {
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where pid <> pg_backend_pid() and datname = current_database()`.execute(here.database.read);
    const outcomes = await Promise.allSettled(
      [1, 2, 3, 4].map((to) => there.point("code", `${to}`)),
    );
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "busy" });
    }
    await until(() => there.point("code", "5").then(() => true), { what: "a write" });
    await here.untilTarget("code", "5");
  });
});
