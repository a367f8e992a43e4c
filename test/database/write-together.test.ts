import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Database } from "../../src/database/database.ts";
import { isUniqueViolation } from "../../src/database/database-errors.ts";
import { prepare } from "../../src/database/prepared.ts";
import { failureOf } from "../failure.ts";
import { databases, openTestApp, type World } from "../world.ts";

const insert = prepare((db, { name }: { name: string }) =>
  db
    .insertInto("user")
    .values({ username: name, display_name: name, role: "user", disabled: 0, created_at: 0 })
    .returning("username"),
);
const rename = prepare((db, { name, title }: { name: string; title: string }) =>
  db.updateTable("user").set({ display_name: title }).where("username", "=", name),
);

for (const kind of databases) {
  describe(`statements as one transaction on ${kind}`, () => {
    let world: World;
    let database: Database;
    beforeAll(async () => {
      world = await openTestApp({ database: kind });
      database = world.app.database;
    });
    afterAll(() => world.close());

    const add = (name: string) => insert(database.lookup, { name });
    const title = (name: string, title: string) => rename(database.lookup, { name, title });
    const titleOf = async (name: string) => {
      const query = database.lookup.selectFrom("user").select("display_name");
      return (await query.where("username", "=", name).executeTakeFirst())?.display_name;
    };

    test("resolves with the rows of each when all are written", async () => {
      const rows = await database.writeTogether([add("both"), title("both", "Both")], ["both"]);
      expect(rows).toEqual([[{ username: "both" }], []]);
      expect(await titleOf("both")).toBe("Both");
    });

    test("writes nothing when one changes no row", async () => {
      const rows = await database.writeTogether([add("undone"), title("missing", "x")], []);
      expect(rows).toBeNull();
      expect(await titleOf("undone")).toBeUndefined();
    });

    test("writes nothing when one fails, and rejects with its error", async () => {
      const failure = await failureOf(database.writeTogether([add("twice"), add("TWICE")], []));
      expect(isUniqueViolation(failure)).toBe(true);
      expect(await titleOf("twice")).toBeUndefined();
    });

    test("neither affects its group, nor transactions that wait at the same time", async () => {
      const names = Array.from({ length: 200 }, (_, at) => `neighbour${at}`);
      const results = await Promise.allSettled(
        names.map(async (name, at) => {
          if (at % 4 === 0) return await database.writeTogether([add(name), add(name)], []);
          if (at % 4 === 1) return await database.writeTogether([add(name), title("?", "x")], []);
          if (at % 4 === 2) return await database.writeTogether([add(name)], [name]);
          return await database.write((trx) => trx.executeQuery(add(name)));
        }),
      );
      for (const [at, name] of names.entries()) {
        expect(results[at]?.status).toBe(at % 4 === 0 ? "rejected" : "fulfilled");
        expect(await titleOf(name)).toBe(at % 4 < 2 ? undefined : name);
      }
    });

    test("raises the change counters of the codes", async () => {
      const { changes } = database;
      const bucket = changes.bucketOf("counted");
      const version = changes.readVersion(bucket) ?? Number.NaN;
      expect(changes.isCurrent(bucket, version)).toBe(true);
      await database.writeTogether([add("counted")], ["counted"]);
      expect(changes.isCurrent(bucket, version)).toBe(false);
    });
  });
}
