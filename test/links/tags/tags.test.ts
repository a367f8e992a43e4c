import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { NewLinkInput } from "../../../src/links/input/link-schema.ts";
import type { LinkQuery } from "../../../src/links/list/list-query.ts";
import { operator } from "../../../src/policy.ts";
import { Problem } from "../../../src/problem.ts";
import { failureOf } from "../../failure.ts";
import { newLink } from "../../share.ts";
import { as, databases, openTestApp, type World } from "../../world.ts";

for (const kind of databases) {
  describe(`tags on ${kind}`, () => {
    let world: World;
    beforeAll(async () => {
      world = await openTestApp({ database: kind });
    });
    afterAll(() => world.close());

    const make = async (shortCode: string, input: NewLinkInput, who: "alice" | "bob" = "alice") => {
      const owner = world.people[who];
      const given = newLink({ target: "https://example.com/", shortCode, ...input });
      return await world.app.links.create(as(owner), { ownerId: owner.id }, given);
    };
    const get = async (code: string) => await world.app.links.get(operator, code);
    const tagsOf = async (code: string) => (await get(code)).tags;
    const list = async (query: Omit<LinkQuery, "limit">) => {
      const page = await world.app.links.list(operator, { sort: "code", limit: 50, ...query });
      return page.links.map(({ shortCode }) => String(shortCode));
    };

    test("a link keeps its tags as typed, once each; absent keeps them, null clears them", async () => {
      const actor = as(world.people.alice);
      await make("typed", {
        tags: [" Gr\u00fcn ", "b 2", "GRUN", "\u{1f680}", "\u05e9\u05dc\u05d5\u05dd"],
      });
      const tags = ["b 2", "Gr\u00fcn", "\u05e9\u05dc\u05d5\u05dd", "\u{1f680}"];
      expect(await tagsOf("typed")).toEqual(tags);
      await world.app.links.edit(actor, "typed", { title: "T" });
      expect(await tagsOf("typed")).toEqual(tags);
      await world.app.links.edit(actor, "typed", { tags: [] });
      expect(await tagsOf("typed")).toEqual([]);
    });

    test("an owner's tag keeps the name that it had first, and other owners have their own", async () => {
      await make("first", { tags: ["News"] });
      await make("second", { tags: ["NEWS"] });
      await make("other", { tags: ["NEWS"] }, "bob");
      expect([await tagsOf("second"), await tagsOf("other")]).toEqual([["News"], ["NEWS"]]);
      expect(await list({ tags: ["n\u00e9ws"], ownerId: world.people.alice.id })).toEqual([
        "first",
        "second",
      ]);
      expect(await list({ tags: ["news"] })).toEqual(["first", "other", "second"]);
    });

    test("a change of tags raises the revision and is recorded; the same tags are no change", async () => {
      const { audit, links } = world.app;
      const link = await make("changed", { tags: ["One"] });
      const actor = as(world.people.alice);
      await links.edit(actor, "changed", { tags: ["one"], revision: link.revision });
      const same = await audit.list(operator, { resource: "changed" }, { limit: 1 });
      expect(same.events[0]?.details).toEqual({ fields: "" });
      await links.edit(actor, "changed", { tags: ["one", "two"] });
      const { events } = await audit.list(operator, { resource: "changed" }, { limit: 1 });
      expect(events[0]?.details).toEqual({ fields: "tags" });
      expect((await get("changed")).revision).toBe(link.revision + 2);
    });

    test("renames, merges and deletes a tag of all links, each with its event", async () => {
      const { tags } = world.app.links;
      const actor = as(world.people.bob);
      const ownerId = world.people.bob.id;
      await make("b1", { tags: ["Blue"] }, "bob");
      await make("b2", { tags: ["blue", "green"] }, "bob");
      const { revision } = await get("b1");
      expect(await tags.rename(actor, ownerId, "BLUE", "Bl\u00e9u")).toBe(2);
      expect(await tagsOf("b1")).toEqual(["Bl\u00e9u"]);
      expect((await get("b1")).revision).toBe(revision + 1);
      expect(await failureOf(tags.rename(actor, ownerId, "bleu", "Green"))).toMatchObject({
        code: "invalid",
        fields: { to: expect.any(String) },
      });
      expect(await tags.merge(actor, ownerId, "bleu", "green")).toBe(2);
      expect([await tagsOf("b1"), await tagsOf("b2")]).toEqual([["green"], ["green"]]);
      expect(await failureOf(tags.merge(actor, ownerId, "green", "GREEN"))).toBeInstanceOf(Problem);
      expect(await tags.list(actor, ownerId)).toContainEqual({ name: "green", links: 2 });
      expect(await tags.suggest(actor, ownerId, "GR")).toEqual(["green"]);
      expect(await tags.remove(actor, ownerId, "green")).toBe(2);
      expect(await tagsOf("b2")).toEqual([]);
      expect(await failureOf(tags.remove(actor, ownerId, "green"))).toMatchObject({
        code: "not_found",
      });
      const { events } = await world.app.audit.list(operator, {}, { limit: 3 });
      expect(events.map(({ action, details }) => [action, details])).toEqual([
        ["tag.removed", { links: 2 }],
        ["tag.merged", { links: 2, to: "green" }],
        ["tag.renamed", { links: 2, to: "Bl\u00e9u" }],
      ]);
    });

    test("another user neither sees nor changes tags", async () => {
      const { tags } = world.app.links;
      const [alice, bob] = [world.people.alice.id, as(world.people.bob)];
      await make("hers", { tags: ["private"] });
      for (const refused of [
        tags.list(bob, alice),
        tags.suggest(bob, alice, ""),
        tags.rename(bob, alice, "private", "x"),
        tags.merge(bob, alice, "private", "news"),
        tags.remove(bob, alice, "private"),
      ])
        expect(await failureOf(refused)).toMatchObject({ code: "forbidden" });
    });

    test("adds and removes tags of many links at once, or of none where one has too many", async () => {
      const { links } = world.app;
      const actor = as(world.people.alice);
      const codes = ["many-1", "many-2"];
      await make("many-1", { tags: ["keep", "Old"] });
      await make("many-2", { tags: Array.from({ length: 20 }, (_, at) => `t${at + 10}`) });
      expect(
        await failureOf(links.many.run(actor, codes, { tags: { added: ["more"] } })),
      ).toMatchObject({
        fields: { tags: expect.any(String) },
      });
      expect(await tagsOf("many-1")).toEqual(["keep", "Old"]);
      const changes = { added: ["more"], removed: ["t10", "old"] };
      expect((await links.many.run(actor, codes, { tags: changes })).count).toBe(2);
      expect(await tagsOf("many-1")).toEqual(["keep", "more"]);
      expect(await tagsOf("many-2")).toHaveLength(20);
    });

    test("a transferred link has tags of the same names at its new owner", async () => {
      await make("goes", { tags: ["Shared", "only hers"] });
      await make("has", { tags: ["sharED"] }, "bob");
      await world.app.links.transfer.transfer(operator, ["goes"], "bob");
      expect(await tagsOf("goes")).toEqual(["only hers", "sharED"]);
      const ownerId = world.people.bob.id;
      expect(await list({ tags: ["shared"], ownerId })).toEqual(["goes", "has"]);
      const hers = await world.app.links.tags.list(operator, world.people.alice.id);
      expect(hers).toContainEqual({ name: "only hers", links: 0 });
    });

    test("deleting a link removes its rows", async () => {
      const { links, database } = world.app;
      const { id } = await make("deleted", { tags: ["x", "y"] });
      await links.remove(operator, "deleted");
      const rows = database.read.selectFrom("link_tag").selectAll().where("link_id", "=", id);
      expect(await rows.execute()).toEqual([]);
    });
  });
}
