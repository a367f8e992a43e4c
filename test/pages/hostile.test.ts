import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Browser, Page } from "playwright-core";
import { renderMarkdown } from "../../src/pages/render-markdown.ts";
import { ALLOWED } from "../../src/pages/sanitize/allowlist.ts";
import { browserIsAvailable, openBrowser } from "../browser.ts";
import { hostile } from "./hostile-documents.ts";

const outputs = hostile.map((source) => renderMarkdown(source, { nofollow: true }).html);

/** What KaTeX writes, and nobody else may. */
const MATH = [
  "math",
  "semantics",
  "annotation",
  "mrow",
  "mi",
  "mn",
  "mo",
  "mtext",
  "mstyle",
  "merror",
];
const MATH_ATTRIBUTES = ["xmlns", "encoding", "display", "mathcolor", "stretchy", "mathvariant"];
const TAGS: readonly string[] = [...(ALLOWED.allowedTags || []), ...MATH, "mpadded"];
const ATTRIBUTES: readonly string[] = [
  ...Object.values(ALLOWED.allowedAttributes || {})
    .flat()
    .map((allowed) => (typeof allowed === "string" ? allowed : allowed.name)),
  ...MATH_ATTRIBUTES,
  "class",
];

/** What a document may hold in `tag`, said a second time and otherwise than in the sanitiser. */
function faultsOf(tag: string, attributes: Iterable<readonly string[]>): string[] {
  const faults = TAGS.includes(tag) ? [] : [`<${tag}>`];
  for (const [name = "", value = ""] of attributes) {
    if (!ATTRIBUTES.includes(name) || name.startsWith("on")) faults.push(`${tag} ${name}`);
    if (["href", "src", "poster"].includes(name) && !isHarmless(value))
      faults.push(`${name} ${value}`);
  }
  return faults;
}

function isHarmless(address: string): boolean {
  const { protocol, href } = new URL(address, "https://here.example");
  if (protocol === "data:") return /^data:image\/(png|gif|jpeg|webp|avif)[;,]/.test(href);
  return ["http:", "https:", "ftp:", "mailto:", "tel:", "xmpp:"].includes(protocol);
}

function readFaults(html: string): string[] {
  const faults: string[] = [];
  new HTMLRewriter()
    .on("*", {
      element: ({ tagName, attributes }) => void faults.push(...faultsOf(tagName, attributes)),
    })
    .transform(html);
  return faults;
}

test("has more than 500 hostile documents", () => expect(hostile.length).toBeGreaterThan(500));

test("a stream parser finds no script, form, cover or imitation", () => {
  const found = outputs.map((html, at) => [hostile[at], readFaults(html)]);
  expect(found.filter(([, faults]) => faults?.length)).toEqual([]);
});

test("the parser finds hostile markup that is not sanitized", () => {
  expect(readFaults('<script></script><b onclick=x><a href="javascript:x" id=y style=z>')).toEqual([
    "<script>",
    "b onclick",
    "href javascript:x",
    "a style",
  ]);
});

const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: data:; media-src https:; form-action 'self'; base-uri 'none'";

/** Every document in one page, each in a frame of elements that it might try to leave. */
const page = `<!doctype html><title>Documents</title><main>${outputs
  .map((html, at) => `<article id="d${at}">${html}</article>`)
  .join("\n")}</main>`;

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: ({ url }) =>
    new URL(url).pathname.startsWith("/documents")
      ? new Response(page, { headers: headersFor(url) })
      : new Response(null, { status: 204 }),
});

function headersFor(url: string): Record<string, string> {
  const type = { "content-type": "text/html; charset=utf-8" };
  return url.endsWith("?free") ? type : { ...type, "content-security-policy": PAGE_POLICY };
}

afterAll(() => server.stop(true));

interface Found {
  readonly elements: readonly (readonly [
    tag: string,
    attributes: readonly (readonly string[])[],
  ])[];
  readonly articles: number;
  readonly strays: number;
}

/** Runs in the page: all that the browser made of the documents. */
const READ = `({
  elements: [...document.querySelectorAll("article *")].map((element) => [
    element.localName,
    [...element.attributes].map(({ name, value }) => [name, value]),
  ]),
  articles: document.querySelectorAll("body > main > article").length,
  strays: document.querySelectorAll("body > :not(main), main > :not(article), head > :not(title)").length,
})`;

describe.skipIf(!browserIsAvailable)("in Chromium", () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await openBrowser();
  }, 120_000);

  afterAll(() => browser.close());

  test.each(["", "?free"])(
    "nothing is left of them, with our policy and without (%p)",
    async (query) => {
      const tab = await browser.newPage();
      const faults = await watch(tab);
      await tab.goto(`http://127.0.0.1:${server.port}/documents${query}`);
      const found = await tab.evaluate<Found>(READ);

      expect(found.elements.flatMap(([tag, attributes]) => faultsOf(tag, attributes))).toEqual([]);
      expect({ articles: found.articles, strays: found.strays }).toEqual({
        articles: hostile.length,
        strays: 0,
      });
      expect(faults).toEqual([]);
      await tab.close();
    },
    60_000,
  );
});

/** Dialogs, errors, breaches of the policy; whatever is asked of anybody else is answered with nothing. */
async function watch(tab: Page): Promise<string[]> {
  const faults: string[] = [];
  tab.on("dialog", (dialog) => {
    faults.push(dialog.message());
    void dialog.dismiss();
  });
  tab.on("pageerror", ({ message }) => faults.push(message));
  tab.on("framenavigated", (frame) => {
    if (!frame.url().includes("/documents")) faults.push(`went to ${frame.url()}`);
  });
  tab.on("console", (message) => {
    if (/policy/i.test(message.text()) && !/^Loading (the image|media)/.test(message.text())) {
      faults.push(message.text());
    }
  });
  await tab.route(
    (url) => url.hostname !== "127.0.0.1",
    (route) => route.fulfill({ status: 204 }),
  );
  return faults;
}
