import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Random, systemRandom } from "../../src/clock.ts";
import type { NewLink } from "../../src/links/input/link-schema.ts";
import { statusOf } from "../../src/links/link.ts";
import type { LinkPage } from "../../src/links/list/list-query.ts";
import { operator, visitor } from "../../src/policy.ts";
import { failureOf } from "../failure.ts";
import { newLink as parsed } from "../share.ts";
import { as, databases, openTestApp, START, type World } from "../world.ts";

const DAY = 86_400_000;

function newLink(shortCode: string | null, changes: Partial<NewLink> = {}): NewLink {
  return { ...parsed({ shortCode, target: "https://example.com/" }), ...changes };
}

/** Bytes that are drawn before random ones. */
let repeated: number[] = [];

for (const kind of databases) {
  describe(`links on ${kind}`, () => {
    let world: World;
    beforeAll(async () => {
      const random: Random = (bytes) => {
        const value = repeated.shift();
        return value === undefined ? systemRandom(bytes) : Buffer.alloc(bytes, value);
      };
      world = await openTestApp({ database: kind, random });
    });
    afterAll(() => world.close());

    const make = (code: string | null, changes?: Partial<NewLink>) => {
      const { alice } = world.people;
      return world.app.links.create(as(alice), { ownerId: alice.id }, newLink(code, changes));
    };

    test("a link is found by its code, exactly as it was made", async () => {
      const made = await make("made", { title: "<b>T</b>", note: "n\nm", redirectStatus: 308 });
      const found = await world.app.links.get(as(world.people.alice), "made");
      expect(found).toEqual({ ...made, owner: "alice", visits: 0, lastVisitAt: null });
    });

    test("a taken code is refused by its field, whoever has it", async () => {
      await make("taken");
      const { bob } = world.people;
      const again = world.app.links.create(as(bob), { ownerId: bob.id }, newLink("taken"));
      expect(await failureOf(again)).toMatchObject({
        code: "invalid",
        fields: { short_code: expect.any(String) },
      });
    });

    test("codes that differ by case are different links", async () => {
      const [upper, lower] = [await make("Case"), await make("case")];
      expect((await world.app.links.cache.find("Case"))?.id).toBe(upper.id);
      expect((await world.app.links.cache.find("case"))?.id).toBe(lower.id);
    });

    test("of fifty who ask for one code at once, one gets it", async () => {
      const results = await Promise.allSettled(Array.from({ length: 50 }, () => make("contested")));
      expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    });

    test("tries another automatic code when one is taken", async () => {
      repeated = [7, 7, 8];
      const codes = [await make(null), await make(null)].map(({ shortCode }) => shortCode);
      expect(repeated).toEqual([]);
      expect(new Set<string>(codes).size).toBe(2);
    });

    test("raises the revision with every change", async () => {
      const { alice, bob, admin } = world.people;
      const made = await make("revised");
      expect(made.revision).toBe(1);
      const edited = await world.app.links.edit(as(alice), "revised", { title: "T" });
      expect(edited.revision).toBe(2);
      await world.app.links.edit(as(alice), "revised", { note: "N" });
      await world.app.links.transfer.transfer(as(admin), ["revised"], bob.username);
      expect((await world.app.links.get(as(bob), "revised")).revision).toBe(4);
      await world.app.links.remove(as(bob), "revised");
    });

    test("another's link looks as if it were not there, and stays as it is", async () => {
      await make("alices");
      const { links } = world.app;
      for (const actor of [as(world.people.bob), visitor]) {
        const deeds = [
          () => links.get(actor, "alices"),
          () => links.edit(actor, "alices", { title: "mine now" }),
          () => links.remove(actor, "alices"),
        ];
        for (const deed of deeds) {
          expect(await failureOf(deed())).toMatchObject({ code: "not_found" });
        }
      }
      expect((await links.get(operator, "alices")).title).toBe("");
    });

    test("nobody makes links in another's name, but an administrator does", async () => {
      const { admin, alice, bob } = world.people;
      const { links } = world.app;
      expect(
        await failureOf(links.create(as(bob), { ownerId: alice.id }, newLink("bobs"))),
      ).toMatchObject({
        code: "forbidden",
      });
      expect(
        await failureOf(links.create(visitor, { ownerId: alice.id }, newLink("v"))),
      ).toMatchObject({
        code: "forbidden",
      });
      expect((await links.create(as(admin), { ownerId: alice.id }, newLink("given"))).ownerId).toBe(
        alice.id,
      );
    });

    test("an edit is seen by the very next opening, and absent keys keep their value", async () => {
      const { links } = world.app;
      await make("edited", { title: "before" });
      expect((await links.cache.find("edited"))?.disabled).toBe(false);
      await links.edit(as(world.people.alice), "edited", { disabled: true });
      expect((await links.cache.find("edited"))?.disabled).toBe(true);
      expect((await links.get(operator, "edited")).title).toBe("before");
    });

    test("a deleted link is gone at once, and a code once unknown is found as soon as it is made", async () => {
      const { links } = world.app;
      expect(await links.cache.find("soon")).toBeNull();
      expect(links.cache.peek("soon")).toBeNull();
      const made = await make("soon");
      expect((await links.cache.find("soon"))?.id).toBe(made.id);
      await links.remove(as(world.people.alice), "soon");
      expect(await links.cache.find("soon")).toBeNull();
    });

    test("a list has a user's own links, newest first, page by page", async () => {
      const { bob } = world.people;
      for (let count = 1; count <= 7; count++) {
        await world.app.links.create(as(bob), { ownerId: bob.id }, newLink(`bob${count}`));
      }
      const filter = { ownerId: bob.id, limit: 3 };
      const codes: string[][] = [];
      let cursor: string | null = null;
      do {
        const page: LinkPage = await world.app.links.list(as(bob), {
          ...filter,
          ...(cursor !== null && { cursor }),
        });
        codes.push(page.links.map((link) => link.shortCode));
        cursor = page.next;
      } while (cursor !== null);
      expect(codes).toEqual([["bob7", "bob6", "bob5"], ["bob4", "bob3", "bob2"], ["bob1"]]);
    });

    test("only an administrator lists everybody's", async () => {
      const { admin, alice, bob } = world.people;
      const { links } = world.app;
      const owners = new Set(
        (await links.list(as(admin), { limit: 100 })).links.map((link) => link.owner),
      );
      expect(owners).toEqual(new Set(["alice", "bob"]));
      for (const filter of [{ limit: 5 }, { limit: 5, ownerId: alice.id }]) {
        expect(await failureOf(links.list(as(bob), filter))).toMatchObject({ code: "forbidden" });
      }
    });

    test("an expired link is kept for the retention, then removed with its totals", async () => {
      const { links, clock } = world.app;
      const link = await make("expiring", { expiresAt: clock() + 1000 });
      expect(statusOf(link, clock() + 999)).toBe("live");
      expect(statusOf(link, clock() + 1000)).toBe("expired");
      world.clock.advance(30 * DAY);
      expect(await links.sweepExpired(30, 100)).toBe(0);
      world.clock.advance(1000);
      expect(await links.sweepExpired(30, 100)).toBe(1);
      expect(await links.cache.find("expiring")).toBeNull();
      world.clock.set(START);
    });
  });
}
