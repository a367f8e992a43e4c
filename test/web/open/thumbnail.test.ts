/** GET /-/thumb/<code>: small pictures of strangers' bytes. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { crc32, deflateSync } from "node:zlib";
import { share } from "../../share.ts";
import { as, openTestApp, type World } from "../../world.ts";

let world: World;
let alice: string;
let bob: string;

beforeAll(async () => {
  world = await openTestApp();
  alice = await world.signIn(world.people.alice);
  bob = await world.signIn(world.people.bob);
});
afterAll(() => world.close());

let count = 0;

async function thumbnailOf(name: string, bytes: Uint8Array | string): Promise<Response> {
  const code = `t${count++}`;
  await share(world, world.people.alice, { code, name, bytes });
  return await world.request(`/-/thumb/${code}`);
}

/** An RGB picture, all black; its data may be less than its size claims. */
function png(width: number, height: number, data = deflateSync(blank(width, height))): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2], 8);
  const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  const chunks = [chunk("IHDR", header), chunk("IDAT", data), chunk("IEND", Buffer.alloc(0))];
  return Buffer.concat([signature, ...chunks]);
}

const blank = (width: number, height: number) => Buffer.alloc(height * (width * 3 + 1));

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

const GIF = Buffer.from("R0lGODlhAQABAIAAAP///wAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==", "base64");

describe("a picture", () => {
  test.each([
    ["wide.png", png(800, 400), { width: 160, height: 80 }],
    ["tall.png", png(10, 3200), { width: 1, height: 160 }],
    ["small.png", png(20, 10), { width: 20, height: 10 }],
    ["dot.gif", GIF, { width: 1, height: 1 }],
  ])("%s becomes WebP of at most 160 pixels", async (name, bytes, size) => {
    const response = await thumbnailOf(name, bytes);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("image/webp");
    expect(response.headers.get("cache-control")).toBe("private, no-cache");
    expect(response.headers.get("content-security-policy")).toStartWith("default-src 'none'");
    expect(await new Bun.Image(await response.bytes()).metadata()).toEqual({
      ...size,
      format: "webp",
    });
  });

  test("of a camera with 8192 x 6144 pixels becomes one, too", async () => {
    const photo = new Bun.Image(png(80, 60), { maxPixels: 67_108_864 }).resize(8192, 6144);
    const response = await thumbnailOf("photo.jpg", await photo.jpeg().bytes());
    expect(await new Bun.Image(await response.bytes()).metadata()).toMatchObject({ width: 160 });
  });

  test("that a browser has already is 304", async () => {
    const first = await thumbnailOf("again.png", png(30, 30));
    const etag = first.headers.get("etag") ?? "";
    const again = await world.request(`/-/thumb/t${count - 1}`, {
      headers: { "if-none-match": etag },
    });
    expect([again.status, again.headers.get("etag"), await again.text()]).toEqual([304, etag, ""]);
  });

  test("asked for by many at once is drawn once", async () => {
    await share(world, world.people.alice, { code: "many", name: "m.png", bytes: png(400, 400) });
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => world.request("/-/thumb/many")),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });
});

describe("no thumbnail is made of", () => {
  const bmp = Buffer.alloc(58);
  bmp.write("BM");
  for (const [at, value] of [
    [10, 54],
    [14, 40],
    [18, 60_000],
    [22, 60_000],
  ] as const)
    bmp.writeUInt32LE(value, at);
  bmp.writeUInt16LE(1, 26);
  bmp.writeUInt16LE(24, 28);

  test.each([
    ["a header that claims 50,000 x 50,000", "lotta.png", png(50_000, 50_000, deflateSync("x"))],
    ["3.6 billion pixels of BMP", "huge.bmp", bmp],
    ["a picture cut off", "cut.png", png(300, 300).subarray(0, 100)],
    ["a header alone", "head.png", png(300, 300).subarray(0, 8)],
    ["an unknown filter", "bad.png", png(9, 9, deflateSync(blank(9, 9).fill(120)))],
    ["JPEG's first bytes and noise", "x.jpg", Buffer.concat([Buffer.from([255, 216, 255]), GIF])],
    ["text", "x.txt", "hello"],
    ["SVG", "x.svg", "<svg></svg>"],
    ["nothing", "x.png", ""],
  ])("%s: 404 with an icon", async (_, name, bytes) => {
    const response = await thumbnailOf(name, bytes);
    expect(response.status).toBe(404);
    expect(response.headers.get("content-type")).toBe("image/svg+xml");
    expect(await response.text()).toStartWith("<svg");
  });
});

test("the picture of a link that is not live is its owner's alone", async () => {
  const shared = { code: "mine", name: "mine.png", bytes: png(40, 40), disabled: true };
  await share(world, world.people.alice, shared);
  const statusFor = async (cookie?: string) =>
    (await world.request("/-/thumb/mine", cookie ? { headers: { cookie } } : {})).status;
  expect(await statusFor(alice)).toBe(200);
  expect(await statusFor(bob)).toBe(404);
  expect(await statusFor()).toBe(404);
  expect((await world.request("/-/thumb/none")).status).toBe(404);
});

test("the list and the link's page show it, with the file's name and size", async () => {
  const pictured = { code: "listed", name: "listed.png", bytes: png(50, 50) };
  const { content } = await share(world, world.people.alice, pictured);
  const html = async (path: string) =>
    await (await world.request(path, { headers: { cookie: alice } })).text();
  for (const path of ["/links", "/-/links/listed"]) {
    expect(await html(path)).toContain('<img src="/-/thumb/listed"');
    expect(await html(path)).toContain("listed.png");
  }
  expect(await html("/-/links/listed")).toContain(content?.sha256 ?? "nothing");
  expect(await html("/-/links/listed")).toContain('href="/-/view/listed"');
});

test("replaced bytes have a new picture at once", async () => {
  await share(world, world.people.alice, { code: "fresh", name: "a.png", bytes: png(30, 10) });
  const first = await world.request("/-/thumb/fresh");
  const { app, people } = world;
  await using file = await app.files.blobs.receive(
    people.alice,
    { name: "b.png", bytes: new Blob([new Uint8Array(png(10, 30))]).stream() },
    Infinity,
  );
  await app.links.edit(as(people.alice), "fresh", {}, file);
  const second = await world.request("/-/thumb/fresh");
  expect(second.headers.get("etag")).not.toBe(first.headers.get("etag"));
  expect(await new Bun.Image(await second.bytes()).metadata()).toMatchObject({ height: 30 });
});
