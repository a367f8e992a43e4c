/** Two nodes on one PostgreSQL: each has a data folder of its own, so only NOTIFY tells one of the other's changes. */
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
    (await cache.find(code))?.target.split("/").at(-1) ?? null;
  const until = async (isSo: () => Promise<boolean> | boolean) => {
    while (!(await isSo())) await Bun.sleep(2);
  };

  test("what one changes the other answers soon, from memory again", async () => {
    await point(here, "code", "1");
    expect(await targetAt(here, "code")).toBe("1");
    await until(async () => (await targetAt(there, "code")) === "1");
    await point(there, "code", "2");
    expect(await targetAt(there, "code")).toBe("2");
    await until(async () => (await targetAt(here, "code")) === "2");
    // What is read while the other's change is still being told is right, and not kept.
    await until(async () => {
      await targetAt(here, "code");
      return here.cache.peek("code") !== undefined;
    });
  });

  test("a node that lost its ear answers from the database, exactly, until it hears again", async () => {
    await targetAt(there, "code");
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'trunk8 listener' and datname = current_database()`.execute(
      here.database.read,
    );
    await until(() => there.cache.peek("code") === undefined);
    await point(here, "code", "3");
    expect(await targetAt(there, "code")).toBe("3");
    await until(async () => {
      await targetAt(there, "code");
      return there.cache.peek("code") !== undefined;
    });
    await point(here, "code", "4");
    await until(async () => (await targetAt(there, "code")) === "4");
  });

  test("every connection lost at once is told as busy at most, and mended", async () => {
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where pid <> pg_backend_pid() and datname = current_database()`.execute(here.database.read);
    const outcomes = await Promise.allSettled(
      [1, 2, 3, 4].map((to) => point(there, "code", `${to}`)),
    );
    for (const outcome of outcomes) {
      if (outcome.status === "rejected") expect(outcome.reason).toMatchObject({ code: "busy" });
    }
    await until(() =>
      point(there, "code", "5").then(
        () => true,
        () => false,
      ),
    );
    await until(async () => (await targetAt(here, "code").catch(() => null)) === "5");
  });
});
