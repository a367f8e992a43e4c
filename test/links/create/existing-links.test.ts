/** Finding the link that a user already has to a destination. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { parseNewLinkJson } from "../../../src/links/input/link-json.ts";
import type { NewLinkInput } from "../../../src/links/input/link-schema.ts";
import { newLink } from "../../share.ts";
import { as, databases, openTestApp, type World } from "../../world.ts";

const TARGET = "https://example.com/a?b=c";

for (const kind of databases) {
  describe(`an existing link on ${kind}`, () => {
    let world: World;
    beforeAll(async () => {
      world = await openTestApp({ database: kind, settings: { "links.trash_days": 30 } });
    });
    afterAll(() => world.close());

    const make = async (input: NewLinkInput, owner = world.people.alice) => {
      const link = newLink({ target: TARGET, ...input }, { now: world.app.clock() });
      return await world.app.links.create(as(owner), { ownerId: owner.id }, link);
    };

    const find = async (body: object = {}, owner = world.people.alice) => {
      const context = { now: 0, zone: "UTC", schemes: ["https"], inline: false, ownOrigins: [] };
      const given = { target: TARGET, ...body, find_if_exists: true };
      const { input, wanted } = parseNewLinkJson(given, context);
      const found = await world.app.links.existing.find(
        as(owner),
        { ownerId: owner.id },
        input,
        wanted ?? [],
      );
      return (found?.shortCode ?? null) as string | null;
    };

    test("is the newest live one of the same owner and exactly this destination", async () => {
      expect(await find()).toBe(null);
      await make({ shortCode: "first" });
      await make({ shortCode: "other", target: `${TARGET}#part` });
      await make({ shortCode: "theirs" }, world.people.bob);
      expect(await find()).toBe("first");
      expect(await find({ target: `${TARGET}&d` })).toBe(null);
      await make({ shortCode: "second" });
      expect(await find()).toBe("second");
    });

    test("is none that is disabled, expired, not begun, or in the trash", async () => {
      await make({ shortCode: "off", disabled: true });
      await make({ shortCode: "late", startsAt: "9999-01-01T00:00:00Z" });
      await make({ shortCode: "brief", expiresAt: "1h" });
      expect(await find()).toBe("brief");
      world.clock.advance(3_600_001);
      expect(await find()).toBe("second");
      await world.app.links.remove(as(world.people.alice), "second");
      expect(await find()).toBe("first");
    });

    test("matches what else is said", async () => {
      await make({ shortCode: "full", title: "Full", tags: ["b", "a"], redirectStatus: 301 });
      await make({ shortCode: "plain" });
      expect(await find({ title: "Full" })).toBe("full");
      expect(await find({ tags: ["A", "b"] })).toBe("full");
      expect(await find({ redirect_status: 301, title: "Full" })).toBe("full");
      expect(await find({ redirect_status: 301, title: "Other" })).toBe(null);
      expect(await find({ short_code: "full" })).toBe("full");
      expect(await find({ short_code: "another" })).toBe(null);
      expect(await find({ title: null })).toBe("plain");
      expect(await find({ password: "a long password" })).toBe(null);
    });

    test("is compared beyond the part that is in the index", async () => {
      const long = `https://example.com/${"x".repeat(3000)}`;
      await make({ shortCode: "long1", target: `${long}1` });
      await make({ shortCode: "long2", target: `${long}2` });
      expect(await find({ target: `${long}1` })).toBe("long1");
      expect(await find({ target: `${long}3` })).toBe(null);
    });

    test("is a redirect", () => {
      expect(find({ kind: "markdown", content: "text", target: undefined })).rejects.toMatchObject({
        fields: { find_if_exists: expect.any(String) },
      });
      expect(find({ find_if_exists: true, title: 1 })).rejects.toMatchObject({ code: "invalid" });
    });
  });
}
