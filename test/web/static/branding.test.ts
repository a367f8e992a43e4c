import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { assetHref } from "../../../src/web/static/asset.ts";
import { aspectOf } from "../../../src/web/ui/layout/image-size.ts";
import { openTestApp, type World } from "../../world.ts";

const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10"><script>alert(1)</script></svg>';
const PNG = Buffer.from("89504e470d0a1a0a0000000d4948445200000003000000020802000000", "hex");

let world: World;

beforeAll(async () => {
  world = await openTestApp();
});
beforeEach(() => {
  rmSync(join(world.dataFolder, "branding"), { recursive: true, force: true });
  mkdirSync(join(world.dataFolder, "branding"));
  world.clock.advance(1000);
});
afterAll(() => world.close());

function put(name: string, content: string | Uint8Array): void {
  writeFileSync(join(world.dataFolder, "branding", name), content);
  world.clock.advance(1000);
}

const signInPage = async () => (await world.request("/auth/login")).text();

/** The address in the page of a file of the brand. */
async function addressOf(extension: string): Promise<string> {
  const pattern = new RegExp(`"(/static/branding/\\w+\\.${extension})"`);
  return pattern.exec(await signInPage())?.[1] ?? "";
}

test("without a brand, the page has our name and icon, and no empty picture", async () => {
  const html = await signInPage();
  expect(html).toContain("<title>Sign in | Trunk8</title>");
  expect(html).toContain(assetHref("icon.svg"));
  expect(html).not.toContain("branding");
});

test("the title is the one that is set, shown as typed", async () => {
  const named = await openTestApp({ settings: { "app.title": "<b>Our links</b>" } });
  const html = await (await named.request("/auth/login")).text();
  expect(html).toContain("<title>Sign in | &lt;b&gt;Our links&lt;/b&gt;</title>");
  expect(html).not.toContain("<b>Our");
  await named.close();
});

test("a logo is taken up within a second, with the room it needs", async () => {
  await signInPage();
  put("logo.svg", SVG);
  const address = await addressOf("svg");
  expect(await signInPage()).toContain(`src="${address}" width="128" height="32" alt=""`);
  const logo = await world.request(address);
  expect(await logo.text()).toBe(SVG);
  expect(Object.fromEntries(logo.headers)).toMatchObject({
    "content-type": "image/svg+xml",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cache-control": "public, max-age=31536000, immutable",
  });
});

test("a changed file has a new address, and one taken away leaves the page", async () => {
  put("custom.css", "h1{color:red}");
  const before = await addressOf("css");
  put("custom.css", "h1{color:green}");
  const after = await addressOf("css");
  expect(after).not.toBe(before);
  expect((await world.request(before)).status).toBe(404);
  expect(await (await world.request(after)).text()).toBe("h1{color:green}");
  rmSync(join(world.dataFolder, "branding", "custom.css"));
  world.clock.advance(1000);
  expect(await addressOf("css")).toBe("");
});

test("another worker's page may name a file that this one has not seen yet", async () => {
  await signInPage();
  writeFileSync(join(world.dataFolder, "branding", "custom.css"), "h1{}");
  const hash = new Bun.CryptoHasher("sha256").update("h1{}").digest("hex").slice(0, 10);
  expect((await world.request(`/static/branding/${hash}.css`)).status).toBe(200);
});

test("own styles come last, and under the same policy", async () => {
  put("custom.css", "h1{}");
  const sheets = [...(await signInPage()).matchAll(/<link rel=stylesheet href="([^"]+)"/g)];
  expect(sheets.at(-1)?.[1]).toBe(await addressOf("css"));
  const { headers } = await world.request("/auth/login");
  expect(headers.get("content-security-policy")).toContain("style-src 'self';");
});

describe("what is no file to show is passed over:", () => {
  test.each<[string, () => void]>([
    ["a folder", () => mkdirSync(join(world.dataFolder, "branding", "logo.svg"))],
    ["three megabytes", () => put("logo.png", new Uint8Array(3_000_000))],
    ["another name", () => put("logo.html", "<script>alert(1)</script>")],
  ])("%s", async (_, make) => {
    make();
    world.clock.advance(1000);
    expect(await signInPage()).not.toContain("branding");
  });
});

test.each([
  "/static/branding/logo.svg",
  "/static/branding/..%2fconfig%2fconfig.toml",
  "/static/branding/",
])("there is nothing at %s", async (path) => {
  put("logo.svg", SVG);
  expect((await world.request(path)).status).toBe(404);
});

describe("/favicon.ico", () => {
  test("is our icon", async () => {
    const response = await world.request("/favicon.ico");
    expect(response.headers.get("content-type")).toBe("image/svg+xml");
    expect(response.headers.get("cache-control")).toBe("public, max-age=3600");
  });

  test("or the site's own", async () => {
    put("favicon.png", PNG);
    const response = await world.request("/favicon.ico");
    expect(response.headers.get("content-type")).toBe("image/png");
    expect(Buffer.from(await response.arrayBuffer())).toEqual(PNG);
    expect(await signInPage()).toContain(`<link rel="icon" href="${await addressOf("png")}"`);
  });
});

describe("robots.txt", () => {
  const rulesOf = async (isIndexed: boolean) => {
    const site = await openTestApp({ settings: { "links.indexed": isIndexed } });
    const response = await site.request("/robots.txt");
    await site.close();
    expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    return await response.text();
  };

  test("admits all where links are to be indexed", async () => {
    expect(await rulesOf(true)).toBe("User-agent: *\nDisallow:\n");
  });

  test("admits only fetchers of link previews where they are not", async () => {
    const [previews = "", others] = (await rulesOf(false)).split("\n\n");
    for (const name of ["Twitterbot", "LinkedInBot", "facebookexternalhit", "Slackbot"])
      expect(previews.split("\n")).toContain(`User-agent: ${name}`);
    expect(previews.split("\n").at(-1)).toBe("Disallow:");
    expect(others).toBe("User-agent: *\nDisallow: /\n");
  });
});

test("nothing stands under /.well-known/", async () => {
  expect((await world.request("/.well-known/security.txt")).status).toBe(404);
});

describe("the shape of a picture", () => {
  test.each<[string, string, string | Uint8Array, number | null]>([
    ["an SVG's box", "image/svg+xml", '<?xml version="1.0"?><svg viewBox="0 0 20 10">', 2],
    ["with commas", "image/svg+xml", "<svg viewBox='-5,-5,30,10'>", 3],
    ["no box", "image/svg+xml", "<svg>", null],
    ["an empty box", "image/svg+xml", '<svg viewBox="0 0 0 0">', null],
    ["a PNG's head", "image/png", PNG, 1.5],
    ["half a head", "image/png", PNG.subarray(0, 20), null],
    ["nothing", "image/png", "", null],
  ])("%s", (_, type, content, aspect) => {
    expect(aspectOf({ type, bytes: Buffer.from(content) })).toBe(aspect);
  });
});
