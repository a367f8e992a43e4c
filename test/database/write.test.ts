import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { sql } from "kysely";
import type { Database, Trx } from "../../src/database/database.ts";
import { isUniqueViolation } from "../../src/database/database-errors.ts";
import { failureOf } from "../failure.ts";
import { databases, openTestApp, type World } from "../world.ts";

for (const kind of databases) {
  describe(`writing to ${kind}`, () => {
    let world: World;
    let database: Database;
    beforeAll(async () => {
      world = await openTestApp({ database: kind });
      database = world.app.database;
    });
    afterAll(() => world.close());

    const insert = (trx: Trx, username: string) =>
      trx
        .insertInto("user")
        .values({ username, display_name: username, role: "user", disabled: 0, created_at: 0 })
        .execute();
    const exists = async (username: string) => {
      const query = database.lookup
        .selectFrom("user")
        .select("id")
        .where("username", "=", username);
      return (await query.executeTakeFirst()) !== undefined;
    };

    test("a resolved transaction is durable", async () => {
      await database.write((trx) => insert(trx, "written"));
      expect(await exists("written")).toBe(true);
    });

    test("a transaction that throws is rolled back and rejects with its error", async () => {
      const failure = new Error("no");
      const write = database.write(async (trx) => {
        await insert(trx, "undone");
        throw failure;
      });
      expect(await failureOf(write)).toBe(failure);

      expect(await exists("undone")).toBe(false);
    });

    test("a failed transaction does not affect those in its group", async () => {
      const names = Array.from({ length: 40 }, (_, at) => `neighbour${at}`);
      const results = await Promise.allSettled(
        names.map((name, at) =>
          database.write(async (trx) => {
            await insert(trx, name);
            if (at % 4 === 0) throw new Error("no");
            if (at % 4 === 1) await insert(trx, name);
          }),
        ),
      );
      for (const [at, name] of names.entries()) {
        expect(results[at]?.status).toBe(at % 4 < 2 ? "rejected" : "fulfilled");
        expect(await exists(name)).toBe(at % 4 >= 2);
      }
    });

    test("a taken name is recognized as a unique violation, in any case of letters", async () => {
      await database.write((trx) => insert(trx, "Unique"));
      const again = await database.write((trx) => insert(trx, "uNIQUE")).catch((error) => error);
      expect(isUniqueViolation(again)).toBe(true);
      const wrong = await database
        .write((trx) => sql`select * from nowhere`.execute(trx))
        .catch((error) => error);
      expect(isUniqueViolation(wrong)).toBe(false);
    });

    test("a thousand concurrent transactions are all written", async () => {
      await Promise.all(
        Array.from({ length: 1000 }, (_, at) => database.write((trx) => insert(trx, `many${at}`))),
      );
      const query = database.read
        .selectFrom("user")
        .select((of) => of.fn.countAll<number>().as("count"));
      const { count } = await query.where("username", "like", "many%").executeTakeFirstOrThrow();
      expect(count).toBe(1000);
    });

    test("a transaction sees its own writes; others see them when they are durable", async () => {
      await database.write(async (trx) => {
        await insert(trx, "inside");
        const query = trx.selectFrom("user").select("id").where("username", "=", "inside");
        expect(await query.executeTakeFirst()).toBeDefined();
        expect(await exists("inside")).toBe(false);
      });
      expect(await exists("inside")).toBe(true);
    });

    test("numbers beyond 32 bits are read as numbers", async () => {
      await database.write((trx) =>
        trx
          .updateTable("user")
          .set({ created_at: 9_007_199_254_740_991 })
          .where("username", "=", "alice")
          .execute(),
      );
      const query = database.lookup
        .selectFrom("user")
        .select(["id", "created_at"])
        .where("username", "=", "alice");
      expect(await query.executeTakeFirst()).toEqual({
        id: expect.any(Number),
        created_at: 9_007_199_254_740_991,
      });
    });

    test("rows passed as columns can be read in the transaction", async () => {
      const big = 9_007_199_254_740_991;
      for (const count of [0, 1, 5000]) {
        const sum = await database.write(async (trx) => {
          const column = Float64Array.from({ length: count }, (_, at) => at);
          const given = await database.rowsOf(trx, "given_test", {
            a: column,
            b: column.map(() => big),
          });
          const query = sql<{ rows: number; a: number; b: number; halves: number }>`
            select count(*) as rows, coalesce(max(a), -1) as a, coalesce(max(b), -1) as b,
              coalesce(max(a / 2), -1) as halves from ${given}`;
          return (await query.execute(trx)).rows[0];
        });
        const last = count - 1;
        expect(sum).toEqual({
          rows: count,
          a: last,
          b: count > 0 ? big : -1,
          halves: Math.floor(last / 2),
        });
      }
    });
  });
}
