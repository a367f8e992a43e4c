/** Images without their metadata: the same image, and nothing else. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { exifOf, orientationOf } from "../../../src/files/metadata/exif.ts";
import { removeMetadata } from "../../../src/files/metadata/remove-metadata.ts";
import { failureOf } from "../../failure.ts";

const SECRET = "51.5007 N, 0.1246 W";

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size);
}

async function clean(type: string, bytes: Uint8Array, size = 1000): Promise<Buffer> {
  const cleaned = removeMetadata(type, inChunks(bytes, size));
  return Buffer.concat(await Array.fromAsync(cleaned ?? []));
}

/** A picture with noise, so that every byte value occurs in its data. */
const noise = new Uint8Array(64 * 48 * 4).map((_, at) => (at % 4 === 3 ? 255 : (at * 7919) % 256));
const bmp = bmpOf(noise, 64, 48);
const drawn = {
  jpeg: Buffer.from(await new Bun.Image(bmp).jpeg().bytes()),
  png: Buffer.from(await new Bun.Image(bmp).png().bytes()),
  webp: Buffer.from(await new Bun.Image(bmp).webp().bytes()),
};

function bmpOf(rgba: Uint8Array, width: number, height: number): Buffer {
  const head = Buffer.alloc(54);
  head.write("BM");
  head.writeUInt32LE(54 + rgba.length, 2);
  head.writeUInt32LE(54, 10);
  head.writeUInt32LE(40, 14);
  head.writeInt32LE(width, 18);
  head.writeInt32LE(-height, 22);
  head.writeUInt16LE(1, 26);
  head.writeUInt16LE(32, 28);
  return Buffer.concat([head, rgba]);
}

/** Exif data with a place, as a camera writes them. */
function exifWith(orientation: number, isLittle = false): Buffer {
  const exif = Buffer.from(exifOf(orientation));
  if (!isLittle) return Buffer.concat([exif, Buffer.from(SECRET)]);
  const little = Buffer.alloc(26);
  little.write("II*\0", "latin1");
  little.writeUInt32LE(8, 4);
  little.writeUInt16LE(1, 8);
  little.writeUInt16LE(0x0112, 10);
  little.writeUInt16LE(3, 12);
  little.writeUInt32LE(1, 14);
  little.writeUInt16LE(orientation, 18);
  return Buffer.concat([little, Buffer.from(SECRET)]);
}

function jpegSegment(marker: number, ...data: (string | Uint8Array)[]): Buffer {
  const body = Buffer.concat(data.map((part) => Buffer.from(part as string)));
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}

/** The JPEG with segments after its first marker. */
function jpegWith(...segments: Uint8Array[]): Buffer {
  return Buffer.concat([drawn.jpeg.subarray(0, 2), ...segments, drawn.jpeg.subarray(2)]);
}

function pngChunk(type: string, data: Uint8Array | string): Buffer {
  const chunk = Buffer.concat([
    Buffer.alloc(4),
    Buffer.from(type),
    Buffer.from(data as string),
    Buffer.alloc(4),
  ]);
  chunk.writeUInt32BE(chunk.length - 12, 0);
  chunk.writeUInt32BE(Bun.hash.crc32(chunk.subarray(4, -4)), chunk.length - 4);
  return chunk;
}

const IHDR_END = 33;

/** The PNG with chunks after its header. */
function pngWith(...chunks: Uint8Array[]): Buffer {
  return Buffer.concat([drawn.png.subarray(0, IHDR_END), ...chunks, drawn.png.subarray(IHDR_END)]);
}

function riffChunk(name: string, data: Uint8Array | string): Buffer {
  const body = Buffer.from(data as string);
  const head = Buffer.alloc(8);
  head.write(name);
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
}

const VP8X = Buffer.from([0x0c, 0, 0, 0, 63, 0, 0, 47, 0, 0]);

/** An extended WebP whose image chunks chunks follow. */
function webpWith(...chunks: Uint8Array[]): Buffer {
  const image = drawn.webp.subarray(12);
  const body = Buffer.concat([Buffer.from("WEBP"), riffChunk("VP8X", VP8X), image, ...chunks]);
  const head = Buffer.alloc(8);
  head.write("RIFF");
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body]);
}

const pixelsOf = async (bytes: Uint8Array) =>
  Buffer.from(await new Bun.Image(bytes).png().bytes()).toString("base64");

const secret = Buffer.from(SECRET);
const profile = jpegSegment(0xe2, "ICC_PROFILE\0", "\x01\x01 colours");
const adobe = jpegSegment(0xee, "Adobe", "\0\x64\0\0\0\0\x01");

test.each([1, 3, 7, 64, 100_000])(
  "an image that has none stays as it is, in chunks of %d",
  async (size) => {
    for (const [format, bytes] of Object.entries(drawn))
      expect((await clean(`image/${format}`, bytes, size)).equals(bytes)).toBe(true);
  },
);

describe("a JPEG", () => {
  test.each([
    ["Exif", jpegSegment(0xe1, "Exif\0\0", exifWith(1))],
    ["XMP", jpegSegment(0xe1, "http://ns.adobe.com/xap/1.0/\0", secret)],
    ["IPTC", jpegSegment(0xed, "Photoshop 3.0\0", secret)],
    ["a comment", jpegSegment(0xfe, secret)],
    ["further images", jpegSegment(0xe2, "MPF\0", secret)],
    ["a thumbnail of its own", jpegSegment(0xe0, "JFXX\0", secret)],
    ["what a camera adds", jpegSegment(0xe4, secret)],
  ])("loses %s", async (_, segment) => {
    expect((await clean("image/jpeg", jpegWith(segment))).equals(drawn.jpeg)).toBe(true);
  });

  test("keeps colours, and how it is turned", async () => {
    for (const kept of [profile, adobe])
      expect((await clean("image/jpeg", jpegWith(kept))).equals(jpegWith(kept))).toBe(true);
    for (const isLittle of [false, true]) {
      const turned = jpegWith(jpegSegment(0xe1, "Exif\0\0", exifWith(6, isLittle)), profile);
      const cleaned = await clean("image/jpeg", turned);
      expect(cleaned.equals(jpegWith(jpegSegment(0xe1, "Exif\0\0", exifOf(6)), profile))).toBe(
        true,
      );
      expect(await pixelsOf(cleaned)).toBe(await pixelsOf(turned));
    }
  });

  test("loses what follows the image, and the thumbnail in its first segment", async () => {
    const film = Buffer.concat([drawn.jpeg, Buffer.from("ftypmp42"), secret]);
    expect((await clean("image/jpeg", film, 5)).equals(drawn.jpeg)).toBe(true);
    const jfif = jpegSegment(0xe0, "JFIF\0", "\x01\x01\0\0\x01\0\x01\x01\x01", "\xff");
    const cleaned = await clean("image/jpeg", jpegWith(jfif));
    const plain = jpegSegment(0xe0, "JFIF\0", "\x01\x01\0\0\x01\0\x01\0\0");
    expect(cleaned.equals(jpegWith(plain))).toBe(true);
  });

  test("of several scans, with restarts and filled markers, stays whole", async () => {
    const scan = (data: string) =>
      Buffer.concat([jpegSegment(0xda, "\x01\x01\0\0\x3f\0"), Buffer.from(data, "latin1")]);
    const image = Buffer.concat([
      Buffer.from([0xff, 0xd8]),
      scan("ab\xff\0c\xff\xd0d\xff\xd7\xff\0"),
      jpegSegment(0xc4, "tables"),
      scan("second\xff\0"),
      Buffer.from([0xff, 0xd9]),
    ]);
    for (const size of [1, 2, 3, 1000])
      expect((await clean("image/jpeg", image, size)).equals(image)).toBe(true);
    const cut = image.subarray(0, -6);
    expect((await clean("image/jpeg", cut, 2)).equals(cut)).toBe(true);
  });
});

describe("a PNG", () => {
  test.each(["tEXt", "zTXt", "iTXt", "tIME", "dSIG", "prVt"])("loses %s", async (type) => {
    expect((await clean("image/png", pngWith(pngChunk(type, secret)))).equals(drawn.png)).toBe(
      true,
    );
  });

  test("keeps colours, and how it is turned, and ends where it ends", async () => {
    const colours = pngWith(pngChunk("gAMA", "\0\0\xb1\x8f"), pngChunk("pHYs", "123456789"));
    expect((await clean("image/png", colours, 7)).equals(colours)).toBe(true);
    const turned = pngWith(pngChunk("eXIf", exifWith(8)));
    const expected = pngWith(pngChunk("eXIf", exifOf(8)));
    expect((await clean("image/png", Buffer.concat([turned, secret]), 7)).equals(expected)).toBe(
      true,
    );
    expect(
      (await clean("image/png", pngWith(pngChunk("eXIf", exifWith(1))))).equals(drawn.png),
    ).toBe(true);
  });
});

describe("a WebP", () => {
  test("has zeros in place of its metadata, and stays readable", async () => {
    const full = webpWith(
      riffChunk("EXIF", exifWith(6)),
      riffChunk("XMP ", secret),
      riffChunk("priv", secret),
    );
    const cleaned = await clean("image/webp", Buffer.concat([full, secret]), 9);
    expect(cleaned.length).toBe(full.length);
    expect(cleaned.includes(secret)).toBe(false);
    expect(cleaned.includes("XMP ")).toBe(false);
    expect((cleaned[20] ?? 0) & 0x04).toBe(0);
    const exif = cleaned.subarray(cleaned.indexOf("EXIF") + 8);
    expect(orientationOf(exif)).toBe(6);
    expect(await pixelsOf(cleaned)).toBe(await pixelsOf(full));
  });
});

test.each([
  ["image/jpeg", Buffer.concat([drawn.jpeg.subarray(0, 2), secret])],
  ["image/jpeg", Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0])],
  ["image/jpeg", Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0, 1, 2, 3])],
  ["image/png", Buffer.concat([drawn.png.subarray(0, 8), Buffer.from("\0\0")])],
  ["image/webp", Buffer.from("RIFF\xff\0\0\0WEBPVP8 \0", "latin1")],
])("a damaged %s is refused", async (type, bytes) => {
  expect(await failureOf(clean(type, bytes))).toMatchObject({ code: "invalid" });
});

test("what it reads from is closed, also where the image ends before it", async () => {
  let isClosed = false;
  async function* source() {
    try {
      yield drawn.jpeg;
      yield secret;
    } finally {
      isClosed = true;
    }
  }
  await Array.fromAsync(removeMetadata("image/jpeg", source()) ?? []);
  expect(isClosed).toBe(true);
});

test("other types are left alone", () => {
  for (const type of ["image/gif", "application/pdf", "text/plain"])
    expect(removeMetadata(type, inChunks(secret, 5))).toBeNull();
});

test("whatever follows a signature, it ends, and never by a fault of ours", async () => {
  const heads = [drawn.jpeg.subarray(0, 2), drawn.png.subarray(0, 8), drawn.webp.subarray(0, 12)];
  const types = ["image/jpeg", "image/png", "image/webp"];
  await fc.assert(
    fc.asyncProperty(
      fc.nat(2),
      fc.uint8Array({ maxLength: 300 }),
      fc.integer({ min: 1, max: 50 }),
      async (at, rest, size) => {
        const bytes = Buffer.concat([heads[at] ?? Buffer.of(), rest]);
        const done = await clean(types[at] ?? "", bytes, size).catch((error) => error);
        expect(Buffer.isBuffer(done) || done.code === "invalid").toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});
