/** GET /<code> of a Markdown document, as its readers meet it. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { text } from "../../../src/pages/text.en.ts";
import { type Shared, share } from "../../share.ts";
import { as, databases, headersOf, openTestApp, START, type World } from "../../world.ts";

const TEA = "# Tea & *cake*\n\nServed at four. See [us](https://example.com/).\n";
const LONG = ["# A", "## B", "## C"]
  .map((head) => `${head}\n\n${"word ".repeat(400)}`)
  .join("\n\n");

for (const kind of databases) {
  describe(`a document on ${kind}`, () => {
    let world: World;
    beforeAll(async () => {
      world = await openTestApp({ database: kind, settings: { "app.markdown_theme": "lux" } });
      await make("tea", TEA);
    });
    afterAll(() => world.close());
    beforeEach(() => world.clock.set(START));

    const make = (code: string, bytes: string | Uint8Array, changes: Partial<Shared> = {}) =>
      share(world, world.people.alice, {
        code,
        name: "a.md",
        bytes,
        kind: "markdown",
        ...changes,
      });

    const read = async (path: string, init?: RequestInit) =>
      (await world.request(path, init)).text();

    const visitsOf = async (code: string) => {
      await world.app.visits.flush();
      return (await world.app.links.get(as(world.people.alice), code)).visits;
    };

    test("is a page in the site's theme for documents, with what chats show of it", async () => {
      const html = await read("/tea");
      expect(html).toContain("<title>Tea &amp; cake</title>");
      expect(html).toContain('<meta name="description" content="Served at four. See us."/>');
      expect(html).toContain('<meta property="og:title" content="Tea &amp; cake"/>');
      expect(html).toMatch(/href="\/static\/lux-document\.\w+\.css"/);
      expect(html).toContain('rel="noopener nofollow"');
      expect(html).not.toContain("<script");
    });

    test("comes with just these headers", async () => {
      world.clock.advance(1000);
      const response = await world.request("/tea");
      expect(response.status).toBe(200);
      expect(Object.fromEntries(headersOf(response))).toEqual({
        "cache-control": "no-cache",
        "content-security-policy":
          "default-src 'none'; style-src 'self'; img-src 'self' http: https: data:; media-src 'self' http: https:; font-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
        "content-type": "text/html; charset=utf-8",
        "cross-origin-resource-policy": "cross-origin",
        etag: expect.stringMatching(/^"[\w-]{43}"$/),
        "last-modified": "Tue, 17 Mar 2026 12:00:00 GMT",
        "permissions-policy": expect.stringContaining("camera=()"),
        "referrer-policy": "same-origin",
        vary: "accept-encoding",
        "x-content-type-options": "nosniff",
        "x-robots-tag": "noindex",
      });
    });

    test("takes title, language and description from its front matter", async () => {
      const front = "---\ntitle: Tea\nlang: he\ndescription: How we brew it\n---\n";
      await make("front", `${front}\u05e9\u05dc\u05d5\u05dd`);
      const html = await read("/front");
      expect(html).toStartWith('<!DOCTYPE html>\n<html lang="he">');
      expect(html).toContain('<article class="document" dir="rtl">');
      expect(html).toContain("<title>Tea</title>");
      expect(html).toContain('<meta name="description" content="How we brew it"/>');
      expect(html).not.toContain("lang: he");
    });

    test("loads the colours of code only where it has some", async () => {
      await make("code", "```js\nlet a = 1;\n```");
      expect(await read("/code")).toMatch(/href="\/static\/code\.\w+\.css"/);
      expect(await read("/tea")).not.toContain("/static/code.");
    });

    test("is called as its link is, where that has a title", async () => {
      await make("named", TEA, { title: "Five <o'clock>" });
      expect(await read("/named")).toContain("<title>Five &lt;o&#39;clock&gt;</title>");
    });

    test("has its owner's theme for all who have chosen none, from the moment it is chosen", async () => {
      const { alice, bob } = world.people;
      await make("themed", TEA);
      const cookies = ["", await world.signIn(alice), await world.signIn(bob)];
      const themes = () =>
        Promise.all(
          cookies.map(async (cookie) => {
            const html = await read("/themed", { headers: { cookie } });
            return /href="\/static\/(\w+)-document\.\w+\.css"/.exec(html)?.[1];
          }),
        );
      expect(await themes()).toEqual(["lux", "lux", "lux"]);
      const { users } = world.app.accounts;
      await users.changePreferences(as(alice), alice.id, { markdownTheme: "solar" });
      expect(await themes()).toEqual(["solar", "solar", "solar"]);
      await users.changePreferences(as(bob), bob.id, { markdownTheme: "darkly" });
      expect(await themes()).toEqual(["solar", "solar", "darkly"]);
      expect(await read("/themed")).toContain("/static/solar-document.");
      for (const user of [alice, bob])
        await users.changePreferences(as(user), user.id, { markdownTheme: null });
      expect(await themes()).toEqual(["lux", "lux", "lux"]);
    });

    test("is shown in its reader's own theme, to that reader alone", async () => {
      const { bob } = world.people;
      await world.app.accounts.users.changePreferences(as(bob), bob.id, {
        markdownTheme: "darkly",
      });
      const cookie = await world.signIn(bob);
      const response = await world.request("/tea", { headers: { cookie } });
      expect(await response.text()).toMatch(/href="\/static\/darkly-document\.\w+\.css"/);
      expect(response.headers.get("cache-control")).toBe("private, no-cache");
      expect(response.headers.get("vary")).toBe("accept-encoding, cookie");
      expect(response.headers.getSetCookie()).toEqual([]);
      const odd = await world.request("/tea", { headers: { cookie: "sessionid=unknown" } });
      expect(odd.headers.get("cache-control")).toBe("no-cache");
    });

    test("is compressed for whoever takes that, under a tag of its own", async () => {
      await make("long", LONG);
      const plain = await world.request("/long");
      const zipped = await world.request("/long", { headers: { "accept-encoding": "br, gzip" } });
      expect(zipped.headers.get("content-encoding")).toBe("gzip");
      expect(zipped.headers.get("etag")).not.toBe(plain.headers.get("etag"));
      const unzipped = Buffer.from(Bun.gunzipSync(await zipped.arrayBuffer()));
      expect(unzipped.toString()).toBe(await plain.text());
    });

    test("has a list of its contents where it is long, whose lines lead to its headings", async () => {
      const html = await read("/long");
      expect(html).toContain('<nav class="contents" aria-label="Contents">');
      for (const id of ["a", "b", "c"]) {
        expect(html).toContain(`href="#${id}"`);
        expect(html).toContain(`id="${id}"`);
      }
      expect(await read("/tea")).not.toContain("contents");
    });

    test("is not sent again to whoever has it, until it looks otherwise", async () => {
      await make("changing", "# One");
      const etag = (await world.request("/changing")).headers.get("etag") ?? "";
      const again = () => world.request("/changing", { headers: { "if-none-match": etag } });
      const unchanged = await again();
      expect([unchanged.status, await unchanged.text()]).toEqual([304, ""]);
      expect(unchanged.headers.get("etag")).toBe(etag);
      await world.app.links.edit(as(world.people.alice), "changing", { title: "Another" });
      expect((await again()).status).toBe(200);
    });

    test("gives its source with ?raw=1, byte for byte, as plain text", async () => {
      const bytes = Buffer.from("# \xff\r\n\0<script>", "latin1");
      await make("raw", bytes);
      const response = await world.request("/raw?raw=1");
      expect(response.headers.get("content-type")).toBe("text/plain");
      expect(response.headers.get("content-security-policy")).toContain("sandbox");
      expect(response.headers.get("content-disposition")).toStartWith("inline");
      expect(Buffer.from(await response.bytes()).equals(bytes)).toBe(true);
    });

    test.each([
      ["UTF-8", Buffer.from("# T\u00e4\r\n")],
      ["little-endian UTF-16", Buffer.from("\ufeff# T\u00e4\r\n", "utf16le")],
      ["big-endian UTF-16", Buffer.from("\ufeff# T\u00e4\r\n", "utf16le").swap16()],
    ])("sends a source in %s as UTF-8 with ?raw=1", async (encoding, bytes) => {
      const code = encoding.replaceAll(/\W/g, "");
      await make(code, bytes);
      const response = await world.request(`/${code}?raw=1`);
      expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
      expect(Buffer.from(await response.bytes()).toString()).toBe("# T\u00e4\r\n");
      expect(await read(`/${code}`)).toMatch(/<h1[^>]*>T\u00e4/);
    });

    test("is a heading also after a byte order mark, saved or not", async () => {
      const source = "\ufeff# Marked\n";
      const headings = [
        (await world.app.pages.renderText(source, { nofollow: true })).html,
        (await world.app.pages.renderText("# Marked\n", { nofollow: true })).html,
      ];
      await make("marked", source);
      for (const html of [...headings, await read("/marked")])
        expect(html).toMatch(/<h1[^>]*>Marked/);
    });

    test("has a new date after its title changed", async () => {
      await make("dated", TEA);
      world.clock.advance(60_000);
      const dateOf = async () => (await world.request("/dated")).headers.get("last-modified") ?? "";
      const before = await dateOf();
      await world.app.links.edit(as(world.people.alice), "dated", { title: "Renamed" });
      world.clock.advance(60_000);
      const again = await world.request("/dated", { headers: { "if-modified-since": before } });
      expect([again.status, await again.text()]).toEqual([200, expect.stringContaining("Renamed")]);
      expect(Date.parse(await dateOf())).toBeGreaterThan(Date.parse(before));
    });

    test("answers the tenth reader as the first, and follows every change at once", async () => {
      await make("often", TEA);
      const before = await visitsOf("often");
      const [first, ...others] = await inTurn(10, async () => {
        const response = await world.request("/often");
        return { headers: headersOf(response), html: await response.text() };
      });
      expect(first?.html).toContain("Tea");
      for (const other of others) expect(other).toEqual(first ?? other);
      expect((await visitsOf("often")) - before).toBe(10);
      const { bob } = world.people;
      const cookie = await world.signIn(bob);
      expect(await read("/often", { headers: { cookie } })).toContain("/static/darkly-document.");
      expect(await read("/often?raw=1")).toBe(TEA);
      await world.app.links.edit(as(world.people.alice), "often", { title: "Renamed" });
      expect(await read("/often")).toContain("<title>Renamed</title>");
      await world.app.links.edit(as(world.people.alice), "often", { disabled: true });
      expect((await world.request("/often")).status).toBe(410);
    });

    test("a visit is a GET that gets the page, its source, or word that it is unchanged", async () => {
      await make("counted", TEA);
      const etag = (await world.request("/counted", { method: "HEAD" })).headers.get("etag") ?? "";
      const rows: [string, RequestInit, number][] = [
        ["/counted", {}, 1],
        ["/counted?raw=1", {}, 1],
        ["/counted", { headers: { "if-none-match": etag } }, 1],
        ["/counted", { headers: { range: "bytes=0-0" } }, 1],
        ["/counted", { method: "HEAD" }, 0],
        ["/counted", { headers: { "if-match": '"other"' } }, 0],
      ];
      for (const [path, init, visits] of rows) {
        const before = await visitsOf("counted");
        await (await world.request(path, init)).text();
        expect([path, init, (await visitsOf("counted")) - before]).toEqual([path, init, visits]);
      }
    });

    test("HEAD is answered like GET", async () => {
      const [get, head] = [
        await world.request("/tea"),
        await world.request("/tea", { method: "HEAD" }),
      ];
      expect([head.status, [...head.headers]]).toEqual([200, [...get.headers]]);
    });

    test.each<[string, string | Uint8Array, string]>([
      ["that is empty", "", '<article class="document"></article>'],
      [
        "that is no UTF-8",
        Buffer.from("caf\xe9 `x`", "latin1"),
        '<p dir="auto">caf\ufffd <code>x</code></p>',
      ],
      ["in UTF-16", Buffer.from("\ufeff# Tee\u00fc", "utf16le"), "Tee\u00fc"],
      [
        "with a mark at its start, CR and NUL",
        "\ufeff# A\r\n\r\nb\0c\r",
        '<p dir="auto">b\ufffdc</p>',
      ],
      ["that runs a script", "<script>alert(1)</script>x", "x"],
      ["with an anchor", '<p id="body">x</p>', '<p dir="auto" id="body">x</p>'],
    ])("one %s is a page all the same", async (_, bytes, shown) => {
      const code = `odd${Bun.hash(bytes)}`;
      await make(code, bytes);
      const response = await world.request(`/${code}`);
      const html = await response.text();
      expect(response.status).toBe(200);
      expect(html).toContain(shown);
      expect(html).not.toContain("<script");
    });

    test.each([
      ["that is too long", `${"word ".repeat(110_000)}<b>`, text.tooLong("500,000")],
      [
        "that makes a page of megabytes",
        `[a]: ${"/u".repeat(4_000)}\n\n${"[a] ".repeat(2_000)}<b>`,
        text.tooComplex,
      ],
    ])("one %s is shown as its source, with the reason", async (_, source, why) => {
      const code = `bad${Bun.hash(source)}`;
      await make(code, source);
      const response = await world.request(`/${code}`);
      const html = await response.text();
      expect(response.status).toBe(200);
      expect(response.headers.get("cache-control")).toBe("no-store");
      expect(html).toContain(why);
      expect(html).toContain('<pre class="source"');
      expect(html).not.toContain("<b>");
      expect(await (await world.request(`/${code}?raw=1`)).text()).toBe(source);
    });
  });
}

test("a document is rendered once, however many ask at once and after", async () => {
  await using world = await disposable();
  const { alice } = world.people;
  const { content } = await share(world, alice, {
    code: "once",
    name: "a.md",
    bytes: TEA,
    kind: "markdown",
  });
  if (content === null) throw new Error("The document has no bytes.");
  const render = () => world.app.pages.render(content, { nofollow: true });
  const [first, ...others] = await Promise.all(Array.from({ length: 50 }, render));
  others.push(await render(), await world.app.pages.renderText(TEA, { nofollow: true }));
  expect(others.every((other) => other === first)).toBe(true);
  expect(await world.app.pages.render(content, { nofollow: false })).not.toBe(first);
});

test("a document is the same page under every Host header, and names no host", async () => {
  await using world = await disposable();
  await share(world, world.people.alice, {
    code: "same",
    name: "a.md",
    bytes: TEA,
    kind: "markdown",
  });
  const read = async (host: string) =>
    (await world.request("/same", { headers: { host } })).headers.get("etag");
  const tags = await Promise.all(["trunk8.test", "evil.example", "a1.example"].map(read));
  expect(new Set(tags).size).toBe(1);
  const html = await (await world.request("/same", { headers: { host: "evil.example" } })).text();
  expect(html).not.toContain("evil.example");
  expect(html).not.toContain("canonical");
});

test("a document's canonical address is below the public URL of the settings", async () => {
  await using world = await disposable({ "server.public_url": "https://go.example" });
  await share(world, world.people.alice, {
    code: "place",
    name: "a.md",
    bytes: TEA,
    kind: "markdown",
  });
  const html = await (await world.request("/place", { headers: { host: "evil.example" } })).text();
  expect(html).toContain('<link rel="canonical" href="https://go.example/place"/>');
  expect(html).toContain('<meta property="og:url" content="https://go.example/place"/>');
});

test("links are marked nofollow only where the settings say so", async () => {
  await using world = await disposable({ "links.nofollow": false, "links.indexed": true });
  const { alice } = world.people;
  await share(world, alice, { code: "seen", name: "a.md", bytes: TEA, kind: "markdown" });
  const response = await world.request("/seen");
  const html = await response.text();
  expect(html).toContain('rel="noopener"');
  expect(html).not.toContain("noindex");
  expect(response.headers.get("x-robots-tag")).toBeNull();
});

async function inTurn<Result>(times: number, ask: () => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let time = 0; time < times; time++) results.push(await ask());
  return results;
}

async function disposable(settings = {}): Promise<World & AsyncDisposable> {
  const world = await openTestApp({ settings });
  return { ...world, [Symbol.asyncDispose]: () => world.close() };
}
