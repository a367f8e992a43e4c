/** Files as they are sent: through a real server, in bytes, because Bun adds headers of its own. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "content-disposition";
import { requireBlobPath } from "../../../src/files/blob.ts";
import {
  type DeliveredFile,
  deliver,
  deliverByNginx,
} from "../../../src/http/response/deliver-file.ts";
import { plainClient, settingsWith } from "../asked-call.ts";

const SIZE = 200_000;
const BYTES = Buffer.from(Array.from({ length: SIZE }, (_, at) => (at * 31) % 251));
const SHA256 = new Bun.CryptoHasher("sha256").update(BYTES).digest("hex");
const MODIFIED = "Tue, 17 Mar 2026 12:00:00 GMT";
const FILE: DeliveredFile = {
  size: SIZE,
  sha256: SHA256,
  type: "image/png",
  name: "a picture.png",
  modifiedAt: Date.parse(MODIFIED) + 123,
};
const call = { client: plainClient, settings: settingsWith() };
const NOW = FILE.modifiedAt + 60_000;
const delivery = {
  call,
  inline: false,
  isShared: false,
  shortCode: "code",
  cacheControl: "no-cache",
  now: NOW,
};

/** The tag of what is sent by default. */
const ETAG =
  deliver(new Request("http://x/"), new Blob([]), FILE, delivery).headers.get("etag") ?? "";

let folder: string;
let server: Bun.Server<undefined>;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-deliver-"));
  await Bun.write(join(folder, "full"), BYTES);
  await Bun.write(join(folder, "empty"), "");
  server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) => {
      const [, place, name = ""] = new URL(request.url).pathname.split("/");
      const file = name === "empty" ? { ...FILE, size: 0 } : FILE;
      const inMemory = new Uint8Array(BYTES.subarray(0, file.size));
      const bytes = place === "memory" ? inMemory : Bun.file(join(folder, name));
      return deliver(request, bytes, file, delivery);
    },
  });
});
afterAll(async () => {
  await server.stop(true);
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

/** One answer as it is on the wire, each header once, or this fails. */
async function ask(method: string, path: string, lines: readonly string[] = []): Promise<Answer> {
  const head = [`${method} ${path} HTTP/1.1`, "Host: x", "Connection: close", ...lines];
  const received = await exchange(`${head.join("\r\n")}\r\n\r\n`);
  return readAnswer(received);
}

async function exchange(sent: string): Promise<Buffer> {
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  const socket = connect(server.port ?? 0, "127.0.0.1", () => socket.write(sent));
  socket.on("data", (chunk) => chunks.push(Buffer.from(chunk)));
  socket.on("close", () => resolve(Buffer.concat(chunks)));
  return await promise;
}

function readAnswer(received: Buffer): Answer {
  const end = received.indexOf("\r\n\r\n");
  const [first = "", ...lines] = received.subarray(0, end).toString("latin1").split("\r\n");
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const [name = "", value = ""] = line.split(/: (.*)/s);
    expect(headers).not.toHaveProperty([name.toLowerCase()]);
    headers[name.toLowerCase()] = value;
  }
  return { status: Number(first.split(" ")[1]), headers, body: received.subarray(end + 4) };
}

const ALWAYS = {
  "access-control-allow-origin": "*",
  "cache-control": "no-cache",
  "content-security-policy":
    "default-src 'none'; img-src 'self'; media-src 'self'; sandbox; frame-ancestors 'self'",
  "cross-origin-resource-policy": "cross-origin",
  "x-content-type-options": "nosniff",
  "x-robots-tag": "noindex",
  etag: ETAG,
  "last-modified": MODIFIED,
  "accept-ranges": "bytes",
};
const DESCRIBED = {
  ...ALWAYS,
  "content-type": "image/png",
  "content-disposition": 'attachment; filename="a picture.png"',
};
const DATE = { date: expect.any(String) };

function headersOf(lines: readonly string[]): Headers {
  const headers = new Headers();
  for (const line of lines) {
    const [name = "", value = ""] = line.split(": ", 2);
    headers.append(name, value);
  }
  return headers;
}

describe.each([["/disk"], ["/memory"]])("from %s", (place) => {
  describe("a whole file", () => {
    test("comes with just these headers", async () => {
      const { status, headers, body } = await ask("GET", `${place}/full`);
      expect(status).toBe(200);
      expect(headers).toEqual({
        ...DESCRIBED,
        ...DATE,
        "content-length": String(SIZE),
      });
      expect(body.equals(BYTES)).toBe(true);
    });

    test("is told to HEAD as to GET, without its bytes", async () => {
      const get = await ask("GET", `${place}/full`);
      const head = await ask("HEAD", `${place}/full`);
      expect([head.status, head.body.length]).toEqual([200, 0]);
      // A second may have passed between the two.
      expect(head.headers).toEqual({ ...get.headers, ...DATE });
    });

    test("that is empty is 200 with no bytes", async () => {
      const { status, headers, body } = await ask("GET", `${place}/empty`);
      expect([status, headers["content-length"], body.length]).toEqual([200, "0", 0]);
    });
  });

  describe("a range", () => {
    test.each([
      ["0-0", 0, 0],
      ["-500", SIZE - 500, SIZE - 1],
      ["0-", 0, SIZE - 1],
      ["100000-100099", 100_000, 100_099],
    ])("%s is answered with just that part", async (range, first, last) => {
      const { status, headers, body } = await ask("GET", `${place}/full`, [
        `Range: bytes=${range}`,
      ]);
      expect(status).toBe(206);
      expect(headers).toEqual({
        ...DESCRIBED,
        ...DATE,
        "content-range": `bytes ${first}-${last}/${SIZE}`,
        "content-length": String(last - first + 1),
      });
      expect(body.equals(BYTES.subarray(first, last + 1))).toBe(true);
    });

    test.each([["-0"], [`${SIZE}-`]])("%s is answered 416", async (range) => {
      const { status, headers, body } = await ask("GET", `${place}/full`, [
        `Range: bytes=${range}`,
      ]);
      expect([status, headers["content-range"], body.length]).toEqual([416, `bytes */${SIZE}`, 0]);
    });

    test("0- of an empty file is answered 416, -500 with all of it", async () => {
      expect((await ask("GET", `${place}/empty`, ["Range: bytes=0-"])).status).toBe(416);
      expect((await ask("GET", `${place}/empty`, ["Range: bytes=-500"])).status).toBe(200);
    });

    const ten = Array.from({ length: 10 }, (_, at) => `${at * 9}-${at * 9}`).join(",");

    test.each([
      ["that is none", ["Range: bytes=abc"]],
      ["that ends before it begins", ["Range: bytes=5-2"]],
      ["of ten", [`Range: bytes=${ten}`]],
      ["in two headers", ["Range: bytes=0-0", "Range: bytes=5-5"]],
      ["in another unit", ["Range: lines=0-0"]],
      ["of what has changed", ["Range: bytes=0-0", 'If-Range: "other"']],
    ])("%s is answered with the whole", async (_, lines) => {
      // Bun would make a part of its own; what is streamed instead comes in chunks.
      const response = await fetch(new URL(`${place}/full`, server.url), {
        headers: headersOf(lines),
      });
      expect(response.status).toBe(200);
      expect(response.headers.get("content-range")).toBeNull();
      expect(Buffer.from(await response.arrayBuffer()).equals(BYTES)).toBe(true);
      expect((await ask("GET", `${place}/full`, lines)).status).toBe(200);
    });

    test("asked for with HEAD is no range", async () => {
      const { status, headers } = await ask("HEAD", `${place}/full`, ["Range: bytes=0-0"]);
      expect([status, headers["content-length"]]).toEqual([200, String(SIZE)]);
    });
  });

  describe("a condition", () => {
    test.each([["GET"], ["HEAD"]])("that holds already is answered 304 to %s", async (method) => {
      const { status, headers, body } = await ask(method, `${place}/full`, [
        `If-None-Match: ${ETAG}`,
      ]);
      expect([status, body.length]).toEqual([304, 0]);
      expect(headers).toEqual({ ...ALWAYS, ...DATE });
    });

    test("that fails is answered 412", async () => {
      const { status, body } = await ask("GET", `${place}/full`, ['If-Match: "other"']);
      expect([status, body.length]).toEqual([412, 0]);
    });
  });

  test("a connection goes on after HEAD, 304, 206 and 416", async () => {
    const asked = [
      `HEAD ${place}/full HTTP/1.1\r\nHost: x\r\n\r\n`,
      `GET ${place}/full HTTP/1.1\r\nHost: x\r\nIf-None-Match: ${ETAG}\r\n\r\n`,
      `GET ${place}/full HTTP/1.1\r\nHost: x\r\nRange: bytes=0-4\r\n\r\n`,
      `GET ${place}/full HTTP/1.1\r\nHost: x\r\nRange: bytes=-0\r\n\r\n`,
      `GET ${place}/full HTTP/1.1\r\nHost: x\r\nRange: bytes=7-9\r\nConnection: close\r\n\r\n`,
    ];
    const received = (await exchange(asked.join(""))).toString("latin1");
    const statuses = [...received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
    expect(statuses).toEqual(["200", "304", "206", "416", "206"]);
    expect(received.endsWith(BYTES.subarray(7, 10).toString("latin1"))).toBe(true);
  });
});

describe("a name", () => {
  test.each([
    ["plain.txt"],
    ['a"b.txt'],
    ["a;b, c.txt"],
    ["größe.txt"],
    ["日本 😀.txt"],
    ["100%25.txt"],
    ["a'b(c)*.txt"],
    ["back\\slash"],
  ])("%p is read back as it is, from one ASCII header", (name) => {
    const header = disposition({ ...FILE, name });
    expect(header).toMatch(/^attachment; [\x20-\x7e]+$/);
    expect(parse(header).parameters.filename).toBe(name);
  });
});

function disposition(file: DeliveredFile, inline = false): string {
  const answer = deliver(new Request("http://x/"), new Blob([]), file, { ...delivery, inline });
  return answer.headers.get("content-disposition") ?? "";
}

describe("what may be shown in place", () => {
  test.each([
    ["image/png", "inline"],
    ["text/plain; charset=utf-8", "inline"],
    ["application/pdf", "inline"],
    ["image/svg+xml", "attachment"],
    ["text/html", "attachment"],
    ["application/octet-stream", "attachment"],
  ])("%s: %s", (type, shown) => {
    expect(disposition({ ...FILE, type }, true)).toStartWith(`${shown}; `);
    expect(disposition({ ...FILE, type }, false)).toStartWith("attachment; ");
  });

  test("only a PDF that is shown is in no sandbox, which would hide it", () => {
    const policy = (type: string, inline: boolean) =>
      deliver(
        new Request("http://x/"),
        new Blob([]),
        { ...FILE, type },
        { ...delivery, inline },
      ).headers.get("content-security-policy");
    expect(policy("application/pdf", true)).not.toContain("sandbox");
    expect(policy("application/pdf", false)).toContain("sandbox");
    expect(policy("image/svg+xml", true)).toContain("sandbox");
  });
});

describe("the tag covers what is sent", () => {
  const tagOf = (file: DeliveredFile, inline: boolean) =>
    deliver(new Request("http://x/"), new Blob([]), file, { ...delivery, inline }).headers.get(
      "etag",
    );

  test("has another tag for other bytes, another name, type or disposition", () => {
    const tags = [
      tagOf(FILE, false),
      tagOf(FILE, true),
      tagOf({ ...FILE, name: "b.png" }, false),
      tagOf({ ...FILE, type: "image/webp" }, false),
      tagOf({ ...FILE, sha256: "0".repeat(64) }, false),
    ];
    expect(new Set(tags).size).toBe(tags.length);
    expect(tagOf({ ...FILE, modifiedAt: 0 }, false)).toBe(ETAG);
  });

  test("sends a file anew to a client that has it with other headers", () => {
    const request = new Request("http://x/", { headers: { "if-none-match": ETAG } });
    const statusWith = (inline: boolean) =>
      deliver(request, new Blob([]), FILE, { ...delivery, inline }).status;
    expect(statusWith(false)).toBe(304);
    expect(statusWith(true)).toBe(200);
  });
});

describe("dates", () => {
  const answerAt = (now: number, headers: Record<string, string> = {}) =>
    deliver(new Request("http://x/", { headers }), new Blob([]), FILE, { ...delivery, now });

  test.each([
    ["in the second of the change", FILE.modifiedAt + 500],
    ["before the change, by a clock that was set back", FILE.modifiedAt - 3_600_000],
  ])("prove nothing %s", (_, now) => {
    expect(answerAt(now).headers.has("last-modified")).toBe(false);
    expect(answerAt(now, { "if-modified-since": MODIFIED }).status).toBe(200);
    expect(answerAt(now, { "if-unmodified-since": "Mon, 16 Mar 2026 12:00:00 GMT" }).status).toBe(
      200,
    );
  });

  test("are validators from the next second on", () => {
    const { headers } = answerAt(FILE.modifiedAt + 1000);
    expect(headers.get("last-modified")).toBe(MODIFIED);
    expect(answerAt(NOW, { "if-modified-since": MODIFIED }).status).toBe(304);
  });
});

describe("names for programs that read ASCII only", () => {
  const asciiOf = (name: string, shortCode = "abc") => {
    const answer = deliver(
      new Request("http://x/"),
      new Blob([]),
      { ...FILE, name },
      {
        ...delivery,
        shortCode,
      },
    );
    const header = answer.headers.get("content-disposition") ?? "";
    expect(parse(header).parameters.filename).toBe(name);
    return /filename="?([^";]*)/.exec(header)?.[1];
  };

  test.each([
    ["\u00dcbung.txt", "Ubung.txt"],
    ["caf\u00e9 cr\u00e8me.tar.gz", "cafe creme.tar.gz"],
    ["\u65e5\u672c\u8a9e.txt", "abc.txt"],
    ["\u65e5\u672c\u8a9e.tar.gz", "abc.tar.gz"],
    ["\u30ec\u30dd\u30fc\u30c8 2.pdf", "abc.pdf"],
    ["\u041e\u0442\u0447\u0451\u0442", "abc"],
  ])("are %p as %p", (name, ascii) => {
    expect(asciiOf(name)).toBe(ascii);
  });

  test("are neutral where the short code is not ASCII either", () => {
    expect(asciiOf("\u65e5\u672c.txt", "\u8a9e")).toBe("file.txt");
  });
});

test.each([
  ["with the prefix that it sends", "/-/blobs"],
  ["as in a configuration without a prefix", ""],
])("leaves the bytes and all conditions to nginx, %s", (_, prefix) => {
  const asked = { headers: new Headers(prefix === "" ? {} : { "x-accel-prefix": prefix }) };
  const path = requireBlobPath("mia & j\u00fcrgen/assets/0123.png");
  const { status, headers } = deliverByNginx(asked, path, FILE, delivery);
  expect(status).toBe(200);
  expect(Object.fromEntries(headers)).toEqual({
    "access-control-allow-origin": "*",
    "cache-control": "no-cache",
    "content-security-policy": ALWAYS["content-security-policy"],
    "cross-origin-resource-policy": "cross-origin",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
    "content-type": "image/png",
    "content-disposition": 'attachment; filename="a picture.png"',
    "x-accel-redirect": `${prefix}/mia%20%26%20j%C3%BCrgen/assets/0123.png`,
  });
});
