import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { parseShortCode } from "../../../src/links/short-code.ts";
import { operator } from "../../../src/policy.ts";
import { failureOf } from "../../failure.ts";
import { newLink, share } from "../../share.ts";
import { FIREFOX } from "../../user-agents.ts";
import { as, databases, openTestApp, START, type World } from "../../world.ts";

const DAY = 86_400_000;

for (const kind of databases) {
  describe(`the trash on ${kind}`, () => {
    let world: World;
    beforeAll(async () => {
      world = await openTestApp({ database: kind, settings: { "links.trash_days": 30 } });
    });
    afterAll(() => world.close());
    beforeEach(() => world.clock.set(START));

    const make = async (shortCode: string, owner = world.people.alice, url = "a") => {
      const input = newLink({ shortCode, target: `https://example.com/${url}`, title: shortCode });
      return await world.app.links.create(as(owner), { ownerId: owner.id }, input);
    };
    const alice = () => as(world.people.alice);
    const trashOf = async (owner = world.people.alice) =>
      (await world.app.links.trash.list(as(owner), owner.id)).links;
    const codesIn = async () => (await trashOf()).map(({ shortCode }) => shortCode);
    const clear = async () =>
      void (await world.app.links.trash.empty(alice(), world.people.alice.id));

    test("a tag counts no link in the trash, but its changes reach it", async () => {
      const { links, audit } = world.app;
      const ownerId = world.people.alice.id;
      for (const code of ["tag-1", "tag-2", "tag-3"]) {
        await make(code, world.people.alice, code);
        await links.edit(alice(), code, { tags: ["one"] });
      }
      await links.remove(alice(), "tag-3");
      const counted = async () => await links.tags.list(alice(), ownerId);
      expect(await counted()).toEqual([{ name: "one", links: 2 }]);
      expect(await links.tags.rename(alice(), ownerId, "one", "two")).toBe(2);
      const { events } = await audit.list(operator, { resource: "one" }, { limit: 1 });
      expect(events[0]?.details).toMatchObject({ links: 2 });
      await links.edit(alice(), "tag-1", { tags: ["two", "all"] });
      expect(await links.tags.merge(alice(), ownerId, "two", "all")).toBe(2);
      expect(await counted()).toEqual([{ name: "all", links: 2 }]);
      await links.trash.recover(alice(), ["tag-3"]);
      expect((await links.get(alice(), "tag-3")).tags).toEqual(["all"]);
      await links.many.run(alice(), ["tag-1", "tag-2", "tag-3"], { deletes: true });
      expect(await links.tags.remove(alice(), ownerId, "all")).toBe(0);
      await clear();
    });

    test("a deleted link answers no more and leaves every list, and comes back as it was", async () => {
      const { links, visits } = world.app;
      const made = await make("kept");
      visits.record({
        linkId: made.id,
        at: START,
        userAgent: FIREFOX,
        referrer: "",
        purpose: "",
      });
      await visits.flush();
      const before = await links.get(alice(), "kept");
      expect((await world.request("/kept")).status).toBe(302);
      const { trashedAt } = await links.remove(alice(), "kept");
      expect(trashedAt).toBe(START);
      expect((await world.request("/kept")).status).toBe(404);
      expect(await failureOf(links.get(alice(), "kept"))).toMatchObject({ code: "not_found" });
      expect(await links.getMany(alice(), ["kept"])).toEqual([]);
      expect((await links.list(alice(), { ownerId: made.ownerId, limit: 9 })).total).toBe(0);
      expect(await links.totals(alice(), made.ownerId)).toEqual({ links: 0, live: 0, visits: 0 });
      expect(await codesIn()).toEqual(["kept" as never]);
      expect(await links.trash.recover(alice(), ["kept"])).toBe(1);
      const { revision, ...after } = await links.get(alice(), "kept");
      expect<unknown>(after).toEqual({ ...without(before), visits: 1, updatedAt: START });
      expect(revision).toBe(before.revision + 2);
      expect((await world.request("/kept")).status).toBe(302);
      expect(
        (await links.list(alice(), { ownerId: made.ownerId, text: "kept", limit: 9 })).total,
      ).toBe(1);
      await links.discard(alice(), "kept");
    });

    test("its code is its owner's, and nobody else's", async () => {
      const { links } = world.app;
      const code = parseShortCode("mine");
      await make("mine");
      await links.remove(alice(), "mine");
      expect(await links.isFree(code, world.people.alice.id)).toBe(true);
      expect(await links.isFree(code, world.people.bob.id)).toBe(false);
      expect(await failureOf(make("mine", world.people.bob))).toMatchObject({ code: "invalid" });
      await make("mine", world.people.alice, "second");
      const [trashed] = await trashOf();
      expect(trashed).toMatchObject({ formerCode: "mine", target: "https://example.com/a" });
      const name = trashed?.shortCode ?? "";
      expect(await failureOf(links.trash.recover(alice(), [name]))).toMatchObject({
        code: "invalid",
        fields: { short_code: expect.any(String) },
      });
      expect(await links.trash.recover(alice(), [name], parseShortCode("mine-1"))).toBe(1);
      expect((await links.get(alice(), "mine-1")).target).toBe("https://example.com/a" as never);
      expect((await links.get(alice(), "mine")).target).toBe("https://example.com/second" as never);
    });

    test("two links that had one code: the one takes it back when it is free again", async () => {
      const { links } = world.app;
      for (const url of ["one", "two"]) {
        await make("twice", world.people.alice, url);
        await links.remove(alice(), "twice");
        world.clock.advance(1);
      }
      const [second, first] = await trashOf();
      expect([first?.formerCode, second?.formerCode]).toEqual(["twice", "twice"] as never);
      expect(await links.trash.recover(alice(), [first?.shortCode ?? ""])).toBe(1);
      expect((await links.get(alice(), "twice")).target).toBe("https://example.com/one" as never);
      expect((await trashOf())[0]).toMatchObject({ formerCode: "twice", id: second?.id });
      await clear();
    });

    test("many that were deleted together come back together", async () => {
      const { links } = world.app;
      for (const code of ["u1", "u2", "u3"]) await make(code);
      await links.remove(alice(), "u3");
      world.clock.advance(5);
      const { count, undo } = await links.many.run(alice(), ["u1", "u2"], { deletes: true });
      expect([count, undo]).toEqual([2, START + 5]);
      expect(await links.trash.undo(as(world.people.bob), START + 5)).toBe(0);
      expect(await links.trash.undo(alice(), START + 5)).toBe(2);
      expect(await codesIn()).toEqual(["u3" as never]);
      await clear();
    });

    test("others see nothing of it, and change nothing", async () => {
      const { links } = world.app;
      await make("private");
      await links.remove(alice(), "private");
      const bob = as(world.people.bob);
      expect(await failureOf(links.trash.list(bob, world.people.alice.id))).toMatchObject({
        code: "forbidden",
      });
      expect(await failureOf(links.trash.get(bob, "private"))).toMatchObject({ code: "not_found" });
      expect(await links.trash.recover(bob, ["private"])).toBe(0);
      expect(await links.trash.purge(bob, ["private"])).toBe(0);
      expect(await links.trash.purge(operator, ["private"])).toBe(1);
      expect(await codesIn()).toEqual([]);
    });

    test("bytes count until the time is over, then everything goes", async () => {
      const { links, files } = world.app;
      const { alice: owner } = world.people;
      await share(world, owner, { code: "file", name: "a.txt", bytes: "0123456789" });
      await links.remove(alice(), "file");
      expect((await files.blobs.usageOf(owner.id)).bytes).toBe(10);
      world.clock.set(START + 30 * DAY - 1);
      expect(await links.trash.sweep(10)).toBe(0);
      world.clock.set(START + 30 * DAY);
      expect(await links.trash.sweep(10)).toBe(1);
      expect((await files.blobs.usageOf(owner.id)).bytes).toBe(0);
      expect(await codesIn()).toEqual([]);
    });

    test("an expired link in it is not deleted before its time", async () => {
      const { links } = world.app;
      const input = newLink({ shortCode: "late", target: "https://example.com/", expiresAt: "1h" });
      await links.create(alice(), { ownerId: world.people.alice.id }, input);
      await links.remove(alice(), "late");
      world.clock.advance(3 * DAY);
      expect(await links.sweepExpired(0, 10)).toBe(0);
      expect(await codesIn()).toEqual(["late" as never]);
      await clear();
    });

    test("pages of it hold every link once", async () => {
      const { links } = world.app;
      const codes = Array.from({ length: 120 }, (_, at) => `p${at}`);
      for (const code of codes) await make(code);
      await links.many.run(alice(), codes, { deletes: true });
      const found: string[] = [];
      let after: number | null = null;
      do {
        const page = await links.trash.list(alice(), world.people.alice.id, after);
        found.push(...page.links.map(({ shortCode }) => shortCode));
        after = page.next;
      } while (after !== null);
      expect(found.toSorted()).toEqual(codes.toSorted());
      await clear();
    });
  });
}

function without<Given extends { revision: number }>({ revision: _, ...rest }: Given) {
  return rest;
}

test("without a trash, a deletion is permanently", async () => {
  await using opened = new AsyncDisposableStack();
  const world = opened.adopt(await openTestApp(), (each) => each.close());
  const { alice } = world.people;
  const input = newLink({ shortCode: "gone", target: "https://example.com/" });
  await world.app.links.create(as(alice), { ownerId: alice.id }, input);
  expect((await world.app.links.remove(as(alice), "gone")).trashedAt).toBeNull();
  expect((await world.app.links.trash.list(as(alice), alice.id)).links).toEqual([]);
});
