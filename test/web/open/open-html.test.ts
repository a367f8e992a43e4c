/** GET /<code> of a web page: as it was uploaded, and kept apart from the site. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { noOptions } from "../../../src/links/link.ts";
import { type Shared, share } from "../../share.ts";
import { as, databases, form, headersOf, openTestApp, START, type World } from "../../world.ts";

const PAGE = '<!doctype html><title>P</title><script>document.title = "ran"</script>\r\n';
const SANDBOX =
  "sandbox allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox allow-modals allow-downloads; frame-ancestors 'none'";
const APART = "https://content.test:8443";

for (const kind of databases) {
  describe(`a web page on ${kind}`, () => {
    let world: World;
    beforeAll(async () => {
      world = await openTestApp({ database: kind });
      await make("page", PAGE);
    });
    afterAll(() => world.close());
    beforeEach(() => world.clock.set(START));

    const make = (code: string, bytes: string | Uint8Array, changes: Partial<Shared> = {}) =>
      share(world, world.people.alice, { code, name: "a.html", bytes, kind: "html", ...changes });

    test("comes byte for byte in a sandbox, with just these headers", async () => {
      for (let time = 1; time <= 2; time++) {
        world.clock.advance(1000);
        const { headers, body } = await answerOf(world, "/page");
        expect(body).toBe(PAGE);
        expect(headers).toEqual({
          "accept-ranges": "bytes",
          "cache-control": "no-cache",
          "content-disposition": "inline; filename=a.html",
          "content-length": String(PAGE.length),
          "content-security-policy": SANDBOX,
          "content-type": "text/html; charset=utf-8",
          "cross-origin-resource-policy": "cross-origin",
          etag: expect.stringMatching(/^"[0-9a-f]{64}-[0-9a-z]+"$/),
          "last-modified": "Tue, 17 Mar 2026 12:00:00 GMT",
          "permissions-policy": expect.stringContaining("camera=()"),
          "referrer-policy": "strict-origin-when-cross-origin",
          vary: "sec-fetch-dest, accept, user-agent",
          "x-content-type-options": "nosniff",
          "x-robots-tag": "noindex",
        });
      }
    });

    test.each<[string, Uint8Array, string]>([
      ["UTF-8", Buffer.from("caf\u00e9 \u6771"), "text/html; charset=utf-8"],
      ["UTF-8 after its mark", Buffer.from("\ufeffcaf\u00e9"), "text/html; charset=utf-8"],
      ["another encoding", Buffer.from("caf\xe9", "latin1"), "text/html"],
      ["UTF-16 after its mark", Buffer.from("\ufeffcaf\u00e9", "utf16le"), "text/html"],
      ["UTF-8 that ends within a letter", Buffer.from("caf\xc3", "latin1"), "text/html"],
      ["nothing", Buffer.from(""), "text/html; charset=utf-8"],
    ])("in %s is said to be what it is", async (_, bytes, type) => {
      const code = `in${Bun.hash(bytes)}`;
      await make(code, bytes);
      const response = await world.request(`/${code}`);
      expect(response.headers.get("content-type")).toBe(type);
      expect(Buffer.from(await response.bytes()).equals(bytes)).toBe(true);
    });

    test("a visit is a GET that gets it, or word that it is unchanged", async () => {
      const etag = (await world.request("/page")).headers.get("etag") ?? "";
      expect(await visitsOf(world, "/page", { method: "HEAD" })).toBe(0);
      expect(await visitsOf(world, "/page")).toBe(1);
      const known = { headers: { "if-none-match": etag } };
      expect(await visitsOf(world, "/page", known)).toBe(1);
      expect((await world.request("/page", known)).status).toBe(304);
    });

    test("what it posts here is refused, whoever's cookie comes along", async () => {
      const cookie = await world.signIn(world.people.alice);
      const from = (headers: Record<string, string>) => ({
        ...form({ url: "https://example.com/" }),
        headers: { cookie, ...headers },
      });
      for (const headers of [
        { origin: "null", "sec-fetch-site": "cross-site" },
        { origin: APART, "sec-fetch-site": "same-site" },
        { origin: "null" },
        { origin: APART },
      ]) {
        expect((await world.request("/add", from(headers))).status).toBe(403);
      }
    });

    test("nothing here is handed out as a service worker", async () => {
      const headers = { "service-worker": "script" };
      expect((await world.request("/page", { headers })).status).toBe(403);
    });

    test("may read the public files beside it, which have no type of a script", async () => {
      const files = [
        ["a.woff2", "wOF2", "font/woff2"],
        ["a.css", "b{}", "text/css; charset=utf-8"],
        ["a.json", "{}", "text/plain; charset=utf-8"],
        ["a.js", "1", "text/plain; charset=utf-8"],
      ] as const;
      for (const [name, bytes, type] of files) {
        const code = name.replace(".", "_");
        await share(world, world.people.alice, { code, name, bytes });
        for (let time = 1; time <= 2; time++) {
          const { headers } = await world.request(`/${code}`, { headers: { origin: "null" } });
          expect([name, headers.get("content-type")]).toEqual([name, type]);
          expect(headers.get("access-control-allow-origin")).toBe("*");
          expect(headers.get("access-control-allow-credentials")).toBeNull();
          expect(headers.get("cross-origin-resource-policy")).toBe("cross-origin");
        }
      }
    });
  });

  describe(`a web page on a host of its own, on ${kind}`, () => {
    let world: World;
    beforeAll(async () => {
      world = await openTestApp({ database: kind, settings: { "server.content_origin": APART } });
      const { alice } = world.people;
      await share(world, alice, { code: "page", name: "a.html", bytes: PAGE, kind: "html" });
      await share(world, alice, { code: "doc", name: "a.md", bytes: "# A", kind: "markdown" });
      await share(world, alice, { code: "file", name: "a.txt", bytes: "text" });
      await world.app.links.create(
        as(alice),
        { ownerId: alice.id },
        {
          ...noOptions,
          tags: [],
          visitLimit: null,
          password: null,
          shortCode: "away" as never,
          kind: "redirect",
          target: "https://example.com/" as never,
          title: "",
          note: "",
          redirectStatus: 302,
          expiresAt: null,
          disabled: false,
          inline: false,
        },
      );
    });
    afterAll(() => world.close());

    const there = (init: RequestInit = {}): RequestInit => {
      const headers = new Headers(init.headers);
      headers.set("host", "content.test:8443");
      return { ...init, headers };
    };

    test("is led to from the site, uncounted, with its query", async () => {
      const response = await world.request("/page?a=b");
      expect(response.status).toBe(302);
      expect(response.headers.get("location")).toBe(`${APART}/page?a=b`);
      expect(response.headers.get("cache-control")).toBe("no-cache");
      expect(await visitsOf(world, "/page")).toBe(0);
    });

    test("comes there, counted, in no sandbox and in nobody's frame", async () => {
      const { body, headers } = await answerOf(world, "/page", there());
      expect(body).toBe(PAGE);
      expect(headers["content-security-policy"]).toBe("frame-ancestors 'none'");
      expect(await visitsOf(world, "/page", there())).toBe(1);
    });

    test("has the files beside it there, in their own sandbox", async () => {
      const { body, headers } = await answerOf(world, "/file", there());
      expect([body, headers["content-disposition"]]).toEqual([
        "text",
        "attachment; filename=a.txt",
      ]);
      expect(headers["content-security-policy"]).toContain("sandbox");
      expect((await world.request("/file")).status).toBe(200);
    });

    test("uses scripts, modules and data beside it there, and only there", async () => {
      const { alice } = world.people;
      const files = [
        ["a.js", "alert(1)", "text/javascript; charset=utf-8", "text/plain; charset=utf-8"],
        ["a.mjs", "export {}", "text/javascript; charset=utf-8", "text/plain; charset=utf-8"],
        ["a.json", "{}", "application/json; charset=utf-8", "text/plain; charset=utf-8"],
        ["a.wasm", "\0asm\x01\0\0\0", "application/wasm", "application/wasm"],
        ["b.js", "GIF89a=1", "image/gif", "image/gif"],
      ] as const;
      for (const [name, bytes, apart, onSite] of files) {
        const code = name.replace(".", "_");
        await share(world, alice, { code, name, bytes });
        const typeAt = async (init?: RequestInit) =>
          (await world.request(`/${code}`, init)).headers.get("content-type");
        expect([name, await typeAt(there()), await typeAt()]).toEqual([name, apart, onSite]);
      }
    });

    test("shares the files of the site's host with its pages alone", async () => {
      const lent = async (init?: RequestInit) =>
        (await world.request("/file", init)).headers.get("access-control-allow-origin");
      expect([await lent(there()), await lent()]).toEqual(["*", null]);
    });

    test.each([
      ["GET", "/", 404],
      ["GET", "/away", 404],
      ["GET", "/doc", 404],
      ["GET", "/unknown", 404],
      ["GET", "/auth/login", 404],
      ["POST", "/auth/login", 404],
      ["GET", "/links", 404],
      ["POST", "/add", 404],
      ["GET", "/static/site.css", 404],
      ["GET", "/health", 404],
      ["GET", "/-/view/file", 404],
      ["GET", "/-/preview/page", 404],
      ["POST", "/page", 404],
      ["PROPFIND", "/page", 501],
    ])(
      "answers %s %s there with %p, in plain words and without a cookie",
      async (method, path, status) => {
        const cookie = await world.signIn(world.people.alice);
        for (const accept of ["text/html", "application/json"]) {
          const asked = there({ method, headers: { cookie, accept } });
          const response = await world.request(path, asked);
          expect([response.status, response.headers.getSetCookie()]).toEqual([status, []]);
          expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
          expect(await response.text()).toMatch(/^[A-Z][^<]*\.\n$/);
        }
      },
    );

    test.each([
      ["content.test:8443", 404],
      ["CONTENT.test:8443", 404],
      ["content.test.:8443", 404],
      ["content.test", 302],
      ["trunk8.test", 302],
    ])("no redirect is answered on its host: %s", async (host, status) => {
      for (let time = 1; time <= 2; time++)
        expect((await world.request("/away", { headers: { host } })).status).toBe(status);
    });

    test("a document is still shown on the site", async () => {
      expect((await world.request("/doc")).status).toBe(200);
    });
  });
}

test("a host that is the site's own is no place apart: pages stay in their sandbox", async () => {
  const settings = {
    "server.public_url": "https://trunk8.test",
    "server.content_origin": "http://trunk8.test",
  };
  const world = await openTestApp({ settings });
  const { alice } = world.people;
  await share(world, alice, { code: "page", name: "a.html", bytes: PAGE, kind: "html" });
  const { headers } = await answerOf(world, "/page");
  expect(headers["content-security-policy"]).toBe(SANDBOX);
  expect((await world.request("/auth/login")).status).toBe(200);
  await world.close();
});

async function answerOf(world: World, path: string, init?: RequestInit) {
  const response = await world.request(path, init);
  expect(response.status).toBe(200);
  return { headers: Object.fromEntries(headersOf(response)), body: await response.text() };
}

/** How many visits a request came to. */
async function visitsOf(world: World, path: string, init?: RequestInit): Promise<number> {
  const visits = async () => {
    await world.app.visits.flush();
    return (await world.app.links.get(as(world.people.alice), path.slice(1))).visits;
  };
  const before = await visits();
  await (await world.request(path, init)).arrayBuffer();
  return (await visits()) - before;
}
