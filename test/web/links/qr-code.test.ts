import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { inflateSync } from "node:zlib";
import { encode } from "uqr";
import { text } from "../../../src/web/links/text.en.ts";
import { form, ORIGIN, openTestApp, type World } from "../../world.ts";
import { readPage } from "../read-page.ts";

let world: World;
let alice: string;
let bob: string;

beforeAll(async () => {
  world = await openTestApp();
  alice = await world.signIn(world.people.alice);
  bob = await world.signIn(world.people.bob);
  await add("live", {});
  await add("off", { disabled: "on" });
});
afterAll(() => world.close());

const add = (short_code: string, fields: Record<string, string>) =>
  world.request("/add", form({ url: "https://x.example/", short_code, ...fields }, alice));
const get = (path: string, cookie = "") => world.request(path, { headers: { cookie } });

type Modules = readonly (readonly boolean[])[];

const modulesOf = (address: string, border: number): Modules =>
  encode(address, { ecc: "M", border }).data;

/** The dark pixels of a PNG of one bit a pixel. */
function readPng(bytes: Buffer): Modules {
  const size = bytes.readUInt32BE(16);
  const start = bytes.indexOf("IDAT") + 4;
  const lines = inflateSync(bytes.subarray(start, start + bytes.readUInt32BE(start - 8)));
  const width = 1 + Math.ceil(size / 8);
  return Array.from({ length: size }, (_, y) =>
    Array.from({ length: size }, (_, x) => {
      const byte = lines[y * width + 1 + (x >> 3)] ?? 0;
      return (byte & (0x80 >> (x & 7))) === 0;
    }),
  );
}

/** The dark modules of an SVG whose path is made of runs of one row. */
function readSvg(svg: string): Modules {
  const side = Number(/viewBox="0 0 (\d+) \d+"/.exec(svg)?.[1]);
  const modules = Array.from({ length: side }, () => Array<boolean>(side).fill(false));
  const dark = svg.slice(svg.lastIndexOf("<path"));
  for (const [, x, y, length] of dark.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g)) {
    modules[Number(y)]?.fill(true, Number(x), Number(x) + Number(length));
  }
  return modules;
}

/** Every `scale`th pixel, from the middle of the first module. */
function sample(pixels: Modules, { before, scale, side }: Record<string, number>): Modules {
  const places = Array.from(
    { length: side ?? 0 },
    (_, at) => (before ?? 0) + Math.floor(((scale ?? 1) * (2 * at + 1)) / 2),
  );
  return places.map((y) => places.map((x) => pixels[y]?.[x] === true));
}

describe("a QR code holds the absolute address", () => {
  test("as SVG", async () => {
    const response = await get("/-/qr/live.svg");
    expect(response.headers.get("content-type")).toBe("image/svg+xml");
    const svg = await response.text();
    expect(svg).toContain('width="512" height="512"');
    expect(readSvg(svg)).toEqual(modulesOf(`${ORIGIN}/live`, 4));
  });

  test.each([
    ["", 512, 4],
    ["?size=64", 64, 4],
    ["?size=2048&margin=0", 2048, 0],
    ["?size=301&margin=16", 301, 16],
  ])("as PNG%s", async (query, size, margin) => {
    const response = await get(`/-/qr/live.png${query}`);
    expect(response.headers.get("content-type")).toBe("image/png");
    const bytes = Buffer.from(await response.arrayBuffer());
    const pixels = readPng(bytes);
    expect(pixels).toHaveLength(size);
    const wanted = modulesOf(`${ORIGIN}/live`, margin);
    const side = wanted.length;
    const scale = Math.floor(size / side);
    const before = Math.floor((size - side * scale) / 2);
    expect(sample(pixels, { before, scale, side })).toEqual(wanted);
    const dark = pixels.flat().filter(Boolean).length;
    expect(dark).toBe(wanted.flat().filter(Boolean).length * scale * scale);
  });

  test("in a PNG that another decoder reads, checksums and all", async () => {
    const bytes = await (await get("/-/qr/live.png")).bytes();
    const again = new Bun.Image(bytes).jpeg();
    expect((await again.bytes()).length).toBeGreaterThan(1000);
  });

  test("of the site's public name", async () => {
    const settings = { "server.public_url": "https://x.example" } as const;
    const other = await openTestApp({ settings });
    const cookie = await other.signIn(other.people.alice);
    const fields = { url: "https://y.example/", short_code: "named" };
    await other.request("/add", form(fields, cookie));
    const svg = await (await other.request("/-/qr/named.svg")).text();
    expect(readSvg(svg)).toEqual(modulesOf("https://x.example/named", 4));
    await other.close();
  });
});

describe("who gets it", () => {
  test.each([
    ["live.svg", "", 200],
    ["live.svg", "bob", 200],
    ["off.svg", "", 404],
    ["off.svg", "bob", 404],
    ["off.svg", "alice", 200],
    ["none.svg", "alice", 404],
    ["live.exe", "alice", 404],
    ["live.SVG", "alice", 404],
    ["live", "alice", 404],
    ["live.", "alice", 404],
    [".svg", "alice", 404],
    ["..svg", "alice", 404],
    ["a%2Fb.svg", "alice", 404],
  ])("%s for %p: %p", async (file, who, answer) => {
    const cookies: Record<string, string> = { alice, bob, "": "" };
    const response = await get(`/-/qr/${file}`, cookies[who]);
    expect(response.status).toBe(answer);
  });

  test("of a live link anybody, who may keep it for a while", async () => {
    const { headers } = await get("/-/qr/live.png");
    expect(headers.get("cache-control")).toBe("public, max-age=300");
    expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("content-disposition")).toBeNull();
  });

  test("of another one its owner, and no cache", async () => {
    expect((await get("/-/qr/off.png", alice)).headers.get("cache-control")).toBe("no-store");
  });

  test("as a file, when asked for", async () => {
    const { headers } = await get("/-/qr/live.png?download=1");
    expect(headers.get("content-disposition")).toBe("attachment; filename=live.png");
  });
});

describe("an invalid parameter is refused by name", () => {
  const size = text.qrCode.outOfRange("size", 64, 2048);
  const margin = text.qrCode.outOfRange("margin", 0, 16);
  test.each([
    ["size=abc", size],
    ["size=99999999", size],
    ["size=63", size],
    ["size=2049", size],
    ["size=1e2", size],
    ["size=", size],
    ["margin=-1", margin],
    ["margin=17", margin],
    ["margin=1.5", margin],
  ])("%s", async (query, message) => {
    const response = await get(`/-/qr/live.png?${query}`);
    expect(response.status).toBe(422);
    expect((await readPage(response)).text).toContain(message);
  });
});
