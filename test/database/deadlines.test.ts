/** Deadlines of queries, and that long reads delay no others. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Kysely, sql } from "kysely";
import type { Database } from "../../src/database/database.ts";
import { openDatabase } from "../../src/database/open-database.ts";
import type { Schema } from "../../src/database/schema.ts";
import { MAX_WAITING } from "../../src/database/sqlite/reader-pool.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { failureOf } from "../failure.ts";
import { openPostgres } from "../postgres.ts";
import { until } from "../until.ts";
import { type DatabaseKind, databases } from "../world.ts";

const DEADLINE = 100;

/** A query that takes a second or more, and reads no table. */
const longQuery = {
  sqlite: sql`with recursive n (x) as (select 1 union all select x + 1 from n limit 3000000)
    select count(*) from n`,
  postgres: sql`select pg_sleep(2)`,
} as const;

/** A query that never ends by itself. */
function readEndlessly({ scan, dialect }: Database) {
  return sql`with recursive n (x) as (select 1 union all select 1 - x from n)
    select count(*) from n where ${dialect.inTime("x")}`.execute(scan);
}

async function openNew(kind: DatabaseKind, deadlines = {}) {
  const server = kind === "postgres" ? await (await openPostgres()).freshDatabase() : null;
  const dataFolder = mkdtempSync(join(tmpdir(), "trunk8-deadlines-"));
  const database = await openDatabase({
    url: server?.url ?? "",
    poolSize: 4,
    dataFolder,
    log: silentLog(),
    deadlines,
  });
  const close = async () => {
    await database.close();
    await server?.drop();
    rmSync(dataFolder, { recursive: true, force: true });
  };
  return { database, close };
}

for (const kind of databases) {
  const readLong = (lane: Kysely<Schema>) => longQuery[kind].execute(lane);
  const readShort = (lane: Kysely<Schema>) => sql`select 1 as one`.execute(lane);

  describe(`a read past its deadline on ${kind}`, () => {
    let database: Database;
    let close: () => Promise<void>;
    beforeAll(async () => {
      ({ database, close } = await openNew(kind, { read: DEADLINE, scan: DEADLINE }));
    });
    afterAll(() => close());

    test.each(["read", "scan"] as const)("fails as busy in the lane %s", async (lane) => {
      const began = performance.now();
      const failure = await failureOf(readLong(database[lane]));
      expect(failure).toMatchObject({ code: "busy", retryAfterSeconds: expect.any(Number) });
      expect(performance.now() - began).toBeGreaterThan(DEADLINE - 50);
    });

    test("leaves later reads alone", async () => {
      const late = Array.from({ length: 6 }, () => failureOf(readLong(database.read)));
      for (const failure of await Promise.all(late))
        expect(failure).toMatchObject({ code: "busy" });
      await until(() => readShort(database.read), { what: "a read to be answered again" });
    });

    test("ends its work, too", async () => {
      const endless = () => readEndlessly(database);
      const late = Array.from({ length: 6 }, () => failureOf(endless()));
      for (const failure of await Promise.all(late))
        expect(failure).toMatchObject({ code: "busy" });
      await until(() => readShort(database.scan), { what: "a report to be answered again" });
    });

    test("does not apply to an inspection", async () => {
      const { rows } = await readLong(database.inspect);
      expect(rows).toHaveLength(1);
    });
  });

  describe(`long reads on ${kind}`, () => {
    let database: Database;
    let close: () => Promise<void>;
    beforeAll(async () => {
      ({ database, close } = await openNew(kind));
      const { read, scan } = database;
      await Promise.all([read, read, scan, scan].map(readShort));
    });
    afterAll(() => close());

    test("of reports delay no list", async () => {
      const order: string[] = [];
      const reports = Array.from({ length: 3 }, () =>
        readLong(database.scan).then(() => order.push("report")),
      );
      await readShort(database.read);
      order.push("list");
      await Promise.all(reports);
      expect(order).toEqual(["list", "report", "report", "report"]);
    });

    test("of one list delay no other, and no report", async () => {
      const order: string[] = [];
      const long = readLong(database.read).then(() => order.push("long list"));
      await Promise.all([readShort(database.read), readShort(database.scan)]);
      order.push("list and report");
      await long;
      expect(order).toEqual(["list and report", "long list"]);
    });
  });
}

describe("reads on sqlite", () => {
  test("are refused at once, with a time to try again, when too many wait", async () => {
    const { database, close } = await openNew("sqlite");
    await using _closing = { [Symbol.asyncDispose]: close };
    const running = [longQuery.sqlite, longQuery.sqlite].map((query) =>
      query.execute(database.read),
    );
    const waiting = Array.from({ length: MAX_WAITING }, () => sql`select 1`.execute(database.read));
    const failure = await failureOf(sql`select 1`.execute(database.read));
    expect(failure).toMatchObject({ code: "busy", retryAfterSeconds: expect.any(Number) });
    await Promise.all([...running, ...waiting]);
  });
});

describe.skipIf(!databases.includes("postgres"))("a transaction on postgres", () => {
  test("fails as busy when one of its statements misses its deadline, and the next succeeds", async () => {
    const { database, close } = await openNew("postgres", { write: DEADLINE });
    await using _closing = { [Symbol.asyncDispose]: close };
    const write = database.write(async (trx) => {
      await trx.deleteFrom("lease").execute();
      await longQuery.postgres.execute(trx);
    });
    expect(await failureOf(write)).toMatchObject({ code: "busy" });
    await database.write(async (trx) => {
      await trx.insertInto("lease").values({ name: "next", holder: "", until: 0 }).execute();
    });
    const ended = async () => {
      const { rows } = await sql`select 1 from pg_stat_activity
        where query like 'select pg_sleep%' and state = 'active'
        and datname = current_database()`.execute(database.lookup);
      return rows.length === 0;
    };
    await until(ended, { what: "the server to end the statement", seconds: 3 });
  });
});
