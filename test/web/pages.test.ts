import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { text } from "../../src/web/ui/layout/text.en.ts";
import { as, form, openTestApp, type World } from "../world.ts";
import { readPage } from "./read-page.ts";

type Who = "visitor" | "alice" | "bob" | "admin";

let world: World;
const cookies: Record<Who, string> = { visitor: "", alice: "", bob: "", admin: "" };

beforeAll(async () => {
  world = await openTestApp();
  for (const who of ["alice", "bob", "admin"] as const) {
    cookies[who] = await world.signIn(world.people[who]);
  }
  await world.request(
    "/add",
    form({ short_code: "hers", url: "https://x.example/" }, cookies.alice),
  );
});
afterAll(() => world.close());

const get = (path: string, who: Who) => world.request(path, { headers: { cookie: cookies[who] } });

describe("who sees a page", () => {
  const signIn = (next: string) => `/auth/login?next=${encodeURIComponent(next)}`;

  const rows: [path: string, answers: Readonly<Record<Who, number | string>>][] = [
    ["/", { visitor: "/auth/login", alice: 200, bob: 200, admin: 200 }],
    ["/links", { visitor: signIn("/links"), alice: 200, bob: 200, admin: 200 }],
    ["/add?url=a%20b", { visitor: signIn("/add?url=a%20b"), alice: 200, bob: 200, admin: 200 }],
    ["/profile", { visitor: signIn("/profile"), alice: 200, bob: 200, admin: 200 }],
    ["/edit_link/hers", { visitor: signIn("/edit_link/hers"), alice: 200, bob: 404, admin: 200 }],
    [
      "/delete_link/hers",
      { visitor: signIn("/delete_link/hers"), alice: 200, bob: 404, admin: 200 },
    ],
    ["/delete/hers", { visitor: signIn("/delete/hers"), alice: 200, bob: 404, admin: 200 }],
    ["/edit_link/none", { visitor: signIn("/edit_link/none"), alice: 404, bob: 404, admin: 404 }],
    ["/auth/login", { visitor: 200, alice: "/", bob: "/", admin: "/" }],
    ["/auth/logout", { visitor: "/", alice: 200, bob: 200, admin: 200 }],
  ];

  test.each(rows)("%s", async (path, answers) => {
    for (const who of ["visitor", "alice", "bob", "admin"] as const) {
      const response = await get(path, who);
      const answer = response.headers.get("location") ?? response.status;
      expect({ [who]: answer }).toEqual({ [who]: answers[who] });
    }
  });
});

describe("who may post", () => {
  const fields = { url: "https://evil.example/", short_code: "evil" };

  test.each(["/add", "/edit_link/hers", "/delete_link/hers", "/delete/hers", "/profile"])(
    "%s: nobody who is not signed in",
    async (path) => {
      const response = await world.request(path, form(fields));
      expect(response.status).toBe(401);
      expect((await readPage(response)).links).toContain("/auth/login");
    },
  );

  test.each([
    ["/edit_link/hers", fields],
    ["/delete_link/hers", {}],
    ["/delete/hers", {}],
  ])("%s: nobody but the owner and an administrator", async (path, given) => {
    expect((await world.request(path, form(given, cookies.bob))).status).toBe(404);
    const link = await world.app.links.get(as(world.people.alice), "hers");
    expect(link.target as string).toBe("https://x.example/");
  });

  test("nobody through another site", async () => {
    const headers = { cookie: cookies.alice, "sec-fetch-site": "cross-site" };
    const response = await world.request("/add", { ...form(fields), headers });
    expect(response.status).toBe(403);
  });
});

describe("a problem is a page of the site", () => {
  const { problems } = text;
  const refusals: [status: number, what: string, path: string, init: () => RequestInit][] = [
    [404, problems.not_found.title, "/unknown", () => ({})],
    [405, problems.method_not_allowed.title, "/links", () => ({ method: "PUT" })],
    [414, problems.uri_too_long.title, `/${"a".repeat(20_000)}`, () => ({})],
    [
      415,
      problems.unsupported_type.title,
      "/add",
      () => ({
        method: "POST",
        body: "{}",
        headers: { cookie: cookies.alice, "content-type": "application/xml" },
      }),
    ],
    [
      413,
      problems.too_large.title,
      "/-/links",
      () => form({ note: "x".repeat(1_100_000) }, cookies.alice),
    ],
    [400, problems.bad_request.title, "/", () => ({ headers: { host: "a, b" } })],
  ];

  test.each(refusals)("%i: %s", async (status, title, path, init) => {
    const response = await world.request(path, init());
    expect([response.status, response.headers.get("content-type")]).toEqual([
      status,
      "text/html; charset=utf-8",
    ]);
    expect((await readPage(response)).text).toContain(` ${title} `);
  });

  test("410: an expired link", async () => {
    const fields = { short_code: "brief", url: "https://x.example/", expires_in: "1m" };
    await world.request("/add", form(fields, cookies.alice));
    world.clock.advance(60_000);
    const response = await world.request("/brief");
    expect(response.status).toBe(410);
    expect((await readPage(response)).text).toContain("This link has expired.");
  });
});

describe("every page", () => {
  const paths = [
    "/",
    "/links",
    "/add",
    "/edit_link/hers",
    "/delete/hers",
    "/profile",
    "/auth/logout",
    "/none",
  ];

  test.each(paths)(
    "%s holds no inline script or style, and loads nothing from elsewhere",
    async (path) => {
      const whole = (await readPage(await get(path, "alice"))).html;
      // The one to drag to the bookmarks bar; where it stands the policy lets nobody run it.
      const html = whole.replace(/<a [^>]*data-bookmarklet[^>]*>/, "");
      expect(html).not.toMatch(
        /<script(?![^>]* src="\/static)|<style|\sstyle=|\son\w+=|javascript:/i,
      );
      expect(html).not.toMatch(/(src|<link[^>]*href)="(https?:)?\/\//);
    },
  );

  test("carries the administrator's warnings, for the administrator alone", async () => {
    world.app.warnings.add("The <roof> leaks.");
    expect((await readPage(await get("/links", "admin"))).text).toContain(" The <roof> leaks. ");
    expect((await readPage(await get("/links", "alice"))).text).not.toContain("roof");
    world.app.warnings.clear();
  });
});
