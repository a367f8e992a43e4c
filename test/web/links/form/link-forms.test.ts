import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { text } from "../../../../src/links/text.en.ts";
import { text as formText } from "../../../../src/web/links/form/text.en.ts";
import { as, form, ORIGIN, openTestApp, START, type World } from "../../../world.ts";
import { cookiesFrom, readPage } from "../../read-page.ts";

const HOUR = 3_600_000;
const SCHEME = text.target.badScheme("http:// or https://");

let world: World;
let alice: string;

beforeAll(async () => {
  world = await openTestApp({ settings: { "app.timezone": "Asia/Tokyo" } });
  alice = await world.signIn(world.people.alice);
});
afterAll(() => world.close());

const get = (path: string, cookie = alice) => world.request(path, { headers: { cookie } });
const post = (path: string, fields: Record<string, string>, cookie = alice) =>
  world.request(path, form(fields, cookie));
const stored = (shortCode: string) => world.app.links.get(as(world.people.alice), shortCode);

async function addLink(shortCode: string, fields: Record<string, string> = {}) {
  const response = await post("/add", {
    short_code: shortCode,
    url: "https://example.com/",
    ...fields,
  });
  expect(response.status).toBe(303);
}

describe("a link is added", () => {
  test("and the next page tells its address, once", async () => {
    const added = await post("/add", { url: "https://example.com/a", short_code: "told" });
    expect([added.status, added.headers.get("location")]).toEqual([303, "/-/links/told"]);
    const next = await get("/-/links/told", `${alice}; ${cookiesFrom(added)}`);
    const shown = await readPage(next);
    expect([shown.notice, shown.links.includes("/told")]).toEqual(["created", true]);
    expect(next.headers.getSetCookie()).toEqual([expect.stringMatching(/^notice=;.*Max-Age=0/)]);
  });

  test("from the address bar's fields, which fill in the form", async () => {
    const page = await readPage(
      await get("/add?url=https%3A%2F%2Fexample.com%2F&title=A%20%26%20B"),
    );
    expect(page.values).toMatchObject({ url: "https://example.com/", title: "A & B" });
  });

  test("for a program, which gets JSON", async () => {
    const request = form({ url: "https://example.com/", short_code: "json" }, alice);
    const headers = { cookie: alice, accept: "application/json" };
    const response = await world.request("/add", { ...request, headers });
    expect([response.status, response.headers.get("location")]).toEqual([201, "/json"]);
    expect(await response.json()).toEqual({
      short_code: "json",
      shortCode: "json",
      url: `${ORIGIN}/json`,
    });
  });

  test("or refused to a program, with the fields as JSON", async () => {
    const request = form({ url: "ftp://example.com/" }, alice);
    const headers = { cookie: alice, accept: "application/json" };
    const response = await world.request("/add", { ...request, headers });
    expect([response.status, response.headers.get("content-type")]).toEqual([
      422,
      "application/problem+json",
    ]);
    const message = SCHEME;
    expect(await response.json()).toMatchObject({ code: "invalid", errors: { url: message } });
  });

  test("expiring at a time in the person's zone", async () => {
    await addLink("tokyo", { enable_expiration: "on", expiration_date: "2026-03-18T09:00" });
    expect((await stored("tokyo")).expiresAt).toBe(Date.UTC(2026, 2, 18));
    const { values } = await readPage(await get("/edit_link/tokyo"));
    expect(values).toMatchObject({ expiry: "date", expiration_date: "2026-03-18T09:00" });
  });
});

describe("a refused form comes back with what was typed and why", () => {
  const url = "https://example.com/";
  const SPAN = text.expiry.unreadable;
  const rows: [why: string, typed: Record<string, string>, field: string, message: string][] = [
    ["no target", { url: "" }, "url", text.target.missing],
    ["a script", { url: "javascript:alert(1)" }, "url", SCHEME],
    ["no scheme", { url: "example" }, "url", SCHEME],
    ["a circle", { url: `${ORIGIN}/me`, short_code: "me" }, "url", text.target.pointsToItself],
    ["a code with a blank", { url, short_code: "a b" }, "short_code", text.shortCode.badCharacters],
    [
      "a reserved code",
      { url, short_code: "Login" },
      "short_code",
      text.shortCode.reserved("Login"),
    ],
    ["a taken code", { url, short_code: "taken" }, "short_code", text.shortCode.taken("taken")],
    ["a long title", { url, title: "x".repeat(201) }, "title", text.input.titleTooLong],
    ["a long note", { url, note: "\nx".repeat(5001) }, "note", text.input.noteTooLong],
    [
      "an odd status",
      { url, redirect_status: "303" },
      "redirect_status",
      text.input.unknownRedirectStatus,
    ],
    ["an odd span", { url, expires_in: "soon" }, "expires_in", text.expiry.unreadable],
    ["an odd choice", { url, expiry: "soon" }, "expiry", SPAN],
    ["no span", { url, expiry: "span" }, "expires_in", SPAN],
    ["an odd date", { url, expiry: "date", expiration_date: "1.2.2027" }, "expiration_date", SPAN],
    ["no date", { url, enable_expiration: "on" }, "expiration_date", text.expiry.unreadable],
    [
      "a past date",
      { url, enable_expiration: "on", expiration_date: "2026-03-17T20:59" },
      "expiration_date",
      text.expiry.inThePast,
    ],
  ];

  beforeAll(() => addLink("taken"));

  test.each(rows)("for %s", async (_, typed, field, message) => {
    const response = await post("/add", typed);
    const page = await readPage(response);
    expect(response.status).toBe(422);
    expect(page.problems).toEqual({ [field]: message });
    const { redirect_status: _status, enable_expiration: _box, expiry: _choice, ...fields } = typed;
    expect(page.values).toMatchObject(fields);
    expect(page.html).toContain(`aria-describedby="${field}-problem`);
  });

  test("and all that is wrong is told at once", async () => {
    const page = await readPage(
      await post("/add", { url: "x", short_code: "a b", expires_in: "-1" }),
    );
    expect(Object.keys(page.problems).sort()).toEqual(["expires_in", "short_code", "url"]);
  });

  test("and what no field shows is told above them", async () => {
    const response = await post("/add", { url: "https://example.com/", link_type: "carrot" });
    expect(response.status).toBe(422);
    expect((await readPage(response)).text).toContain(text.input.unknownKind);
  });

  test("also when a link is edited, which stays as it was", async () => {
    await addLink("kept");
    const response = await post("/edit_link/kept", { url: "nowhere" });
    expect(response.status).toBe(422);
    expect((await readPage(response)).values.url).toBe("nowhere");
    expect((await stored("kept")).target as string).toBe("https://example.com/");
  });
});

describe("the choice of expiry", () => {
  const rows: [fields: Record<string, string>, expiresAt: number | null][] = [
    [{ expiry: "never", expires_in: "2h", enable_expiration: "on" }, null],
    [{ expiry: "1h", expires_in: "2h" }, START + HOUR],
    [{ expiry: "365d" }, START + 365 * 24 * HOUR],
    [{ expiry: "span", expires_in: "2h", expiration_date: "2030-01-01T00:00" }, START + 2 * HOUR],
    [
      { expiry: "date", expires_in: "2h", expiration_date: "2026-03-18T09:00" },
      Date.UTC(2026, 2, 18),
    ],
    [{ expires_in: "2h" }, START + 2 * HOUR],
    [{}, null],
  ];

  test.each(rows)("%j", async (fields, expiresAt) => {
    const added = await post("/add", { url: "https://example.com/", ...fields });
    const code = added.headers.get("location")?.split("/").at(-1) ?? "";
    expect((await stored(code)).expiresAt).toBe(expiresAt);
  });

  test.each([
    ["", "never"],
    ["&expires_in=3h", "span"],
    ["&enable_expiration=on", "date"],
    ["&expiry=7d", "7d"],
    ["&expiry=odd", "never"],
  ])("is filled in from the address: %p", async (query, choice) => {
    const page = await readPage(await get(`/add?url=x${query}`));
    expect(page.values.expiry).toBe(choice);
  });
});

describe("a form sent twice makes one link", () => {
  const count = async () => {
    const query = { ownerId: world.people.alice.id, limit: 1 };
    return (await world.app.links.list(as(world.people.alice), query)).total;
  };
  const fields = { url: "https://example.com/twice", form_id: "one" };

  test("also when both are under way, and both lead to it", async () => {
    const before = await count();
    const answers = await Promise.all([post("/add", fields), post("/add", fields)]);
    const [first, second] = answers.map((answer) => answer.headers.get("location"));
    expect(first).toStartWith("/-/links/");
    expect(second).toBe(first as string);
    expect(await count()).toBe(before + 1);
  });

  test("but another filling in, another form, another person and a later time make another", async () => {
    const before = await count();
    await post("/add", { ...fields, title: "Another" });
    await post("/add", { ...fields, form_id: "two" });
    await post("/add", { ...fields, form_id: "" });
    await post("/add", { ...fields, form_id: "not / an id" });
    expect(await count()).toBe(before + 4);
    const bob = await world.signIn(world.people.bob);
    const his = await post("/add", fields, bob);
    const code = his.headers.get("location")?.split("/").at(-1) ?? "";
    expect((await world.app.links.get(as(world.people.bob), code)).owner).toBe("bob");
    world.clock.advance(600_000);
    await post("/add", fields);
    expect(await count()).toBe(before + 5);
    world.clock.set(START);
  });

  test("and a refused one can be sent again, put right", async () => {
    const refused = await post("/add", { ...fields, form_id: "three", url: "x" });
    expect(refused.status).toBe(422);
    expect((await post("/add", { ...fields, form_id: "three" })).status).toBe(303);
  });

  test("each showing of the form is another", async () => {
    const [one, two] = [await readPage(await get("/add")), await readPage(await get("/add"))];
    expect(one.values.form_id).toMatch(/^[0-9a-f]{32}$/);
    expect(one.values.form_id).not.toBe(two.values.form_id as string);
  });
});

describe("a code is checked while it is typed", () => {
  beforeAll(() => addLink("spoken-for"));

  test.each([
    ["free-one", true, formText.codeIsFree("free-one")],
    [" free-one ", true, formText.codeIsFree("free-one")],
    ["spoken-for", false, text.shortCode.taken("spoken-for")],
    ["Login", false, text.shortCode.reserved("Login")],
    ["a b", false, text.shortCode.badCharacters],
    ["", false, text.shortCode.badCharacters],
    ["x".repeat(51), false, text.shortCode.tooLong],
    ["\u202e\u{1f600}<b>", false, text.shortCode.badCharacters],
  ])("%p", async (code, ok, message) => {
    const answer = await get(`/-/code?short_code=${encodeURIComponent(code)}`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ ok, message });
  });

  test("for those signed in alone", async () => {
    const headers = { accept: "application/json" };
    expect((await world.request("/-/code?short_code=a", { headers })).status).toBe(401);
  });
});

test.each(["redirect", "file", "markdown", "html"] as const)(
  "the form of a %s says whether visitors see the title",
  async (kind) => {
    const page = await readPage(await get(`/add?link_type=${kind}`));
    expect(page.text).toContain(formText.titleHelp[kind]);
  },
);

test("the bookmarklet offers the page one looks at", async () => {
  const { links } = await readPage(await get("/add"));
  const [code = ""] = links.filter((link) => link.startsWith("javascript:"));
  const opened: string[] = [];
  const page = new Function("open", "location", "document", code.replace("javascript:", ""));
  const title = "A & B \u{1f600}".padEnd(300, "x");
  page((address: string) => opened.push(address), { href: "https://x.example/?a=1&b" }, { title });
  const url = new URL(opened[0] ?? "");
  expect(url.origin + url.pathname).toBe(`${ORIGIN}/add`);
  expect(url.searchParams.get("url")).toBe("https://x.example/?a=1&b");
  expect([...(url.searchParams.get("title") ?? "")]).toHaveLength(200);
});

describe("a link is edited", () => {
  test("and a field that was not sent keeps its value, but the expiry goes", async () => {
    const fields = {
      title: "T",
      note: "N",
      redirect_status: "301",
      disabled: "on",
      expires_in: "2h",
    };
    await addLink("partly", fields);
    const response = await post("/edit_link/partly", { url: "https://example.com/new" });
    expect([response.status, response.headers.get("location")]).toEqual([303, "/-/links/partly"]);
    const link = await stored("partly");
    expect(link).toMatchObject({ title: "T", note: "N", redirectStatus: 301, disabled: true });
    expect([link.target as string, link.expiresAt]).toEqual(["https://example.com/new", null]);
  });

  test("and the form sent back untouched changes nothing", async () => {
    await addLink("same", {
      note: "\n\tone\ntwo ",
      title: "<i>",
      expires_in: "90m",
      redirect_status: "308",
    });
    const before = await stored("same");
    const { values } = await readPage(await get("/edit_link/same"));
    expect((await post("/edit_link/same", values)).status).toBe(303);
    expect(await stored("same")).toEqual({ ...before, revision: before.revision + 1 });
    expect(before.expiresAt).toBe(START + 1.5 * HOUR);
  });

  test("and switched on again by an empty box", async () => {
    await addLink("off", { disabled: "on" });
    expect((await world.request("/off")).status).toBe(410);
    await post("/edit_link/off", { url: "https://example.com/", disabled: "off" });
    expect((await world.request("/off")).status).toBe(302);
  });
});

describe("a link is deleted", () => {
  test.each(["/delete_link/", "/delete/"])("by the button at %s", async (path) => {
    await addLink("doomed");
    const page = await get(`${path}doomed`);
    expect((await readPage(page)).text).toContain(formText.remove.heading("doomed"));
    expect((await world.request("/doomed")).status).toBe(302);
    const response = await post(`${path}doomed`, {});
    expect([response.status, response.headers.get("location")]).toEqual([303, "/links"]);
    expect((await world.request("/doomed")).status).toBe(404);
    const next = await get("/links", `${alice}; ${cookiesFrom(response)}`);
    expect((await readPage(next)).notice).toBe("deleted");
  });
});
