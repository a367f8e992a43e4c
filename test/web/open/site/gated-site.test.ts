/** Passwords and visit limits of HTML pages of several files. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { operator } from "../../../../src/policy.ts";
import { siteOf } from "../../../links/files/site.ts";
import { FIREFOX } from "../../../user-agents.ts";
import { openTestApp, START, type World } from "../../../world.ts";
import { asset, INDEX, inFrame, navigation, SITE } from "./pages.ts";

describe("a gated site", () => {
  let world: World;
  beforeAll(async () => {
    world = await openTestApp();
  });
  afterAll(() => world.close());
  beforeEach(() => world.clock.set(START));

  const get = (path: string, headers: Readonly<Record<string, string>> = {}, more = {}) =>
    world.request(path, { headers: { "user-agent": FIREFOX, ...headers }, ...more });
  const cookiesOf = ({ headers }: Response) =>
    headers
      .getSetCookie()
      .map((line) => line.split(";")[0])
      .join("; ");
  const everywhere = (code: string) => [
    `/${code}/`,
    `/${code}/about.html`,
    `/${code}/assets/x.css`,
    `/${code}/missing`,
    `/-/site/-/${code}/`,
    `/-/site/-/${code}/assets/x.css`,
    `/-/site/-~x.y/${code}/assets/x.css`,
  ];

  test("answers without its password the same at every path, and as other links do", async () => {
    await siteOf(world, world.people.alice, "locked", SITE, { password: "open sesame" });
    for (const path of everywhere("locked")) {
      const response = await get(path, asset);
      const isInner = path.startsWith("/-/");
      const location = response.headers.get("location") ?? "";
      expect([path, response.status, location.startsWith("/locked")]).toEqual([path, 302, true]);
      if (!isInner) expect(location).toBe("/locked");
      expect(await response.text()).toBe("");
    }
    expect((await get("/locked")).status).toBe(401);
  });

  test("with its password, the address of what its pages load has a pass", async () => {
    const unlocked = await world.request("/-/unlock/locked", {
      method: "POST",
      body: new URLSearchParams({ password: "open sesame", page: "open" }),
    });
    const cookie = cookiesOf(unlocked);
    const around = await get("/locked", { ...navigation, cookie });
    expect(around.status).toBe(200);
    expect(around.headers.get("cache-control")).toContain("private");
    const [, inner = ""] = /src="(\/-\/site\/[^"]+)"/.exec(await around.text()) ?? [];
    expect(await (await get(inner, inFrame)).text()).toContain("Start");
    const style = await get(`${inner}assets/x.css`, asset);
    expect([style.status, await style.text()]).toEqual([200, SITE["assets/x.css"]]);
    expect(style.headers.get("cache-control")).toBe("private, no-store");
    const other = await get(`${inner}assets/x.css`, { ...asset, "user-agent": "Other/1.0" });
    expect(other.status).toBe(302);
    const stolen = inner.replace("/locked/", "/elsewhere/");
    await siteOf(world, world.people.alice, "elsewhere", SITE, { password: "another" });
    expect((await get(`${stolen}assets/x.css`, asset)).status).toBe(302);
    expect((await get("/locked/about.html", { ...navigation, cookie })).status).toBe(200);
    world.clock.advance(3_601_000);
    expect((await get(`${inner}assets/x.css`, asset)).status).toBe(302);
  });

  test("programs send the password with each request", async () => {
    const authorization = `Basic ${Buffer.from("x:open sesame").toString("base64")}`;
    expect(await (await get("/locked", { authorization, accept: "*/*" })).text()).toBe(INDEX);
    const style = await get("/locked/assets/x.css", { authorization, accept: "*/*" });
    expect(await style.text()).toBe(SITE["assets/x.css"]);
  });

  test("a visit is used up by the page, and by nothing that it loads or links", async () => {
    await siteOf(world, world.people.alice, "limited", SITE, { visitLimit: 2 });
    const left = async () => (await world.app.links.get(operator, "limited")).visitsLeft;
    expect((await get("/limited/", navigation)).headers.get("location")).toBe("/limited");
    expect(await left()).toBe(2);
    const around = await get("/limited", navigation);
    const cookie = cookiesOf(around);
    const [, inner = ""] = /src="(\/-\/site\/[^"]+)"/.exec(await around.text()) ?? [];
    expect((await get(inner, inFrame)).status).toBe(200);
    for (const path of ["", "assets/x.css", "assets/app.mjs", "docs/", "missing"])
      expect((await get(inner + path, asset)).status).toBe(path === "missing" ? 404 : 200);
    const next = await get(`${inner}about.html`, navigation);
    expect(await next.text()).toContain('data-address="/limited/about.html"');
    expect(await (await get(inner, navigation)).text()).toContain('data-address="/limited"');
    expect((await get("/limited/about.html", { ...navigation, cookie })).status).toBe(200);
    expect(await left()).toBe(1);
    expect((await get("/limited", { ...navigation, cookie })).status).toBe(200);
    expect(await left()).toBe(0);
    expect((await get("/limited", { ...navigation, cookie })).status).toBe(410);
    expect((await get(`${inner}assets/x.css`, asset)).status).toBe(200);
    await world.app.visits.flush();
    expect((await world.app.links.get(operator, "limited")).visits).toBe(3);
  });

  test("a robot gets none of it", async () => {
    await siteOf(world, world.people.alice, "shy", SITE, { visitLimit: 1, title: "Shy" });
    for (const path of ["/shy", ...everywhere("shy")]) {
      const response = await get(path, { "user-agent": "Slackbot 1.0" });
      expect(await response.text()).not.toContain("Start");
    }
    expect((await world.app.links.get(operator, "shy")).visitsLeft).toBe(1);
  });
});
