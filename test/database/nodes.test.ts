/** Two nodes on one PostgreSQL: each has a data folder of its own, so only NOTIFY tells one about changes of the other. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import type { Database } from "../../src/database/database.ts";
import { openDatabase } from "../../src/database/open-database.ts";
import { LinkCache } from "../../src/links/link-cache.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { openPostgres, postgresIsAvailable } from "../postgres.ts";
import { until } from "../until.ts";
import { pointLink } from "./point.ts";

interface Node {
  readonly database: Database;
  readonly cache: LinkCache;
  readonly folder: string;
}

async function openNode(url: string): Promise<Node> {
  const folder = mkdtempSync(join(tmpdir(), "trunk8-node-"));
  const database = await openDatabase({ url, poolSize: 3, dataFolder: folder, log: silentLog() });
  return { database, cache: new LinkCache(database, 100), folder };
}

describe.skipIf(!postgresIsAvailable)("two nodes on one PostgreSQL", () => {
  let server: { url: string; drop(): Promise<void> };
  let here: Node;
  let there: Node;

  beforeAll(async () => {
    server = await (await openPostgres()).freshDatabase();
    [here, there] = await Promise.all([openNode(server.url), openNode(server.url)]);
    const owner = {
      username: "owner",
      display_name: "",
      role: "user",
      disabled: 0,
      created_at: 0,
    } as const;
    await here.database.write((trx) => trx.insertInto("user").values(owner).execute());
  });
  afterAll(async () => {
    for (const { database, folder } of [here, there]) {
      await database.close();
      rmSync(folder, { recursive: true });
    }
    await server.drop();
  });

  const point = (node: Node, code: string, to: string) =>
    pointLink(node.database, code, `https://example.com/${to}`);
  const targetAt = async ({ cache }: Node, code: string) =>
    (await cache.find(code))?.location.split("/").at(-1) ?? null;
  const untilTarget = (node: Node, target: string) =>
    until(async () => (await targetAt(node, "code")) === target, { what: `the target ${target}` });
  const untilCached = (node: Node) =>
    until(
      async () => {
        await targetAt(node, "code");
        return node.cache.peek("code") !== undefined;
      },
      { what: "a cached link" },
    );

  test("a change on one node is soon served and cached by the other", async () => {
    await point(here, "code", "1");
    expect(await targetAt(here, "code")).toBe("1");
    await untilTarget(there, "1");
    await point(there, "code", "2");
    expect(await targetAt(there, "code")).toBe("2");
    await untilTarget(here, "2");
    // A link read while the other node's notification is in transit is right, and not cached.
    await untilCached(here);
  });

  test("a node without its listener answers from the database until it listens again", async () => {
    await targetAt(there, "code");
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'trunk8 listener' and datname = current_database()`.execute(
      here.database.read,
    );
    await until(() => there.cache.peek("code") === undefined, { what: "an empty cache" });
    await point(here, "code", "3");
    expect(await targetAt(there, "code")).toBe("3");
    await untilCached(there);
    await point(here, "code", "4");
    await untilTarget(there, "4");
  });

  test("what a crashed process of a machine was writing is cached again while others run", async () => {
    const other = await openDatabase({
      url: server.url,
      poolSize: 3,
      dataFolder: here.folder,
      log: silentLog(),
    });
    await using _closing = { [Symbol.asyncDispose]: () => other.close() };
    await point(here, "code", "crashed");
    other.changes.beginWrites([other.changes.bucketOf("code")]);
    await targetAt(here, "code");
    expect(here.cache.peek("code")).toBeUndefined();
    await untilCached(here);
    expect(await targetAt(here, "code")).toBe("crashed");
  });

  test("losing every connection fails as busy at most, and the pool recovers", async () => {
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where pid <> pg_backend_pid() and datname = current_database()`.execute(here.database.read);
    const outcomes = await Promise.allSettled(
      [1, 2, 3, 4].map((to) => point(there, "code", `${to}`)),
    );
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "busy" });
    }
    await until(() => point(there, "code", "5").then(() => true), { what: "a write" });
    await untilTarget(here, "5");
  });
});
