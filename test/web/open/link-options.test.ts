/** Start, fallback and passed-on parameters, as a visitor meets them. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { NewLinkInput } from "../../../src/links/input/link-schema.ts";
import { newLink } from "../../share.ts";
import { as, databases, ORIGIN, openTestApp, START, type World } from "../../world.ts";

const HOUR = 3_600_000;

for (const kind of databases) {
  describe(`options of a link on ${kind}`, () => {
    let world: World;
    beforeAll(async () => {
      world = await openTestApp({ database: kind });
    });
    afterAll(() => world.close());
    beforeEach(() => world.clock.set(START));

    const make = async (shortCode: string, input: NewLinkInput) => {
      const { alice } = world.people;
      const given = newLink({ target: "https://example.com/", shortCode, ...input });
      return await world.app.links.create(as(alice), { ownerId: alice.id }, given);
    };
    const disable = async (code: string) =>
      await world.app.links.edit(as(world.people.alice), code, { disabled: true });
    const answerOf = async (path: string) => {
      const response = await world.request(path);
      return [response.status, response.headers.get("location")];
    };

    test("before its start a link is unknown to visitors, from then on it answers", async () => {
      await make("soon", { startsAt: START + HOUR, fallbackUrl: "https://example.org/" });
      const unknown = await (await world.request("/nothing")).text();
      const scheduled = await world.request("/soon");
      expect(scheduled.status).toBe(404);
      expect((await scheduled.text()).replaceAll("soon", "nothing")).toBe(unknown);
      world.clock.set(START + HOUR);
      expect(await answerOf("/soon")).toEqual([302, "https://example.com/"]);
    });

    test("an expired and a disabled link send visitors to their fallback, uncounted", async () => {
      const link = await make("over", {
        expiresAt: START + HOUR,
        fallbackUrl: "https://example.org/\u00fc",
      });
      await answerOf("/over");
      world.clock.advance(HOUR);
      expect(await answerOf("/over")).toEqual([302, "https://example.org/%C3%BC"]);
      await disable("over");
      expect(await answerOf("/over")).toEqual([302, "https://example.org/%C3%BC"]);
      await world.app.visits.flush();
      const { visits } = await world.app.links.get(as(world.people.alice), link.shortCode);
      expect(visits).toBe(1);
    });

    test("a fallback within this site counts only while it answers, and circles end", async () => {
      const own = ORIGIN;
      await make("first", { fallbackUrl: `${own}/second` });
      await make("second", { fallbackUrl: `${own}/first` });
      await disable("first");
      expect(await answerOf("/first")).toEqual([302, `${own}/second`]);
      await disable("second");
      expect(await answerOf("/first")).toEqual([410, null]);
      await make("lost", { fallbackUrl: `${own}/nothing-there` });
      await disable("lost");
      expect(await answerOf("/lost")).toEqual([410, null]);
      await make("leaf", { fallbackUrl: `${own}/links` });
      await disable("leaf");
      expect(await answerOf("/leaf")).toEqual([302, `${own}/links`]);
    });

    test("a redirect passes parameters on where it says so, from memory, too", async () => {
      await make("on", { target: "https://example.com/?a=1#x", forwardQuery: true });
      await make("off", { target: "https://example.com/?a=1" });
      for (let times = 0; times < 2; times++) {
        expect(await answerOf("/on?b=2&a=3")).toEqual([302, "https://example.com/?b=2&a=3#x"]);
        expect(await answerOf("/on")).toEqual([302, "https://example.com/?a=1#x"]);
        expect(await answerOf("/off?b=2")).toEqual([302, "https://example.com/?a=1"]);
      }
    });
  });
}

describe("the site's defaults", () => {
  test("are a fallback, passed-on parameters and a text of the operator's", async () => {
    const settings = { "links.fallback_url": "https://example.org/", "links.forward_query": true };
    await using opened = new AsyncDisposableStack();
    const world = opened.adopt(await openTestApp({ settings }), (each) => each.close());
    const { alice } = world.people;
    for (const shortCode of ["one", "two"])
      await world.app.links.create(
        as(alice),
        { ownerId: alice.id },
        newLink({
          target: "https://example.com/",
          shortCode,
          ...(shortCode === "two" && { forwardQuery: false }),
        }),
      );
    const locationOf = async (path: string) => (await world.request(path)).headers.get("location");
    expect(await locationOf("/one?a=1")).toBe("https://example.com/?a=1");
    expect(await locationOf("/two?a=1")).toBe("https://example.com/");
    await world.app.links.edit(as(alice), "one", { disabled: true });
    expect(await locationOf("/one")).toBe("https://example.org/");
  });

  test("what the operator wrote is on the page of a link that is gone", async () => {
    await using opened = new AsyncDisposableStack();
    const settings = { "links.gone_text": "Ask <Alice>." };
    const world = opened.adopt(await openTestApp({ settings }), (each) => each.close());
    const { alice } = world.people;
    const input = newLink({ target: "https://example.com/", shortCode: "gone", disabled: true });
    await world.app.links.create(as(alice), { ownerId: alice.id }, input);
    const response = await world.request("/gone");
    expect(response.status).toBe(410);
    expect(await response.text()).toContain("Ask &lt;Alice&gt;.");
  });
});
