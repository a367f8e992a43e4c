import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { type Theme, themeNames } from "../../src/config/themes.ts";
import { href } from "../../src/http/urls.ts";
import { themeFiles } from "../../src/web/assets/themes.ts";
import { assetHref } from "../../src/web/static.ts";
import { openTestApp, type World } from "../world.ts";

let world: World;

beforeAll(async () => {
  world = await openTestApp({ settings: { "app.theme": "darkly" } });
});
afterAll(() => world.close());

const ask = (path: string, coding = "") =>
  world.request(path, { headers: { "accept-encoding": coding } });

test("a page names its theme, and the theme may be kept for ever", async () => {
  expect(await (await world.request(href("signIn"))).text()).toContain(assetHref("darkly.css"));
  const response = await ask(assetHref("darkly.css"));
  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "content-type": "text/css; charset=utf-8",
    "cache-control": "public, max-age=31536000, immutable",
    "x-content-type-options": "nosniff",
    vary: "accept-encoding",
  });
});

describe.each(themeNames)("%s", (name) => {
  test("loads nothing from another host", async () => {
    const css = await sheetOf(name);
    expect(css).toContain(`Theme: ${name}`);
    expect(css).not.toMatch(/@import|url\(\s*["']?(?!data:|["']|[a-z-]+-\d+)/);
  });

  test("has a font of ours wherever it asked another host for one", async () => {
    const faces = [...(await sheetOf(name)).matchAll(/@font-face{font-family:("[^"]+")[^}]*}/g)];
    expect(faces.length > 0).toBe(/@import/.test(await originalOf(name)));
    for (const [rule, family] of faces) {
      const file = /url\("([^"]+)"\)/.exec(rule)?.[1] ?? "";
      const font = await ask(href("asset", { path: file }), "br");
      expect(font.headers.get("content-type")).toBe("font/woff2");
      expect(font.headers.get("content-encoding")).toBeNull();
      expect((await originalOf(name)).replaceAll('"', "")).toContain(family?.slice(1, -1) ?? "-");
    }
  });
});

function sheetOf(name: Theme): Promise<string> {
  return ask(assetHref(`${name}.css`)).then((response) => response.text());
}

function originalOf(name: Theme): Promise<string> {
  return Bun.file(themeFiles[name]).text();
}

test.each([
  ["gzip", "gzip"],
  ["br", "br"],
  ["br, gzip;q=0.5", "br"],
  ["gzip, deflate, br, zstd", "br"],
  ["br;q=0, gzip", "gzip"],
  ["GZIP", "gzip"],
  ["gzip;q=0", null],
  ["gzip;q=0.00", null],
  ["brotli", null],
  ["x-gzip-like", null],
  ["", null],
])("asked for in %p, it comes in %p", async (asked, coding) => {
  const response = await ask(assetHref("site.css"), asked);
  expect(response.headers.get("content-encoding")).toBe(coding);
  const bytes = await response.arrayBuffer();
  expect(decompress(bytes, coding)).toBe(await (await ask(assetHref("site.css"))).text());
});

function decompress(bytes: ArrayBuffer, coding: string | null): string {
  if (coding === "br") return brotliDecompressSync(bytes).toString();
  return (coding === "gzip" ? gunzipSync(bytes) : Buffer.from(bytes)).toString();
}

test("the scripts are modules a browser takes as such", async () => {
  const response = await ask(assetHref("site.js"));
  expect(response.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
});

test.each([
  "/static/",
  "/static/site.css",
  "/static/site.0000000000.css",
  "/static/constructor",
  "/static/../package.json",
  "/static/..%2f..%2fpackage.json",
  "/static/%2e%2e/%2e%2e/etc/passwd",
  "/static//etc/passwd",
  `${assetHref("site.css")}/`,
  `${assetHref("site.css")}.map`,
])("there is nothing at %s", async (path) => {
  expect((await ask(path)).status).toBe(404);
});
