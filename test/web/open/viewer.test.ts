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

  test("a PDF document in a frame, which a script adds where the browser has a viewer", async () => {
    const { html, path, text } = await view("a.pdf", "%PDF-1.7");
    const frame = `<iframe class="pdf" src="${path}?inline=1" title="a.pdf"></iframe>`;
    expect(html).toContain(`<template data-pdf="true">${frame}</template>`);
    expect(text).toContain("Open it in your browser, or download it.");
    expect((await view("b.pdf", "not a PDF")).html).not.toContain("<iframe");
  });

  test("the lines of a text with their numbers, which are addresses", async () => {
    const numbersOf = async (name: string, text: string) =>
      elementsOn(await view(name, text), ".line-numbers a").map((line) => `${line.id}${line.href}`);
    expect(await numbersOf("a.txt", "one\ntwo\n")).toEqual(["L1#L1", "L2#L2"]);
    expect(await numbersOf("a.js", "let a;\n\nlet b;")).toEqual(["L1#L1", "L2#L2", "L3#L3"]);
    expect(await numbersOf("many.txt", "\n".repeat(10_001))).toEqual([]);
  });

  test.each([
    ["a.csv", "a,b\n1,2\n"],
    ["semicolons.csv", "\ufeffa;b\r\n1;2"],
    ["a.tsv", "a\tb\n1\t2"],
    ["utf-16.csv", Buffer.from("\ufeffa,b\n1,2\n", "utf16le")],
    ["quoted.csv", '"a","b"\n"1","2"'],
  ])("%s as a table", async (name, bytes) => {
    const { html } = await view(name, bytes);
    expect(html).toContain('<tr><th scope="col">a</th><th scope="col">b</th></tr>');
    expect(html).toContain("<tr><td>1</td><td>2</td></tr>");
  });

  test("what is no table as text, whatever it is called", async () => {
    for (const [name, text] of [
      ["one-column.csv", "a\nb"],
      ["a.txt", "a,b\n1,2"],
    ] as const)
      expect((await view(name, text)).html).toContain("<code>a");
    const { html } = await view("markup.csv", "a,<script>\n<img src=x>,=1+1");
    expect(html).not.toMatch(/<script>|<img/);
  });

  test("the first thousand rows and hundred columns, and this is said", async () => {
    const rows = Array.from({ length: 1500 }, (_, at) => `${at},x`);
    const long = await view("long.csv", `n,x\n${rows.join("\n")}`);
    expect(elementsOn(long, "tbody tr")).toHaveLength(1000);
    expect(long.text).toContain(text.viewer.firstRows(1000));
    const wide = await view("wide.csv", `${"x,".repeat(500)}x\n`.repeat(2));
    expect(elementsOn(wide, "tbody td")).toHaveLength(100);
    expect(wide.text).not.toContain(text.viewer.firstRows(1));
    // More than is read: the row that the cut goes through is not shown.
    const large = await view("large.csv", `a,b\n${`${"y".repeat(60_000)},z\n`.repeat(30)}`);
    expect(elementsOn(large, "tbody tr")).toHaveLength(17);
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

test.each([
  ["a.jpg", latin1("\xff\xd8\xff\xe0"), "JPEG image"],
  ["a.mp3", latin1("ID3\x03\0\0\0\0\0\0"), "MP3 audio"],
  ["a.mp4", latin1("\0\0\0\x18ftypisom"), "MP4 video"],
  ["a.docx", latin1("PK\x03\x04\0\0"), "Word document"],
  ["a.csv", "a,b\n1,2", "CSV table"],
  ["a.py", "pass", "Python code"],
  ["a.rs", "fn", "RS file"],
  ["a.bin", latin1("\x00\x01\x02\xff"), "BIN file"],
  ["README", "text", "Text"],
  ["data", latin1("\x00\x01\x02\xff"), "File"],
])("%s has a type in plain words", async (name, bytes, type) => {
  expect((await view(name, bytes)).text).toContain(`Type ${type} Details`);
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
    "og:description": "PNG image, 12 bytes",
    "og:site_name": "Mia&#39;s &lt;links&gt;",
    "og:url": `${ORIGIN}/-/view${picture.path}`,
    "og:image": ORIGIN + picture.path,
    "og:image:type": "image/png",
  });
  const sized = await view("a.gif", latin1("GIF89a\x40\x01\xf0\x00\x00\x00\x00"));
  expect(unfurl(sized.html)).toMatchObject({
    "og:image:width": "320",
    "og:image:height": "240",
  });
  const film = await view("a.mp4", latin1("\0\0\0\x18ftypisom"));
  expect(unfurl(film.html)).toMatchObject({
    "og:type": "video.other",
    "og:video": ORIGIN + film.path,
    "og:video:type": "video/mp4",
  });
  const sound = await view("a.mp3", latin1("ID3\x03\0\0\0\0\0\0"));
  expect(unfurl(sound.html)).toMatchObject({ "og:audio": ORIGIN + sound.path });
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
