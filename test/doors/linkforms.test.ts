import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { as, form, ORIGIN, openTestApp, START, type World } from "../world.ts";
import { cookiesFrom, readPage } from "./readpage.ts";

const HOUR = 3_600_000;

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
    expect([added.status, added.headers.get("location")]).toEqual([303, "/links"]);
    const next = await get("/links", `${alice}; ${cookiesFrom(added)}`);
    expect((await readPage(next)).text).toContain(`Your link is ready: ${ORIGIN}/told.`);
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
    expect(await response.json()).toEqual({ shortCode: "json", url: `${ORIGIN}/json` });
  });

  test("or refused to a program, with the fields as JSON", async () => {
    const request = form({ url: "ftp://example.com/" }, alice);
    const headers = { cookie: alice, accept: "application/json" };
    const response = await world.request("/add", { ...request, headers });
    expect([response.status, response.headers.get("content-type")]).toEqual([
      422,
      "application/problem+json",
    ]);
    const message = "The address must begin with http:// or https://.";
    expect(await response.json()).toMatchObject({ code: "invalid", errors: { url: message } });
  });

  test("expiring at a time in the person's zone", async () => {
    await addLink("tokyo", { enable_expiration: "on", expiration_date: "2026-03-18T09:00" });
    expect((await stored("tokyo")).expiresAt).toBe(Date.UTC(2026, 2, 18));
    const { values } = await readPage(await get("/edit_link/tokyo"));
    expect(values).toMatchObject({ enable_expiration: "on", expiration_date: "2026-03-18T09:00" });
  });
});

describe("a refused form comes back with what was typed and why", () => {
  const url = "https://example.com/";
  const rows: [why: string, typed: Record<string, string>, field: string, message: string][] = [
    ["no target", { url: "" }, "url", "Where should the link lead? Enter an address."],
    [
      "a script",
      { url: "javascript:alert(1)" },
      "url",
      "The address must begin with http:// or https://.",
    ],
    [
      "no scheme",
      { url: "example.com" },
      "url",
      "The address must begin with http:// or https://.",
    ],
    [
      "a circle",
      { url: `${ORIGIN}/me`, short_code: "me" },
      "url",
      "This address is the link itself: it would lead in a circle.",
    ],
    [
      "a code with a blank",
      { url, short_code: "a b" },
      "short_code",
      "A short code is made of letters A-Z a-z, digits, - and _.",
    ],
    [
      "a reserved code",
      { url, short_code: "Login" },
      "short_code",
      '"Login" is reserved for the site itself.',
    ],
    ["a taken code", { url, short_code: "taken" }, "short_code", '"taken" is taken already.'],
    [
      "a long title",
      { url, title: "x".repeat(201) },
      "title",
      "A title has at most 200 characters.",
    ],
    [
      "a long note",
      { url, note: "\nx".repeat(5001) },
      "note",
      "A note has at most 10,000 characters.",
    ],
    [
      "an odd status",
      { url, redirect_status: "303" },
      "redirect_status",
      "Choose 301, 302, 307 or 308.",
    ],
    [
      "an odd span",
      { url, expires_in: "soon" },
      "expires_in",
      "Give a span such as 2h or 7d, or a date and time.",
    ],
    [
      "no date",
      { url, enable_expiration: "on" },
      "expiration_date",
      "Give a span such as 2h or 7d, or a date and time.",
    ],
    [
      "a past date",
      { url, enable_expiration: "on", expiration_date: "2026-03-17T20:59" },
      "expiration_date",
      "That time has passed already.",
    ],
  ];

  beforeAll(() => addLink("taken"));

  test.each(rows)("for %s", async (_, typed, field, message) => {
    const response = await post("/add", typed);
    const page = await readPage(response);
    expect(response.status).toBe(422);
    expect(page.problems).toEqual({ [field]: message });
    const { redirect_status: _status, ...fields } = typed;
    expect(page.values).toMatchObject(fields);
    expect(page.html).toContain(`aria-invalid="true" aria-describedby="${field}-problem`);
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
    expect((await readPage(response)).text).toContain("This kind of link is not known here.");
  });

  test("also when a link is edited, which stays as it was", async () => {
    await addLink("kept");
    const response = await post("/edit_link/kept", { url: "nowhere" });
    expect(response.status).toBe(422);
    expect((await readPage(response)).values.url).toBe("nowhere");
    expect((await stored("kept")).target as string).toBe("https://example.com/");
  });
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
    expect([response.status, response.headers.get("location")]).toEqual([303, "/links"]);
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
    expect(await stored("same")).toEqual(before);
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
    expect((await readPage(page)).text).toContain("Delete doomed?");
    expect((await world.request("/doomed")).status).toBe(302);
    const response = await post(`${path}doomed`, {});
    expect([response.status, response.headers.get("location")]).toEqual([303, "/links"]);
    expect((await world.request("/doomed")).status).toBe(404);
    const next = await get("/links", `${alice}; ${cookiesFrom(response)}`);
    expect((await readPage(next)).text).toContain("Deleted doomed.");
  });
});
