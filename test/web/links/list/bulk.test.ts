import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { User } from "../../../../src/accounts/user.ts";
import { inputContext } from "../../../../src/links/input/link-schema.ts";
import { parseNewLink } from "../../../../src/links/link-input.ts";
import { text } from "../../../../src/links/text.en.ts";
import { operator } from "../../../../src/policy.ts";
import { text as frameText } from "../../../../src/web/ui/layout/text.en.ts";
import { as, databases, form, openTestApp, type World } from "../../../world.ts";
import { cookiesFrom, readPage } from "../../read-page.ts";

const HOUR = 3_600_000;

for (const kind of databases) {
  describe(`several links at once on ${kind}`, () => {
    let world: World;
    let alice: string;
    let batch = 0;
    let mine: readonly string[];
    let his: string;

    beforeAll(async () => {
      world = await openTestApp({ database: kind });
      alice = await world.signIn(world.people.alice);
    });
    afterAll(() => world.close());

    beforeEach(async () => {
      batch++;
      mine = [`a${batch}`, `b${batch}`, `c${batch}`];
      his = `d${batch}`;
      for (const code of mine) await addLink(world.people.alice, code);
      await addLink(world.people.bob, his);
    });

    async function addLink(user: User, code: string) {
      const given = { short_code: code, url: "https://example.com/" };
      const link = parseNewLink(given, inputContext(world.app, []));
      await world.app.links.create(as(user), { ownerId: user.id }, link);
    }

    const post = (fields: Record<string, string>, headers: Record<string, string> = {}) => {
      const body = new URLSearchParams(fields);
      return send(body, headers);
    };
    const send = (body: URLSearchParams, headers: Record<string, string> = {}) =>
      world.request("/-/links", { method: "POST", body, headers: { cookie: alice, ...headers } });

    /** Which of this batch there are. */
    async function left(): Promise<string[]> {
      const { links } = await world.app.links.list(operator, { limit: 500 });
      const codes = links.map((link) => link.shortCode as string);
      return [...mine, his].filter((code) => codes.includes(code));
    }

    const expiryOf = async (code: string) => (await world.app.links.get(operator, code)).expiresAt;

    test("deletes one's own, passes over others', and comes back to the very list with one notice", async () => {
      const [first = "", second = "", third = ""] = mine;
      const fields = { codes: `${first}, ${second},${his},no-such,`, action: "delete" };
      const answer = await post({ ...fields, view: "/links?q=a&sort=code&page=7" });
      expect(answer.status).toBe(303);
      expect(answer.headers.get("location")).toBe("/links?q=a&sort=code");
      expect(await left()).toEqual([third, his]);
      const cookie = `${alice}; ${cookiesFrom(answer)}`;
      const next = await readPage(await world.request("/links", { headers: { cookie } }));
      expect(next.text).toContain(" 2 links deleted. ");
    });

    test("takes a code for each field as well", async () => {
      const body = new URLSearchParams({ action: "delete" });
      for (const code of mine) body.append("codes", code);
      expect((await send(body)).status).toBe(303);
      expect(await left()).toEqual([his]);
    });

    test("a deleted link answers nobody from then on", async () => {
      const [code = ""] = mine;
      expect((await world.request(`/${code}`)).status).toBe(302);
      await post({ codes: code, action: "delete" });
      expect((await world.request(`/${code}`)).status).toBe(404);
    });

    test("asked to, asks first and lists what would be gone", async () => {
      const fields = {
        codes: [...mine, his].join(),
        action: "delete",
        ask: "on",
        view: "/links?q=x",
      };
      const answer = await post(fields);
      expect(answer.status).toBe(200);
      const { text, values, links } = await readPage(answer);
      expect(text).toContain("Delete 3 links?");
      expect(text).not.toContain(` ${his} `);
      expect(values).toMatchObject({ codes: mine.join(), view: "/links?q=x" });
      expect(links).toContain("/links?q=x");
      expect(await left()).toEqual([...mine, his]);
    });

    test.each([
      ["a span", "2h", 2 * HOUR],
      ["a date and time", "2026-03-17T15:00Z", 3 * HOUR],
    ])("sets the expiry by %s", async (_, text, ms) => {
      const [first = "", second = ""] = mine;
      const fields = { codes: [first, second, his].join(), action: "expire", expires_in: text };
      const answer = await post(fields);
      expect(answer.headers.get("location")).toBe("/links");
      expect(await expiryOf(first)).toBe(world.clock.now() + ms);
      expect(await expiryOf(second)).toBe(world.clock.now() + ms);
      expect(await expiryOf(his)).toBeNull();
      const cookie = `${alice}; ${cookiesFrom(answer)}`;
      const next = await readPage(await world.request("/links", { headers: { cookie } }));
      expect(next.notice).toBe("expiry_set");
      expect(next.text).toContain(frameText.notice.expirySet(2));
    });

    test("never takes the expiry away", async () => {
      const [code = ""] = mine;
      await post({ codes: code, action: "expire", expires_in: "1h" });
      await post({ codes: code, action: "expire", expires_in: " Never " });
      expect(await expiryOf(code)).toBeNull();
    });

    const tooMany = Array.from({ length: 2000 }, (_, n) => `code-${n}`).join();

    test.each<[what: string, fields: Record<string, string>, says: string]>([
      ["no link", { action: "delete" }, "Select at least one link."],
      ["nothing but commas", { codes: " ,, ", action: "delete" }, "Select at least one link."],
      ["2,000 links", { codes: tooMany, action: "delete" }, "Select at most 1,000 links at once."],
      ["no deed", { codes: "x" }, "Choose what to do with the links: delete or expire."],
      ["an odd deed", { codes: "x", action: "eat" }, "Choose what to do"],
      ["an expiry left empty", { codes: "x", action: "expire" }, "Say when: a span such as 7d"],
      [
        "an expiry that is none",
        { codes: "x", action: "expire", expires_in: "<b>soon</b>" },
        text.expiry.unreadable,
      ],
      [
        "the past",
        { codes: "x", action: "expire", expires_in: "2001-01-01" },
        text.expiry.inThePast,
      ],
      ["links that are gone", { codes: "x", action: "delete", ask: "on" }, "gone already"],
    ])("%s is refused, and the list stands as it was", async (_, fields, says) => {
      const answer = await post({ view: "/links?sort=code", ...fields });
      expect(answer.status).toBe(422);
      const page = await readPage(answer);
      expect(page.text).toContain(says);
      expect(page.values.expires_in).toBe(fields.expires_in ?? "");
      expect(page.html).toMatch(/aria-sort="ascending"><a id="by-code"/);
      expect(await left()).toEqual([...mine, his]);
    });

    test("what was selected stays selected when it is refused", async () => {
      const [code = ""] = mine;
      const { html } = await readPage(await post({ codes: code, action: "expire" }));
      expect(html).toMatch(new RegExp(`value="${code}"[^>]* checked=""`));
      expect(html.match(/ checked=""/g)).toHaveLength(1);
    });

    test("a program gets the refusal as a problem", async () => {
      const answer = await post({ codes: "x", action: "expire" }, { accept: "application/json" });
      expect(answer.status).toBe(422);
      expect(await answer.json()).toMatchObject({
        code: "invalid",
        errors: { expires_in: expect.stringContaining("Say when") },
      });
    });

    test("2,000 fields are refused before they are read", async () => {
      const body = new URLSearchParams({ action: "delete" });
      for (let n = 0; n < 2000; n++) body.append("codes", `code-${n}`);
      expect((await send(body)).status).toBe(400);
    });

    test.each([
      "https://evil.example/",
      "//evil.example/links",
      "/auth/logout",
      "?",
      "\r\nset-cookie: a=b",
    ])("comes back to the list, whatever the view says: %j", async (view) => {
      const answer = await post({ codes: "x", action: "delete", view });
      expect(answer.headers.get("location")).toBe("/links");
    });

    test("is a post by somebody signed in, and by nobody else", async () => {
      const seen = await world.request("/-/links", { headers: { cookie: alice } });
      expect(seen.status).toBe(405);
      expect(seen.headers.get("allow")).toBe("POST");
      const fields = { codes: mine.join(), action: "delete" };
      expect((await world.request("/-/links", form(fields))).status).toBe(401);
      expect((await post(fields, { "sec-fetch-site": "cross-site" })).status).toBe(403);
      expect(await left()).toEqual([...mine, his]);
    });
  });
}
