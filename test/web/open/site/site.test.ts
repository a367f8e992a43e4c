/** GET /<code>/... of an HTML page of several files. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { operator } from "../../../../src/policy.ts";
import { siteOf } from "../../../links/files/site.ts";
import { FIREFOX } from "../../../user-agents.ts";
import { as, databases, ORIGIN, openTestApp, START, type World } from "../../../world.ts";
import { asset, INDEX, inFrame, navigation, SITE } from "./pages.ts";

const SANDBOX = "sandbox allow-scripts";
for (const kind of databases) {
  describe(`a site on ${kind}`, () => {
    let world: World;
    beforeAll(async () => {
      world = await openTestApp({ database: kind });
      await siteOf(world, world.people.alice, "site", SITE, { title: "My site" });
      await siteOf(world, world.people.alice, "plain", { "a.txt": "a" });
      await siteOf(world, world.people.alice, "page", {});
    });
    afterAll(() => world.close());
    beforeEach(() => world.clock.set(START));

    const get = (path: string, headers: Readonly<Record<string, string>> = {}, more = {}) =>
      world.request(path, { headers: { "user-agent": FIREFOX, ...headers }, ...more });
    const visitsOf = async (code: string) => {
      await world.app.visits.flush();
      return (await world.app.links.get(operator, code)).visits;
    };

    test.each([
      ["/site", "/site/"],
      ["/site?a=1&b=%20", "/site/?a=1&b=%20"],
      ["/site.", "/site"],
      ["/site/docs", "/site/docs/"],
      ["/site/docs?q=1", "/site/docs/?q=1"],
      ["/plain", "/plain/"],
    ])("%s leads to %s", async (from, to) => {
      const { status, headers } = await get(from);
      expect([status, headers.get("location")]).toEqual([302, to]);
      expect(headers.get("cache-control")).toBe("no-cache");
    });

    test.each([
      ["/site/", 200, "text/html; charset=utf-8", INDEX],
      ["/site/index.html", 200, "text/html; charset=utf-8", INDEX],
      ["/site/about.html", 200, "text/html; charset=utf-8", "<title>About</title>"],
      ["/site/docs/", 200, "text/html; charset=utf-8", "<title>Docs</title>"],
      ["/site/assets/x.css", 200, "text/css; charset=utf-8", "body { color: red }"],
      ["/site/assets/app.mjs", 200, "text/javascript; charset=utf-8", "export default 1;"],
      ["/site/assets/data.json", 200, "application/json; charset=utf-8", "{}"],
      ["/site/docs/Gr%C3%B6%C3%9Fe%20%26%20more.txt", 200, "text/plain; charset=utf-8", "text"],
      ["/site/docs/Gro%CC%88%C3%9Fe%20%26%20more.txt", 200, "text/plain; charset=utf-8", "text"],
      ["/site/Case.txt", 200, "text/plain; charset=utf-8", "upper"],
      ["/site/case.txt", 200, "text/plain; charset=utf-8", "lower"],
      ["/site/CASE.txt", 404, "text/html; charset=utf-8", "<title>Not there</title>"],
      ["/site/missing", 404, "text/html; charset=utf-8", "<title>Not there</title>"],
      ["/site/docs//", 404, "text/html; charset=utf-8", "<title>Not there</title>"],
      ["/site/a/../about.html", 200, "text/html; charset=utf-8", "<title>About</title>"],
    ])("%s is %d %s", async (path, status, type, body) => {
      const response = await get(path, asset);
      expect([response.status, response.headers.get("content-type")]).toEqual([status, type]);
      expect(response.headers.get("x-content-type-options")).toBe("nosniff");
      expect(await response.text()).toBe(body);
      const isPage = type.startsWith("text/html");
      const policy = response.headers.get("content-security-policy");
      if (isPage) expect(policy).toStartWith(SANDBOX);
      else expect(policy).toContain("default-src 'none'");
      if (!isPage) expect(response.headers.get("access-control-allow-origin")).toBe("*");
      expect(response.headers.get("access-control-allow-credentials")).toBeNull();
      expect(response.headers.get("set-cookie")).toBeNull();
      if (status === 404) expect(response.headers.get("etag")).toBeNull();
      const head = await get(path, asset, { method: "HEAD" });
      expect([head.status, head.headers.get("content-type")]).toEqual([status, type]);
      expect(await head.text()).toBe("");
    });

    test("without a 404.html, ours is shown", async () => {
      const response = await get("/plain/missing.html", navigation);
      expect(response.status).toBe(404);
      expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    });

    test("answers conditions and ranges, and is revalidated", async () => {
      for (const path of ["/site/", "/site/assets/x.css"]) {
        const first = await get(path, asset);
        expect(first.headers.get("cache-control")).toBe("no-cache");
        const etag = first.headers.get("etag") ?? "";
        expect((await get(path, { ...asset, "if-none-match": etag })).status).toBe(304);
        const part = await get(path, { ...asset, range: "bytes=0-3" });
        expect([part.status, (await part.text()).length]).toEqual([206, 4]);
      }
      const missing = await get("/site/missing", { range: "bytes=0-3", "if-none-match": "*" });
      expect([missing.status, await missing.text()]).toEqual([404, "<title>Not there</title>"]);
    });

    test("a script is one for its pages, and none for a page of ours", async () => {
      const path = "/site/assets/app.mjs";
      const plain = "text/plain; charset=utf-8";
      const script = "text/javascript; charset=utf-8";
      const rows: [Record<string, string>, string][] = [
        [{ "sec-fetch-site": "cross-site" }, script],
        [{ "sec-fetch-site": "none" }, script],
        [{ "sec-fetch-site": "same-origin" }, plain],
        [{ "sec-fetch-site": "same-origin", referer: `${ORIGIN}/site/` }, plain],
        [{}, plain],
        [{ referer: `${ORIGIN}/site/` }, plain],
      ];
      for (const [headers, type] of rows) {
        const response = await get(path, headers);
        expect([headers, response.headers.get("content-type")]).toEqual([headers, type]);
        expect(response.headers.get("vary")).toContain("sec-fetch-site");
      }
    });

    test("a browser gets each page in a frame of ours, which finds its files", async () => {
      for (const [path, inner] of [
        ["/site/?a=1", "/-/site/-/site/?a=1"],
        ["/site/docs/", "/-/site/-/site/docs/"],
        ["/site/missing", "/-/site/-/site/missing"],
      ] as const) {
        const around = await get(path, navigation);
        expect([path, around.status]).toEqual([path, path.includes("missing") ? 404 : 200]);
        expect(await around.text()).toContain(`src="${inner}"`);
        const framed = await get(inner, inFrame);
        expect(framed.headers.get("content-security-policy")).toContain("frame-ancestors 'self'");
        expect(framed.headers.get("content-security-policy")).not.toContain("allow-same-origin");
        expect(await framed.text()).toContain("parent.postMessage");
      }
      expect(await (await get("/-/site/-/site/assets/x.css", asset)).text()).toBe(
        SITE["assets/x.css"],
      );
      const folder = await get("/-/site/-/site/docs", inFrame);
      expect(folder.headers.get("location")).toBe("/-/site/-/site/docs/");
      const read = await get("/-/site/-/site/about.html", { ...asset, "sec-fetch-dest": "empty" });
      expect(await read.text()).toBe(SITE["about.html"]);
    });

    test.each([
      ["/-/site/-/site/", 200, "/site/"],
      ["/-/site/-/site/about.html?x=1", 200, "/site/about.html?x=1"],
      ["/-/site/-/site/missing", 404, "/site/missing"],
    ])("a link that left the frame opens %s as %d %s", async (inner, status, address) => {
      const response = await get(inner, navigation);
      expect(response.status).toBe(status);
      expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(await response.text()).toContain(`data-address="${address}"`);
    });

    test.each([
      ["/-/site/-/site/assets/x.css", "/site/assets/x.css"],
      ["/-/site/-/plain/missing", "/plain/missing"],
      ["/-/site/-/page/", "/page/"],
    ])("%s alone leads to %s", async (inner, outer) => {
      const response = await get(inner, navigation);
      expect([response.status, response.headers.get("location")]).toEqual([302, outer]);
    });

    test("without Sec-Fetch headers, the address of the frame opens a page once", async () => {
      const around = await get("/site/", { accept: "text/html" });
      const [, inner = ""] = /src="(\/-\/site\/[^"]+)"/.exec(await around.text()) ?? [];
      expect(inner).toMatch(/^\/-\/site\/[\w.-]{60,}~[\w.-]{40,}\/site\/$/);
      expect(await (await get(inner, { accept: "text/html" })).text()).toContain("Start");
      const again = await get(inner, { accept: "text/html" });
      expect(await again.text()).toContain(`data-address="/site/"`);
      expect((await get(inner)).headers.get("location")).toBe("/site/");
      const script = `${inner}assets/app.mjs`;
      const typeOf = async (path: string, more = {}) =>
        (await get(path, {}, more)).headers.get("content-type");
      expect(await typeOf(script)).toBe("text/javascript; charset=utf-8");
      expect(await typeOf(script, { peer: "198.51.100.1" })).toBe("text/plain; charset=utf-8");
      expect(await typeOf(script.replace("~", "~x"))).toBe("text/plain; charset=utf-8");
      world.clock.advance(3_601_000);
      expect(await typeOf(script)).toBe("text/plain; charset=utf-8");
    });

    test("counts one visit, however much its pages load and link", async () => {
      await siteOf(world, world.people.alice, "counted", SITE);
      await get("/counted", navigation);
      await get("/counted/", navigation);
      expect(await visitsOf("counted")).toBe(1);
      await get("/-/site/-/counted/", inFrame);
      await get("/counted/assets/x.css", asset);
      await get("/-/site/-/counted/assets/x.css", asset);
      await get("/-/site/-/counted/about.html", navigation);
      await get("/-/site/-/counted/", navigation);
      await get("/counted/missing", navigation);
      await get("/counted/", {}, { method: "HEAD" });
      expect(await visitsOf("counted")).toBe(1);
      await get("/counted/about.html", { ...navigation, referer: "https://example.org/" });
      expect(await visitsOf("counted")).toBe(2);
    });

    test("no service worker is registered from it", async () => {
      for (const path of ["/site/", "/site/assets/app.mjs", "/-/site/-/site/assets/app.mjs"])
        expect((await get(path, { "service-worker": "script" })).status).toBe(403);
    });

    test("an alias opens it, too", async () => {
      await siteOf(world, world.people.alice, "named", SITE, { aliases: ["other"] });
      expect((await get("/other")).headers.get("location")).toBe("/other/");
      expect(await (await get("/other/assets/x.css", asset)).text()).toBe(SITE["assets/x.css"]);
    });

    test("answers nothing once it is over, or before it begins", async () => {
      const paths = (code: string) => [`/${code}`, `/${code}/`, `/${code}/about.html`];
      await siteOf(world, world.people.alice, "over", SITE, { disabled: true });
      await siteOf(world, world.people.alice, "early", SITE, { startsAt: START + 1000 });
      for (const path of [...paths("over"), "/-/site/-/over/", "/-/site/-/over/assets/x.css"])
        expect([path, (await get(path)).status]).toEqual([path, 410]);
      for (const path of [...paths("early"), "/-/site/-/early/assets/x.css"])
        expect([path, (await get(path)).status]).toEqual([path, 404]);
    });
  });
}

test("with one account, pages come by themselves, in their sandbox", async () => {
  await using stack = new AsyncDisposableStack();
  const world = await openTestApp();
  stack.defer(() => world.close());
  const { admin, alice, bob } = world.people;
  for (const { id } of [alice, bob])
    await world.app.accounts.removal.remove(as(admin), id, { links: "delete" });
  await siteOf(world, admin, "alone", SITE);
  const response = await world.request("/alone/", { headers: navigation });
  expect(response.headers.get("content-security-policy")).toStartWith(SANDBOX);
  expect(await response.text()).toBe(INDEX);
  const missing = await world.request("/alone/missing", { headers: navigation });
  expect([missing.status, await missing.text()]).toEqual([404, SITE["404.html"]]);
  const within = { ...navigation, "sec-fetch-site": "cross-site" };
  await world.request("/alone/about.html", { headers: within });
  await world.app.visits.flush();
  expect((await world.app.links.get(operator, "alone")).visits).toBe(1);
});

describe("with a content host", () => {
  const APART = "https://content.test:8443";
  let world: World;
  beforeAll(async () => {
    world = await openTestApp({ settings: { "server.content_origin": APART } });
    await siteOf(world, world.people.alice, "site", SITE);
    await siteOf(world, world.people.alice, "locked", SITE, { password: "open sesame" });
  });
  afterAll(() => world.close());

  const there = (path: string) =>
    world.request(path, { headers: { host: "content.test:8443", "user-agent": FIREFOX } });

  test("the site leads there, and is all there", async () => {
    for (const [path, location] of [
      ["/site/?a=1", `${APART}/site/?a=1`],
      ["/site/assets/x.css", `${APART}/site/assets/x.css`],
      ["/-/site/-/site/about.html", "/site/about.html"],
    ] as const)
      expect((await world.request(path)).headers.get("location")).toBe(location);
    expect((await there("/site")).headers.get("location")).toBe("/site/");
    expect((await there("/site/docs")).headers.get("location")).toBe("/site/docs/");
    const page = await there("/site/");
    expect(page.headers.get("content-security-policy")).toBe("frame-ancestors 'none'");
    expect(await page.text()).toBe(INDEX);
    expect((await there("/site/assets/app.mjs")).headers.get("content-type")).toBe(
      "text/javascript; charset=utf-8",
    );
    const missing = await there("/site/missing");
    expect([missing.status, await missing.text()]).toEqual([404, SITE["404.html"]]);
  });

  test("a gated one is not", async () => {
    for (const path of ["/locked", "/locked/", "/locked/assets/x.css", "/-/site/-/site/"])
      expect([path, (await there(path)).status]).toEqual([path, 404]);
  });
});

test("behind nginx, files are left to it, but no page, and no script", async () => {
  const world = await openTestApp({
    settings: { "files.accelerate": "nginx", "server.trusted_proxies": ["127.0.0.1"] },
  });
  await siteOf(world, world.people.alice, "site", SITE);
  const proxied = { peer: "127.0.0.1", headers: { "x-forwarded-for": "203.0.113.9", ...asset } };
  const isLeft = async (path: string) =>
    (await world.request(path, proxied)).headers.has("x-accel-redirect");
  expect(await isLeft("/site/assets/x.css")).toBe(true);
  expect(await isLeft("/-/site/-/site/assets/x.css")).toBe(true);
  for (const path of ["", "missing", "docs/", "assets/app.mjs"])
    expect([path, await isLeft(`/site/${path}`)]).toEqual([path, false]);
  await world.close();
});

test("embedded where that is allowed, it is shown by itself", async () => {
  const world = await openTestApp();
  const embedHosts = "https://blog.example";
  await siteOf(world, world.people.alice, "site", SITE, { embedHosts });
  const headers = { ...inFrame, "sec-fetch-site": "cross-site", referer: "https://blog.example/" };
  for (const path of ["/site/", "/site/docs/", "/site/missing"]) {
    const response = await world.request(path, { headers });
    const policy = response.headers.get("content-security-policy") ?? "";
    expect([path, policy.startsWith(SANDBOX)]).toEqual([path, true]);
    expect(policy).toContain("frame-ancestors https://blog.example");
    expect(response.headers.get("vary")).toContain("referer");
  }
  await world.close();
});
