/** Further short codes of a link, and changes of its own. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { sql } from "kysely";
import { parseLinkChangesJson } from "../../../src/links/input/link-json.ts";
import type { NewLinkInput } from "../../../src/links/input/link-schema.ts";
import { inputContext } from "../../../src/links/input/link-schema.ts";
import type { ShortCode } from "../../../src/links/short-code.ts";
import { text } from "../../../src/links/text.en.ts";
import { failureOf } from "../../failure.ts";
import { newLink } from "../../share.ts";
import { as, databases, ORIGIN, openTestApp, type World } from "../../world.ts";

const TARGET = "https://example.com/";

for (const kind of databases) {
  describe(`aliases on ${kind}`, () => {
    let world: World;
    beforeAll(async () => {
      world = await openTestApp({ database: kind, settings: { "links.trash_days": 30 } });
    });
    afterAll(() => world.close());

    const make = async (shortCode: string, input: NewLinkInput = {}, owner = world.people.alice) =>
      await world.app.links.create(
        as(owner),
        { ownerId: owner.id },
        newLink({ target: TARGET, shortCode, ...input }),
      );
    const change = async (code: string, body: object) => {
      const { alice } = world.people;
      const link = await world.app.links.get(as(alice), code);
      const { input } = parseLinkChangesJson(body, link, inputContext(world.app, [ORIGIN]));
      return await world.app.links.edit(as(alice), link.shortCode, input);
    };
    const statusOf = async (code: string) => (await world.request(`/${code}`)).status;

    test("a changed code opens the link, and so does the old one, in memory or not", async () => {
      await make("old1");
      expect(await statusOf("new1")).toBe(404);
      expect(await statusOf("old1")).toBe(302);
      const changed = await change("old1", { short_code: "new1" });
      expect(changed).toMatchObject({ shortCode: "new1", aliases: ["old1"] });
      expect([await statusOf("new1"), await statusOf("old1")]).toEqual([302, 302]);
      await change("new1", { target: "https://example.org/" });
      for (const code of ["new1", "old1", "new1", "old1"])
        expect((await world.request(`/${code}`)).headers.get("location")).toBe(
          "https://example.org/",
        );
      const { alice } = world.people;
      expect(await world.app.links.get(as(alice), "old1")).toMatchObject({ shortCode: "new1" });
    });

    test("a code that is freed opens nothing, and may be used again", async () => {
      await make("old2");
      await statusOf("old2");
      const changed = await change("old2", { short_code: "new2", keep_alias: false });
      expect(changed.aliases).toEqual([]);
      expect(await statusOf("old2")).toBe(404);
      expect(await make("old2", {}, world.people.bob)).toMatchObject({ shortCode: "old2" });
    });

    test("whether the old code stays must be said by true or false", async () => {
      await make("old9");
      const refused = await failureOf(change("old9", { short_code: "new9", keep_alias: "no" }));
      expect(refused).toMatchObject({ fields: { keep_alias: text.input.noBoolean } });
    });

    test("aliases and short codes are of one namespace", async () => {
      await make("main3", { aliases: ["also3", "more3"] });
      expect(await statusOf("also3")).toBe(302);
      const { alice, bob } = world.people;
      expect(await failureOf(make("also3", {}, bob))).toMatchObject({ code: "invalid" });
      expect(await world.app.links.isFree("also3" as ShortCode, alice.id)).toBe(false);
      await make("other3");
      for (const body of [
        { short_code: "also3" },
        { short_code: "main3" },
        { aliases: ["main3"] },
        { aliases: ["more3"] },
      ])
        expect(await failureOf(change("other3", body))).toMatchObject({ code: "invalid" });
      expect(await failureOf(make("third3", { aliases: ["main3"] }))).toMatchObject({
        fields: { aliases: expect.stringContaining("main3") },
      });
      await change("main3", { aliases: ["more3"] });
      expect(await statusOf("also3")).toBe(404);
      await change("other3", { short_code: "also3" });
      await change("main3", { short_code: "more3" });
      expect(await world.app.links.get(as(alice), "main3")).toMatchObject({
        shortCode: "more3",
        aliases: ["main3"],
      });
    });

    test("a link cannot lead to itself by an alias", async () => {
      const target = `${ORIGIN}/loop4`;
      await make("main4", { target });
      expect(await failureOf(change("main4", { aliases: ["loop4"] }))).toMatchObject({
        fields: { aliases: expect.any(String) },
      });
      await change("main4", { target: TARGET, aliases: ["loop4"] });
      for (const body of [{ target }, { fallback_url: target }])
        expect(await failureOf(change("main4", body))).toMatchObject({ code: "invalid" });
    });

    test("bad aliases are refused", async () => {
      await make("main5");
      const many = Array.from({ length: 21 }, (_, at) => `many5-${at}`);
      for (const aliases of [many, ["a b"], ["login"], ["x".repeat(51)], "text", [5]])
        expect(await failureOf(change("main5", { aliases }))).toMatchObject({
          fields: { aliases: expect.any(String) },
        });
    });

    test("aliases of a trashed link open nothing and stay reserved, and come back with it", async () => {
      const { alice, bob } = world.people;
      await make("main6", { aliases: ["also6"] });
      expect(await statusOf("also6")).toBe(302);
      await world.app.links.remove(as(alice), "main6");
      expect(await statusOf("also6")).toBe(404);
      expect(await failureOf(make("also6", {}, bob))).toMatchObject({ code: "invalid" });
      await world.app.links.trash.recover(as(alice), ["main6"]);
      expect(await statusOf("also6")).toBe(302);
      await world.app.links.discard(as(alice), "main6");
      expect(await statusOf("also6")).toBe(404);
      await make("also6", {}, bob);
    });

    test("visits by an alias count for the link, and a search finds it", async () => {
      const { alice } = world.people;
      await make("main7", { aliases: ["also7"] });
      await world.request("/also7");
      await world.app.visits.flush();
      expect(await world.app.links.get(as(alice), "main7")).toMatchObject({ visits: 1 });
    });

    test("what inserts many links at once leaves out only those whose code is an alias", async () => {
      await make("main8", { aliases: ["also8"] });
      const { rows } = await world.app.database.write(async (trx) => {
        const columns = sql`short_code, owner_id, kind, target, title, note, redirect_status, disabled, created_at, updated_at`;
        const { id } = world.people.alice;
        const row = (code: string) =>
          sql`(${code}, ${id}, 'redirect', ${TARGET}, '', '', 302, 0, 0, 0)`;
        return await sql<{ short_code: string }>`insert into link (${columns})
          values ${sql.join([row("a8"), row("also8"), row("b8")])}
          on conflict (short_code) do nothing returning short_code`.execute(trx);
      });
      expect(rows.map((row) => row.short_code)).toEqual(["a8", "b8"]);
    });

    test("of two who take the same code at the same time, one gets it", async () => {
      await make("main9");
      for (let round = 0; round < 20; round++) {
        const code = `race9-${round}`;
        const all = await Promise.allSettled([
          make(code, {}, world.people.bob),
          change("main9", { aliases: [code] }),
          make(`extra9-${round}`, { aliases: [code] }),
        ]);
        expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
        await change("main9", { aliases: [] });
      }
    });
  });
}
