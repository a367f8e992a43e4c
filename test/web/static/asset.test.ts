import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { type Theme, themeNames } from "../../../src/config/values/themes.ts";
import { href } from "../../../src/http/urls.ts";
import { assetHref } from "../../../src/web/static/asset.ts";
import { themeFiles } from "../../../src/web/static/themes/theme-files.ts";
import { openTestApp, type World } from "../../world.ts";

let world: World;

beforeAll(async () => {
  world = await openTestApp({ settings: { "app.theme": "darkly" } });
});
afterAll(() => world.close());

const ask = (path: string, coding = "") =>
  world.request(path, { headers: { "accept-encoding": coding } });

test("a page names its theme, and the theme may be kept for ever", async () => {
  const sheet = assetHref("darkly-page.css");
  expect(await (await world.request(href("signIn"))).text()).toContain(sheet);
  const response = await ask(sheet);
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
  ["br;q=0, gzip", "gzip"],
  ["zstd", null],
  ["", null],
])("asked for in %p, it comes in %p, under a tag of that form", async (asked, coding) => {
  const response = await ask(assetHref("site.css"), asked);
  expect(response.headers.get("content-encoding")).toBe(coding);
  expect(response.headers.get("etag")).toMatch(tagOf(coding));
  const bytes = await response.arrayBuffer();
  expect(decompress(bytes, coding)).toBe(await (await ask(assetHref("site.css"))).text());
});

function tagOf(coding: string | null): RegExp {
  return coding === null ? /^"\w{10}"$/ : new RegExp(`^"\\w{10}-${coding}"$`);
}

function decompress(bytes: ArrayBuffer, coding: string | null): string {
  if (coding === "br") return brotliDecompressSync(bytes).toString();
  return (coding === "gzip" ? gunzipSync(bytes) : Buffer.from(bytes)).toString();
}

test("HEAD is answered like GET", async () => {
  const headers = { "accept-encoding": "br" };
  const [get, head] = [
    await world.request(assetHref("site.css"), { headers }),
    await world.request(assetHref("site.css"), { method: "HEAD", headers }),
  ];
  for (const { headers } of [get, head]) headers.delete("x-request-id");
  expect([head.status, [...head.headers]]).toEqual([200, [...get.headers]]);
});

describe.each(["", "gzip", "br"])("to whoever has the form in %p", (coding) => {
  const again = async (noneMatch: (etag: string) => string) => {
    const etag = (await ask(assetHref("site.css"), coding)).headers.get("etag") ?? "";
    const headers = { "accept-encoding": coding, "if-none-match": noneMatch(etag) };
    return { etag, response: await world.request(assetHref("site.css"), { headers }) };
  };

  test.each([
    ["its tag", (etag: string) => etag],
    ["its tag among others", (etag: string) => `"other", W/${etag}`],
    ["anything", () => "*"],
  ])("and names %s, it is not sent again", async (_, noneMatch) => {
    const { etag, response } = await again(noneMatch);
    expect([response.status, await response.text()]).toEqual([304, ""]);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      etag,
      "cache-control": "public, max-age=31536000, immutable",
      vary: "accept-encoding",
    });
    expect(response.headers.get("content-encoding")).toBeNull();
  });

  test("and names another form's tag, it is sent", async () => {
    const { response } = await again((etag) => etag.replace(/(-\w+)?"$/, '-zstd"'));
    expect(response.status).toBe(200);
  });
});

test("a font is what it is, whatever is asked for", async () => {
  const font = await ask(assetHref("inter-400.woff2"), "br, gzip");
  expect(font.headers.get("content-encoding")).toBeNull();
  expect(font.headers.get("vary")).toBeNull();
  expect(font.headers.get("etag")).toMatch(/^"\w{10}"$/);
});

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

test("the icons are one file, which pages draw from and which runs nothing", async () => {
  const address = assetHref("icons.svg");
  const sprite = await (await ask(address)).text();
  const page = await (await world.request(href("signIn"))).text();
  const drawn = [...page.matchAll(/<use href="([^"#]+)#([^"]+)"/g)];
  expect(drawn.length).toBeGreaterThan(0);
  for (const [, file, name] of drawn) {
    expect(file).toBe(address);
    expect(sprite).toContain(`<symbol id="${name}"`);
  }
  expect(sprite).not.toMatch(/<script|href=|\son\w+=/);
});
