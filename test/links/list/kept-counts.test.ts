/** Kept numbers of links equal counted ones, whatever happens to the links. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { sql } from "kysely";
import { countByKind, findKeptCount, hasWrongCounts } from "../../../src/links/list/kind-counts.ts";
import { operator } from "../../../src/policy.ts";
import { newLink, share } from "../../share.ts";
import { databases, openTestApp, START, type World } from "../../world.ts";

const codes = ["one", "two", "three", "four", "five", "six"] as const;

const step = fc.record({
  code: fc.constantFrom(...codes),
  who: fc.constantFrom("alice" as const, "bob" as const),
  action: fc.constantFrom(
    "create",
    "share",
    "redirect",
    "transfer",
    "remove",
    "removeMany",
    "expire",
    "fail",
  ),
});

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

async function perform(
  { app, people, clock }: World,
  { code, who, action }: Step,
): Promise<unknown> {
  const owner = people[who];
  const target = "https://example.com/";
  switch (action) {
    case "create":
      return await app.links.create(
        operator,
        { ownerId: owner.id },
        newLink({ shortCode: code, target }),
      );
    case "share":
      return await share({ app }, owner, { code, kind: "markdown", name: "a.md", bytes: code });
    case "redirect":
      return await app.links.edit(operator, code, {
        kind: "redirect",
        target: newLink({ target }).target,
      });
    case "transfer":
      return await app.links.transfer.transfer(operator, [code, "six"], owner.username);
    case "remove":
      return await app.links.remove(operator, code);
    case "removeMany":
      return await app.links.many.run(operator, [code, "one", "two"], { deletes: true });
    case "expire":
      await app.links.edit(operator, code, { expiresAt: clock.now() - 1 });
      return await app.links.sweepExpired(0, 10);
    case "fail":
      return await app.database.write(async (trx) => {
        await trx.deleteFrom("link").execute();
        throw new Error("no");
      });
  }
}

test.each(databases)("numbers of links stay exact on %s", async (database) => {
  const world = await openTestApp({ database });
  const { app, people } = world;
  world.clock.set(START);
  const check = async () => {
    expect(await hasWrongCounts(app.database)).toBe(false);
    for (const ownerId of [undefined, people.alice.id, people.bob.id]) {
      const { rows } = await sql<{ kind: string; links: number }>`
        select kind, cast(count(*) as bigint) as links from link
        where owner_id = coalesce(${ownerId ?? null}, owner_id) group by kind order by kind`.execute(
        app.database.read,
      );
      const kept = [...(await countByKind(app.database, ownerId))].map(({ kind, links }) => ({
        kind,
        links,
      }));
      expect(kept.sort((one, other) => (one.kind < other.kind ? -1 : 1))).toEqual(
        rows as typeof kept,
      );
      const total = await findKeptCount(app.database, ownerId);
      if (total !== null) expect(total).toBe(rows.reduce((sum, { links }) => sum + links, 0));
    }
  };
  try {
    const groups = fc.array(fc.array(step, { maxLength: 5 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(groups, async (all) => {
        for (const group of all) {
          await Promise.allSettled(group.map((one) => perform(world, one)));
          await check();
        }
      }),
      { numRuns: database === "sqlite" ? 25 : 8 },
    );
  } finally {
    await world.close();
  }
});
