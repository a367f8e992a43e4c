/** GET /<code> of an HTML page where there are several accounts: a frame for browsers, the bytes for all others. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { share } from "../../share.ts";
import { FIREFOX } from "../../user-agents.ts";
import { as, databases, openTestApp, START, type World } from "../../world.ts";

const PAGE = "<!doctype html><title>P</title><p>The page</p>";
const HTML = "text/html,application/xhtml+xml,*/*;q=0.8";
const SLACK = "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)";

const navigation = { "sec-fetch-dest": "document", "sec-fetch-mode": "navigate", accept: HTML };
const inFrame = { ...navigation, "sec-fetch-dest": "iframe" };

for (const kind of databases) {
  describe(`an HTML page for browsers on ${kind}`, () => {
    let world: World;
    beforeAll(async () => {
      world = await openTestApp({ database: kind });
      const { alice } = world.people;
      await share(world, alice, { code: "page", name: "a.html", bytes: PAGE, kind: "html" });
      await share(world, alice, {
        code: "brief",
        name: "a.html",
        bytes: PAGE,
        kind: "html",
        expiresAt: START + 60_000,
      });
      await share(world, alice, {
        code: "off",
        name: "a.html",
        bytes: PAGE,
        kind: "html",
        disabled: true,
      });
      await share(world, alice, { code: "picture", name: "a.png", bytes: "png" });
    });
    afterAll(() => world.close());
    beforeEach(() => world.clock.set(START));

    const get = (path: string, headers: Record<string, string> = {}, method = "GET") =>
      world.request(path, { method, headers });

    const visitsBy = async (ask: () => Promise<unknown>): Promise<number> => {
      const visits = async () => {
        await world.app.visits.flush();
        return (await world.app.links.get(as(world.people.alice), "page")).visits;
      };
      const before = await visits();
      await ask();
      return (await visits()) - before;
    };

    const sourceIn = (html: string): string => /<iframe [^>]*src="([^"]*)"/.exec(html)?.[1] ?? "";

    test("is framed where a browser navigates, with its query", async () => {
      const response = await get("/page?a=b&c=d", navigation);
      const html = await response.text();
      expect(sourceIn(html)).toBe("/-/page/page?a=b&amp;c=d");
      expect(html).not.toContain("The page");
      const policy = response.headers.get("content-security-policy");
      expect(policy).toContain("frame-src 'self'");
      expect(policy).not.toContain("sandbox");
      expect(response.headers.get("vary")).toContain("sec-fetch-dest");
      expect(response.headers.get("cache-control")).toBe("private, no-cache");
    });

    test.each<[string, Record<string, string>]>([
      ["curl", { accept: "*/*", "user-agent": "curl/8.5.0" }],
      ["a program", {}],
      ["a script of a page", { ...navigation, "sec-fetch-dest": "empty" }],
      ["a link preview", { accept: HTML, "user-agent": SLACK }],
      ["a search engine", { ...navigation, "user-agent": "Googlebot/2.1" }],
    ])("is sent to %s byte for byte", async (_, headers) => {
      const response = await get("/page", headers);
      expect(await response.text()).toBe(PAGE);
      expect(response.headers.get("content-security-policy")).toStartWith("sandbox ");
      expect(response.headers.get("vary")).toContain("sec-fetch-dest, accept, user-agent");
    });

    test("runs in a frame of ours alone, sandboxed, with a script after it", async () => {
      const response = await get("/-/page/page", inFrame);
      expect(await response.text()).toStartWith(`${PAGE}\n<script>`);
      const policy = response.headers.get("content-security-policy") ?? "";
      expect(policy).toEndWith("; frame-ancestors 'self'");
      expect(policy).toContain("allow-top-navigation-by-user-activation");
      expect(policy).not.toContain("allow-same-origin");
      expect(response.headers.get("content-length")).toBe(
        String((await (await get("/-/page/page", inFrame)).bytes()).byteLength),
      );
    });

    test.each(["document", "empty", "embed", "object", "image"])(
      "is not opened by its inner address as %s",
      async (destination) => {
        const response = await get("/-/page/page?a=b", {
          ...inFrame,
          "sec-fetch-dest": destination,
        });
        expect([response.status, response.headers.get("location")]).toEqual([302, "/page?a=b"]);
        expect(await response.text()).toBe("");
      },
    );

    test("needs a pass of its own, once, from a browser that says nothing", async () => {
      const plain = { accept: HTML };
      const response = await get("/page", plain);
      expect(response.headers.get("cache-control")).toBe("no-store");
      const source = sourceIn(await response.text());
      const first = await get(source, plain);
      expect([first.status, await first.text()]).toEqual([
        200,
        expect.stringContaining("The page"),
      ]);
      const second = await get(source, plain);
      expect([second.status, second.headers.get("location")]).toEqual([302, "/page"]);
      expect((await get("/-/page/page", plain)).status).toBe(302);
      expect((await get("/-/page/x.y.z/page", plain)).status).toBe(302);
    });

    test("has a pass that ends after nine minutes, and that is its own", async () => {
      const plain = { accept: HTML };
      const source = sourceIn(await (await get("/page", plain)).text());
      const elsewhere = source.replace(/[^/]*$/, "brief");
      expect((await get(elsewhere, plain)).status).toBe(302);
      world.clock.advance(541_000);
      expect((await get(source, plain)).status).toBe(302);
    });

    test("is one visit with its frame, and none for a HEAD or a script that goes on", async () => {
      const framed = async () => {
        await get("/page", navigation);
        await get("/-/page/page", inFrame);
      };
      expect(await visitsBy(framed)).toBe(1);
      expect(await visitsBy(() => get("/page", navigation, "HEAD"))).toBe(0);
      expect(await visitsBy(() => get("/page", inFrame))).toBe(0);
      expect(await visitsBy(() => get("/page"))).toBe(1);
    });

    test("is not sent again in its frame while it is unchanged", async () => {
      const etag = (await get("/-/page/page", inFrame)).headers.get("etag") ?? "";
      expect(etag).not.toBe((await get("/page")).headers.get("etag"));
      const again = await get("/-/page/page", { ...inFrame, "if-none-match": etag });
      expect([again.status, await again.text()]).toEqual([304, ""]);
      const part = await get("/-/page/page", { ...inFrame, range: "bytes=0-3" });
      expect([part.status, await part.text()]).toEqual([200, expect.stringContaining(PAGE)]);
      expect((await get("/-/page/page", inFrame, "HEAD")).status).toBe(200);
    });

    test("is gone in both addresses", async () => {
      world.clock.advance(60_000);
      for (const code of ["off", "brief"]) {
        expect((await get(`/${code}`, navigation)).status).toBe(410);
        expect((await get(`/-/page/${code}`, inFrame)).status).toBe(410);
      }
      expect((await get("/-/page/none", inFrame)).status).toBe(404);
    });

    test("finds the files beside it by relative addresses", async () => {
      const response = await get("/-/page/picture?x=1", { ...inFrame, "sec-fetch-dest": "image" });
      expect([response.status, response.headers.get("location")]).toEqual([302, "/picture?x=1"]);
      expect(response.headers.get("access-control-allow-origin")).toBe("*");
    });

    test("comes in full, however large, and in UTF-16 without a script", async () => {
      const { alice } = world.people;
      const large = `<!doctype html>${"<p>text</p>".repeat(20_000)}`;
      await share(world, alice, {
        code: `large-${kind}`,
        name: "a.html",
        bytes: large,
        kind: "html",
      });
      const response = await get(`/-/page/large-${kind}`, inFrame);
      expect(await response.text()).toStartWith(`${large}\n<script>`);
      const wide = Buffer.from("\ufeff<p>wide</p>", "utf16le");
      await share(world, alice, {
        code: `wide-${kind}`,
        name: "a.html",
        bytes: wide,
        kind: "html",
      });
      const sent = await (await get(`/-/page/wide-${kind}`, inFrame)).bytes();
      expect(Buffer.from(sent).equals(wide)).toBe(true);
    });

    test("has a preview for the frame on its link's page alone", async () => {
      const cookie = await world.signIn(world.people.admin);
      const ask = (headers: Record<string, string>) =>
        get("/-/preview/page", { cookie, ...headers });
      expect((await ask(inFrame)).status).toBe(200);
      const alone = await ask(navigation);
      expect([alone.status, alone.headers.get("location")]).toEqual([303, "/-/links/page"]);
    });

    test("has a preview by a pass, once and in one session, where the browser says nothing", async () => {
      const plain = { accept: HTML };
      const cookie = await world.signIn(world.people.admin);
      const other = await world.signIn(world.people.alice);
      const sourceFor = async (cookie: string) =>
        sourceIn(await (await get("/-/links/page", { ...plain, cookie })).text());
      const source = await sourceFor(cookie);
      expect((await get(source, { ...plain, cookie: other })).status).toBe(303);
      expect((await get(source, { ...plain, cookie })).status).toBe(200);
      const forAlice = await sourceFor(other);
      for (const path of ["/-/preview/page", source, forAlice]) {
        const alone = await get(path, { ...plain, cookie });
        expect([alone.status, alone.headers.get("location")]).toEqual([303, "/-/links/page"]);
      }
      const pass = /[^/]*(?=\/page$)/.exec(sourceIn(await (await get("/page", plain)).text()))?.[0];
      expect((await get(`/-/preview/page?pass=${pass}`, { ...plain, cookie })).status).toBe(303);
    });

    test("has a pass for the address that asked for it alone", async () => {
      const plain = { accept: HTML };
      const source = sourceIn(await (await get("/page", plain)).text());
      const elsewhere = await world.request(source, { headers: plain, peer: "198.51.100.8" });
      expect(elsewhere.status).toBe(302);
      expect((await get(source, plain)).status).toBe(200);
    });

    test("has no service worker", async () => {
      const headers = { ...inFrame, "service-worker": "script", "user-agent": FIREFOX };
      expect((await get("/-/page/page", headers)).status).toBe(403);
    });
  });
}

test("is sent as it is where there is one account, and to the content host where there is one", async () => {
  const world = await openTestApp();
  const { alice, bob } = world.people;
  const admin = as(world.people.admin);
  for (const { id } of [alice, bob])
    await world.app.accounts.removal.remove(admin, id, { links: "delete" });
  await share(world, world.people.admin, {
    code: "page",
    name: "a.html",
    bytes: PAGE,
    kind: "html",
  });
  const direct = await world.request("/page", { headers: navigation });
  expect([await direct.text(), direct.headers.get("vary")]).toEqual([PAGE, null]);
  const inner = await world.request("/-/page/page", { headers: inFrame });
  expect([inner.status, inner.headers.get("location")]).toEqual([302, "/page"]);
  await world.close();

  const apart = await openTestApp({
    settings: { "server.content_origin": "https://content.test" },
  });
  await share(apart, apart.people.bob, { code: "page", name: "a.html", bytes: PAGE, kind: "html" });
  const away = await apart.request("/page", { headers: navigation });
  expect(away.headers.get("location")).toBe("https://content.test/page");
  expect((await apart.request("/-/page/page", { headers: inFrame })).headers.get("location")).toBe(
    "/page",
  );
  await apart.close();
});
