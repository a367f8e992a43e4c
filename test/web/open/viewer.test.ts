/** GET /-/view/<code>: a page around a file. */

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { text } from "../../../src/web/open/text.en.ts";
import { share } from "../../share.ts";
import { as, ORIGIN, openTestApp, type World } from "../../world.ts";
import { elementsOn, readPage } from "../read-page.ts";

let world: World;
let count = 0;

beforeAll(async () => {
  world = await openTestApp({ settings: { "app.title": "Mia's <links>" } });
});
afterAll(() => world.close());

/** A file's page, and the address of its bytes. */
async function view(name: string, bytes: Uint8Array | string, title = "") {
  const code = `v${count++}`;
  await share(world, world.people.alice, { code, name, bytes, title });
  const response = await world.request(`/-/view/${code}`);
  expect(response.status).toBe(200);
  return { ...(await readPage(response)), path: `/${code}`, headers: response.headers };
}

const latin1 = (text: string) => Buffer.from(text, "latin1");
const PNG = latin1("\x89PNG\r\n\x1a\n....");
const SVG = "<svg xmlns='http://www.w3.org/2000/svg'/>";

test("reserves the place of an image", async () => {
  const { html } = await view("a.gif", latin1("GIF89a\x40\x01\xf0\x00\x00\x00\x00"));
  const [image] = elementsOn({ html }, ".file-view img");
  expect([image?.width, image?.height]).toEqual(["320", "240"]);
});

describe("is shown in place", () => {
  test.each([
    ["a.png", PNG, (path: string) => `<img src="${path}" alt="a.png"/>`],
    ["a.svg", SVG, (path: string) => `<img src="${path}" alt="a.svg"/>`],
    ["a.mp3", latin1("ID3\x03\0\0\0\0\0\0"), (path: string) => `<audio src="${path}" controls`],
    ["a.mp4", latin1("\0\0\0\x18ftypisom"), (path: string) => `<video src="${path}" controls`],
    ["a.txt", "hello there", () => "<code>hello there</code>"],
    ["utf-16.txt", Buffer.from("\ufeffhello there", "utf16le"), () => "<code>hello there</code>"],
    ["a.log", "\x1b[31mhello there", () => "[31mhello there</code>"],
    ["a.unknown", "hello there", () => "<code>hello there</code>"],
    ["a.py", "def f(): pass", () => '<span class="hljs-keyword">def</span>'],
    ["a.html", "<b onclick='x'>hi</b>", () => '<span class="hljs-attr">onclick</span>'],
    ["a.js", "const a = `b`", () => '<span class="hljs-keyword">const</span>'],
    ["a.md", "```\n# no heading\n```", () => "# no heading"],
  ])("%s", async (name, bytes, shown) => {
    const { html, path } = await view(name, bytes);
    expect(html).toContain(shown(path));
  });

  test.each([
    ["a.pdf", "%PDF-1.7", "Open it in your browser, or download it."],
    ["a.zip", latin1("PK\x03\x04\0\0"), "Your browser cannot show this file."],
    ["a.avi", latin1("RIFF....AVI "), "Your browser cannot show this file."],
    ["a.heic", latin1("\0\0\0\x10ftypheic\0\0\0\0"), "Your browser cannot show this file."],
    ["a.bin", latin1("\x00\x01\x02\xff"), "Your browser cannot show this file."],
    ["a.txt", "", "This file is empty."],
  ])("not %s, of which it is said what to do", async (name, bytes, words) => {
    const { html, text } = await view(name, bytes);
    expect(text).toContain(words);
    expect(html).not.toMatch(/<(img|audio|video|pre|iframe|object|embed)\b/);
  });

  test.each([
    ["a.html", "<script>alert(1)</script><img src=x onerror=alert(1)>"],
    ["a.txt", "</code></pre><script>alert(1)</script>"],
    ["a.md", "```\n</code></pre><script>alert(1)</script>\n````````\n<script>alert(1)</script>"],
    ["a.js", `${"`".repeat(1000)}\n<script>alert(1)</script>`],
  ])("but nothing in %s becomes markup", async (name, bytes) => {
    const { html, text } = await view(name, bytes);
    expect(html).not.toContain("<script>");
    expect(html).not.toContain("<img");
    expect(text.replaceAll(" ", "")).toContain("alert(1)");
  });

  test("a long text by its beginning, cut between letters, and this is said", async () => {
    const { html, text: shown } = await view("long.txt", `a${"\u00fc".repeat(200_000)}END`);
    expect(shown).toContain(text.viewer.cut("256 KB"));
    expect(html).not.toContain("END");
    expect(html).not.toContain("\ufffd");
    expect((await view("short.txt", "a".repeat(262_144))).text).not.toContain(
      text.viewer.cut("256 KB"),
    );
  });
});

test("its facts stand below, and its bytes are one click away", async () => {
  const { text, links, path, html } = await view("r\u00e9sum\u00e9.pdf", "%PDF-1.7");
  const sha256 = new Bun.CryptoHasher("sha256").update("%PDF-1.7").digest("hex");
  for (const fact of ["r\u00e9sum\u00e9.pdf", "8 bytes", "application/pdf", sha256])
    expect(text).toContain(fact);
  expect(html).toContain(`data-copy="${sha256}"`);
  expect(links).toContain(`${path}?download=1`);
  expect(links).toContain(`${path}?inline=1`);
  expect(links).toContain("/");
});

test("what could run is not offered to be opened", async () => {
  for (const [name, bytes] of [
    ["a.html", "<p>"],
    ["a.svg", SVG],
  ] as const) {
    const { links, path } = await view(name, bytes);
    expect(links).toContain(`${path}?download=1`);
    expect(links).not.toContain(`${path}?inline=1`);
  }
});

/** The page's Open Graph, by property. */
function unfurl(html: string): Record<string, string> {
  const found: Record<string, string> = {};
  new HTMLRewriter()
    .on('meta[property^="og:"]', {
      element(meta) {
        found[meta.getAttribute("property") ?? ""] = meta.getAttribute("content") ?? "";
      },
    })
    .transform(html);
  return found;
}

test("chats are told what it is, and see pictures", async () => {
  const picture = await view("a.png", PNG, 'Say "cheese" <now>');
  expect(unfurl(picture.html)).toEqual({
    "og:type": "website",
    "og:title": "Say &quot;cheese&quot; &lt;now&gt;",
    "og:description": "image/png, 12 bytes",
    "og:site_name": "Mia&#39;s &lt;links&gt;",
    "og:url": `${ORIGIN}/-/view${picture.path}`,
    "og:image": ORIGIN + picture.path,
    "og:image:type": "image/png",
  });
  const text = await view("a.txt", "x");
  expect(unfurl(text.html)).toMatchObject({ "og:title": "a.txt" });
  expect(unfurl(text.html)).not.toHaveProperty("og:image");
});

test("its policy lets pictures and films come from here, and nothing run", async () => {
  const policy = (await view("a.png", PNG)).headers.get("content-security-policy") ?? "";
  expect(policy).toContain("img-src 'self' data:; media-src 'self'");
  expect(policy).not.toContain("unsafe");
});

test("only a file has such a page", async () => {
  const { alice } = world.people;
  await share(world, alice, { code: "led", name: "a.txt", bytes: "x" });
  const target = "https://example.org/" as never;
  await world.app.links.edit(as(alice), "led", { kind: "redirect", target });
  for (const path of ["/-/view/led", "/-/view/none", "/-/view/a%2fb"]) {
    expect((await world.request(path)).status).toBe(404);
  }
});

describe("with more glued to the code", () => {
  beforeAll(() => share(world, world.people.alice, { code: "glued", name: "a.txt", bytes: "x" }));

  test.each([
    ["/glued.?download=1", "/glued?download=1"],
    ["/glued.?a=b|{c}", "/glued?a=b%7C%7Bc%7D"],
    ["/glued/", "/glued"],
    ["/-/view/glued)", "/-/view/glued"],
    ["/-/view/glued/%20", "/-/view/glued"],
  ])("%p redirects to %p", async (path, location) => {
    const response = await world.request(path);
    expect(response.status).toBe(302);
    expect(response.headers.get("location")).toBe(location);
    expect((await world.request(location)).status).toBe(200);
  });
});
