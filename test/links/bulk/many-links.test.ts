import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { operator } from "../../../src/policy.ts";
import { failureOf } from "../../failure.ts";
import { newLink } from "../../share.ts";
import { as, databases, openTestApp, START, type World } from "../../world.ts";

/** More than a portion. */
const LINKS = 1005;

for (const kind of databases) {
  describe(`one change of many links on ${kind}`, () => {
    let world: World;
    beforeAll(async () => {
      world = await openTestApp({ database: kind, settings: { "links.trash_days": 30 } });
      const { id: ownerId } = world.people.alice;
      const make = (at: number) => {
        const link = newLink({ shortCode: `m${at}`, target: "https://example.com/" });
        return world.app.links.create(operator, { ownerId }, link);
      };
      for (let at = 0; at < LINKS; at += 67)
        await Promise.all(Array.from({ length: 67 }, (_, more) => make(at + more)));
    });
    afterAll(() => world.close());
    const alice = () => as(world.people.alice);
    const own = () => ({ ownerId: world.people.alice.id });

    test("takes several portions, and is undone but for what has changed since", async () => {
      const { links } = world.app;
      const codes = await links.many.find(alice(), own());
      expect(codes).toHaveLength(LINKS);
      const expiresAt = START + 86_400_000;
      const { count, undo } = await links.many.run(alice(), codes, { change: { expiresAt } });
      expect(count).toBe(LINKS);
      expect(await links.many.run(alice(), codes, { change: { expiresAt } })).toEqual({
        count: 0,
        undo: null,
      });
      await links.edit(alice(), "m7", { note: "since then" });
      expect(await links.many.undo(as(world.people.bob), undo ?? 0)).toBe(0);
      expect(await links.many.undo(alice(), undo ?? 0)).toBe(LINKS - 1);
      expect((await links.get(operator, "m7")).expiresAt).toBe(expiresAt);
      expect((await links.get(operator, "m1004")).expiresAt).toBeNull();
    });

    test("a deletion in several portions is undone as one", async () => {
      const { links } = world.app;
      const codes = await links.many.find(alice(), { ...own(), text: "m1" });
      const { count, undo } = await links.many.run(alice(), await links.many.find(alice(), own()), {
        deletes: true,
      });
      expect(count).toBe(LINKS);
      expect(await links.trash.undo(alice(), undo ?? 0)).toBe(LINKS);
      expect(await links.many.find(alice(), { ...own(), text: "m1" })).toEqual(codes);
    });

    test("is undone for an hour", async () => {
      const { links } = world.app;
      world.clock.set(START);
      const first = await links.many.run(alice(), ["m1"], { change: { disabled: true } });
      world.clock.set(START + 1);
      const second = await links.many.run(alice(), ["m2"], { change: { disabled: true } });
      world.clock.set(START + 3_599_999);
      expect(await links.many.undo(alice(), first.undo ?? 0)).toBe(1);
      world.clock.set(START + 3_600_001);
      expect(await links.many.undo(alice(), second.undo ?? 0)).toBe(0);
      expect((await links.get(operator, "m2")).disabled).toBe(true);
    });

    test("added and removed tags are undone, where they changed something", async () => {
      const { links } = world.app;
      await links.edit(alice(), "m10", { tags: ["Old", "other"] });
      await links.edit(alice(), "m11", { tags: ["new"] });
      const tagsOf = async (code: string) => (await links.get(operator, code)).tags;
      const codes = ["m10", "m11", "m12"];
      const added = await links.many.run(alice(), codes, {
        tags: { added: ["new"], removed: ["old"] },
      });
      expect(added.count).toBe(2);
      await links.edit(alice(), "m12", { note: "since then" });
      expect(await links.many.undo(alice(), added.undo ?? 0)).toBe(1);
      expect(await tagsOf("m10")).toEqual(["Old", "other"]);
      expect(await tagsOf("m11")).toEqual(["new"]);
      expect(await tagsOf("m12")).toEqual(["new"]);
    });

    test("a transfer is undone: each link goes back to its owner", async () => {
      const { links } = world.app;
      const { admin, bob } = world.people;
      const input = newLink({ shortCode: "of-bob", target: "https://example.com/" });
      await links.create(operator, { ownerId: bob.id }, input);
      const ownerOf = async (code: string) => (await links.get(operator, code)).owner;
      const codes = ["m20", "m21", "of-bob"];
      const { count, undo } = await links.many.run(as(admin), codes, { to: "admin" });
      expect(count).toBe(3);
      await links.edit(as(admin), "m21", { note: "since then" });
      expect(await links.many.undo(alice(), undo ?? 0)).toBe(0);
      expect(await links.many.undo(as(admin), undo ?? 0)).toBe(2);
      expect(await Promise.all(codes.map(ownerOf))).toEqual(["alice", "admin", "bob"]);
    });

    test("nobody finds the links of others", async () => {
      const { links } = world.app;
      const refused = await failureOf(links.many.find(as(world.people.bob), own()));
      expect(refused).toMatchObject({ code: "forbidden" });
    });
  });
}
