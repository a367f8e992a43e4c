/** Texts of statements, and what a full disk does to those that many rows are added by. */
import { Database as Connection } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { sql } from "kysely";
import { configure } from "../../src/database/sqlite/pragmas.ts";
import { failureOf } from "../failure.ts";
import { databases, openTestApp, type World } from "../world.ts";

const MANY = Array.from({ length: 2000 }, (_, at) => at);
const ODD = ['"', "'", "\\", "\u0001", "\u{1f600}", "\ud800", "\u2028", "%", "null", "1"];

for (const kind of databases) {
  describe(`a list of values on ${kind}`, () => {
    let world: World;
    beforeAll(async () => {
      world = await openTestApp({ database: kind });
      const rows = [...ODD, ...MANY.map(String)].map((name) => ({ name, holder: "", until: 0 }));
      const unique = [...new Map(rows.map((row) => [row.name.toWellFormed(), row])).values()];
      await world.app.database.write((trx) =>
        trx
          .insertInto("lease")
          .values(unique.map((row) => ({ ...row, name: row.name.toWellFormed() })))
          .execute(),
      );
    });
    afterAll(() => world.close());

    const find = async (names: readonly string[]) => {
      const query = world.app.database.read.selectFrom("lease").select("name");
      const rows = await query.where("name", "in", names).execute();
      return rows.map(({ name }) => name).sort();
    };

    test.each([0, 1, 4, 5, 2000])("finds the rows of %d values", async (count) => {
      const names = MANY.slice(0, count).map(String);
      expect(await find([...names, "missing"])).toEqual(names.sort());
    });

    test("finds values that JSON must escape", async () => {
      const stored = ODD.map((name) => name.toWellFormed());
      expect(await find(stored)).toEqual(stored.toSorted());
    });

    test("finds numbers that are no whole numbers of JSON", async () => {
      const query = world.app.database.read.selectFrom("lease").select("name");
      const values = [-1, -2, -3, -4, Number.MAX_SAFE_INTEGER, 0];
      expect(await query.where("until", "in", values).limit(1).execute()).toHaveLength(1);
    });
  });
}

describe("on SQLite", () => {
  let world: World;
  beforeAll(async () => {
    world = await openTestApp();
  });
  afterAll(() => world.close());

  test.each(["read", "lookup"] as const)(
    "a statement of %s has one text, however long its list is",
    (lane) => {
      const textOf = (count: number) =>
        world.app.database[lane]
          .selectFrom("link")
          .select("id")
          .where("id", "in", MANY.slice(0, count))
          .compile().sql;
      expect(new Set([5, 6, 50, 2000].map(textOf)).size).toBe(1);
    },
  );

  test("keeps a hundred statements prepared", () => {
    using db = new Connection(":memory:");
    configure(db, { busyTimeoutMs: 0, readOnly: false, cacheKib: 100, mappedMib: 0 });
    const prepared = MANY.slice(0, 100).map((at) => db.query(`select ${at}`));
    for (const [at, statement] of prepared.entries())
      expect(db.query(`select ${at}`)).toBe(statement);
  });

  test("reports a full disk as that where many rows are added", async () => {
    const { database } = world.app;
    const setLimit = (pages: number) =>
      database.write((trx) =>
        sql`pragma max_page_count = ${sql.raw(String(pages))}`.execute(trx).then(() => {}),
      );
    await setLimit(1);
    const columns = () => ({
      id: Float64Array.from({ length: 100_000 }, (_, at) => at),
      link_id: new Float64Array(100_000),
      class: new Float64Array(100_000),
      ms: new Float64Array(100_000),
    });
    const full = { code: "storage_full" };
    const append = database.write((trx) => database.append(trx, "visit", columns()));
    expect(await failureOf(append)).toMatchObject(full);
    await setLimit(1_000_000);
    await database.write((trx) => database.append(trx, "visit", columns()));
    const { count } = await database.read
      .selectFrom("visit")
      .select((visit) => visit.fn.countAll<number>().as("count"))
      .executeTakeFirstOrThrow();
    expect(count).toBe(100_000);
  });
});
