import { afterAll, beforeAll, expect, test } from "bun:test";
import { themeNames } from "../../src/config/themes.ts";
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
  expect(await (await world.request("/")).text()).toContain(assetHref("darkly.css"));
  const response = await ask(assetHref("darkly.css"));
  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "content-type": "text/css; charset=utf-8",
    "cache-control": "public, max-age=31536000, immutable",
    "x-content-type-options": "nosniff",
    vary: "accept-encoding",
  });
});

test.each(themeNames)("%s loads nothing from another host", async (name) => {
  const css = await (await ask(assetHref(`${name}.css`))).text();
  expect(css).toContain(`Theme: ${name}`);
  expect(css).not.toMatch(/@import|url\(\s*["']?(?!data:|["'])/);
});

test.each([
  ["gzip", "gzip"],
  ["br, gzip;q=0.5", "gzip"],
  ["GZIP", "gzip"],
  ["gzip;q=0", null],
  ["gzip;q=0.00", null],
  ["br", null],
  ["x-gzip-like", null],
  ["", null],
])("asked for in %p, it comes in %p", async (asked, coding) => {
  const response = await ask(assetHref("site.css"), asked);
  expect(response.headers.get("content-encoding")).toBe(coding);
  const bytes = await response.arrayBuffer();
  const text = new TextDecoder().decode(coding === null ? bytes : Bun.gunzipSync(bytes));
  expect(text).toBe(await (await ask(assetHref("site.css"))).text());
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
