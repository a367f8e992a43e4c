/** The search index of SQLite, which is written once for a group of transactions, must never miss what they wrote. */
import { Database as Connection } from "bun:sqlite";
import { expect, test } from "bun:test";
import { join } from "node:path";
import fc from "fast-check";
import { operator } from "../../src/policy.ts";
import { newLink } from "../share.ts";
import { openTestApp } from "../world.ts";

type Change = Readonly<Record<"code" | "action" | "title", string>>;

const codes = fc.constantFrom("one", "two", "three", "four", "five");
const change = fc.record({
  code: codes,
  action: fc.constantFrom("create", "edit", "remove", "editAndFail", "recreate"),
  title: fc.constantFrom("", "alpha", "beta gamma", "Zürich", "東京"),
});

test("every group leaves the index as it would be built anew", async () => {
  const world = await openTestApp();
  try {
    const { links, database } = world.app;
    const ownerId = world.people.alice.id;
    const perform = async ({ code, action, title }: Change) => {
      const create = () =>
        links.create(
          operator,
          { ownerId },
          { ...newLink({ shortCode: code, target: "https://example.com" }), title },
        );
      switch (action) {
        case "create":
          return await create();
        case "edit":
          return await links.edit(operator, code, { title });
        case "remove":
          return await links.remove(operator, code);
        case "editAndFail":
          return await database.write(async (trx) => {
            await trx
              .updateTable("link_search")
              .set({ text: `${title} lost` })
              .execute();
            throw new Error("no");
          });
        case "recreate":
          return await links.remove(operator, code).then(create);
      }
    };
    const groups = fc.array(fc.array(change, { maxLength: 6 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(groups, async (all) => {
        for (const group of all) await Promise.allSettled(group.map(perform));
        expect(damageIn(world.dataFolder)).toBe("");
      }),
      { numRuns: 30 },
    );
  } finally {
    await world.close();
  }
});

/** By SQLite's own check of the index against the table; and no row may be due between transactions. */
function damageIn(dataFolder: string): string {
  using db = new Connection(join(dataFolder, "trunk8.db"));
  db.run("pragma busy_timeout = 5000");
  if (db.query("select 1 from link_word_due").get() !== null) return "rows are due";
  try {
    db.run("insert into link_word (link_word, rank) values ('integrity-check', 1)");
    return "";
  } catch (error) {
    return String(error);
  }
}
