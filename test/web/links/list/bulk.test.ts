import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { User } from "../../../../src/accounts/user.ts";
import { text as linkText } from "../../../../src/links/text.en.ts";
import { operator } from "../../../../src/policy.ts";
import { text } from "../../../../src/web/links/list/text.en.ts";
import { text as frameText } from "../../../../src/web/ui/layout/text.en.ts";
import { newLink } from "../../../share.ts";
import { as, databases, form, openTestApp, type World } from "../../../world.ts";
import { cookiesFrom, elementsOn, readPage } from "../../read-page.ts";

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
      const link = newLink({ shortCode: code, target: "https://example.com/" });
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

    test("deletes own links, skips those of others, and returns to the same list with one notice", async () => {
      const [first = "", second = "", third = ""] = mine;
      const fields = { codes: `${first}, ${second},${his},no-such,`, action: "delete" };
      const answer = await post({ ...fields, view: "/links?q=a&sort=code&page=7" });
      expect(answer.status).toBe(303);
      expect(answer.headers.get("location")).toBe("/links?q=a&sort=code");
      expect(await left()).toEqual([third, his]);
      const cookie = `${alice}; ${cookiesFrom(answer)}`;
      const next = await readPage(await world.request("/links", { headers: { cookie } }));
      expect(next.notice).toBe("links_deleted");
      expect(next.text).toContain(frameText.notice.linksDeleted(2));
    });

    test("takes a code for each field as well", async () => {
      const body = new URLSearchParams({ action: "delete" });
      for (const code of mine) body.append("codes", code);
      expect((await send(body)).status).toBe(303);
      expect(await left()).toEqual([his]);
    });

    test("a deleted link responds 404 from then on", async () => {
      const [code = ""] = mine;
      expect((await world.request(`/${code}`)).status).toBe(302);
      await post({ codes: code, action: "delete" });
      expect((await world.request(`/${code}`)).status).toBe(404);
    });

    test("asks first if asked to, and lists the links", async () => {
      const fields = {
        codes: [...mine, his].join(),
        action: "delete",
        ask: "on",
        view: "/links?q=x",
      };
      const answer = await post(fields);
      expect(answer.status).toBe(200);
      const { text: shown, values, links } = await readPage(answer);
      expect(shown).toContain(text.bulk.deleteQuestion(3));
      expect(shown).not.toContain(` ${his} `);
      expect(values).toMatchObject({ codes: mine.join(), view: "/links?q=x" });
      expect(links).toContain("/links?q=x");
      expect(await left()).toEqual([...mine, his]);
    });

    test.each([
      ["a span", "2h", 2 * HOUR],
      ["a date and time", "2026-03-17T15:00Z", 3 * HOUR],
    ])("sets the expiry by %s", async (_, expiry, ms) => {
      const [first = "", second = ""] = mine;
      const fields = { codes: [first, second, his].join(), action: "expire", expires_in: expiry };
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

    test("removes the expiry by never", async () => {
      const [code = ""] = mine;
      await post({ codes: code, action: "expire", expires_in: "1h" });
      await post({ codes: code, action: "expire", expires_in: " Never " });
      expect(await expiryOf(code)).toBeNull();
    });

    test("disables all of the list, and undoes it from the notice", async () => {
      const [first = ""] = mine;
      const view = `/links?q=${first}`;
      const answer = await post({ view, whole: "on", action: "disable" });
      expect(answer.headers.get("location")).toBe(view);
      expect((await world.app.links.get(operator, first)).disabled).toBe(true);
      const cookie = `${alice}; ${cookiesFrom(answer)}`;
      const next = await readPage(await world.request("/links", { headers: { cookie } }));
      expect(next.notice).toBe("links_disabled");
      const undo = elementsOn(next, "[name=undo]")[0]?.value ?? "";
      await post({ action: "undo", undo });
      expect((await world.app.links.get(operator, first)).disabled).toBe(false);
    });

    test("asks before it deletes all of the list", async () => {
      const [first = ""] = mine;
      const view = `/links?q=${first}`;
      const asked = await readPage(await post({ view, whole: "on", action: "delete", ask: "on" }));
      expect(asked.text).toContain(text.bulk.deleteQuestion(1));
      expect(asked.values).toMatchObject({ whole: "on", view });
      await post({ view, whole: "on", action: "delete" });
      expect(await left()).toEqual([...mine.slice(1), his]);
    });

    const tooMany = Array.from({ length: 2000 }, (_, n) => `code-${n}`).join();

    test.each<[what: string, fields: Record<string, string>, says: string]>([
      ["no link", { action: "delete" }, linkText.bulk.noCodes],
      ["nothing but commas", { codes: " ,, ", action: "delete" }, linkText.bulk.noCodes],
      ["2,000 links", { codes: tooMany, action: "delete" }, linkText.bulk.tooMany(1000)],
      ["no action", { codes: "x" }, linkText.bulk.noAction],
      ["an unknown action", { codes: "x", action: "eat" }, linkText.bulk.noAction],
      ["an expiry left empty", { codes: "x", action: "expire" }, linkText.bulk.noExpiry],
      [
        "an expiry that is none",
        { codes: "x", action: "expire", expires_in: "<b>soon</b>" },
        linkText.expiry.unreadable,
      ],
      [
        "the past",
        { codes: "x", action: "expire", expires_in: "2001-01-01" },
        linkText.expiry.inThePast,
      ],
      ["links that are gone", { codes: "x", action: "delete", ask: "on" }, text.bulk.gone],
    ])("refuses %s, and leaves the list unchanged", async (_, fields, says) => {
      const answer = await post({ view: "/links?sort=code", ...fields });
      expect(answer.status).toBe(422);
      const page = await readPage(answer);
      expect(page.text).toContain(says);
      expect(page.values.expires_in).toBe(fields.expires_in ?? "");
      expect(elementsOn(page, 'th[aria-sort="ascending"] > #by-code')).toHaveLength(1);
      expect(await left()).toEqual([...mine, his]);
    });

    test("keeps the selection after a refusal", async () => {
      const [code = ""] = mine;
      const page = await readPage(await post({ codes: code, action: "expire" }));
      const selected = elementsOn(page, "[name=codes][checked]");
      expect(selected.map(({ value }) => value)).toEqual([code]);
    });

    test("sends the refusal to a program as a problem", async () => {
      const fields = { codes: mine.join(), action: "expire" };
      const answer = await post(fields, { accept: "application/json" });
      expect(answer.status).toBe(422);
      expect(await answer.json()).toMatchObject({
        code: "invalid",
        errors: { expires_in: linkText.bulk.noExpiry },
      });
    });

    test("refuses 2,000 fields before reading them", async () => {
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
    ])("returns to the list, whatever the view says: %j", async (view) => {
      const answer = await post({ codes: "x", action: "delete", view });
      expect(answer.headers.get("location")).toBe("/links");
    });

    test("takes only a post of a signed-in user", async () => {
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
