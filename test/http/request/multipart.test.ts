import { describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { readUpload, type UploadedFile } from "../../../src/http/request/multipart.ts";
import { text } from "../../../src/http/text.en.ts";
import { Problem, toProblem } from "../../../src/problem.ts";
import { failureOf } from "../../failure.ts";
import { bodyCall } from "./body-call.ts";

/** What a received file has become: its bytes as text, until it is disposed of. */
interface Kept extends AsyncDisposable {
  readonly name: string;
  readonly text: string;
}

/** Receives files into memory, and knows which of them are still there. */
class Shelf {
  readonly held = new Set<string>();
  readonly #room: number;

  constructor(room = Infinity) {
    this.#room = room;
  }

  receive = async ({ name, bytes }: UploadedFile): Promise<Kept> => {
    this.held.add(name);
    try {
      let text = "";
      for await (const chunk of bytes) {
        text += Buffer.from(chunk).toString();
        if (text.length > this.#room) throw new Problem("too_large", "No more.");
      }
      return { name, text, [Symbol.asyncDispose]: async () => void this.held.delete(name) };
    } catch (error) {
      this.held.delete(name);
      throw error;
    }
  };
}

const TYPE = "multipart/form-data; boundary=cut";
const END = "--cut--\r\n";

function part(disposition: string, body: string, type = ""): string {
  const line = type === "" ? "" : `\r\nContent-Type: ${type}`;
  return `--cut\r\nContent-Disposition: form-data; ${disposition}${line}\r\n\r\n${body}\r\n`;
}

const field = (name: string, value: string) => part(`name="${name}"`, value);
const file = (name: string, filename: string, body: string) =>
  part(`name="${name}"; filename="${filename}"`, body, "text/plain");

function post(
  body: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>,
  headers: Record<string, string> = {},
): Request {
  return new Request("http://x.example/", {
    method: "POST",
    body,
    headers: { "content-type": TYPE, ...headers },
  });
}

interface Read {
  readonly fields: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, readonly [name: string, text: string]>>;
}

const NAMES = ["a", "file", "file2", "short_code", "kind"];

async function read(request: Request, maxFileBytes = 1000, shelf = new Shelf()): Promise<Read> {
  await using upload = await readUpload(bodyCall(request), {
    fileFields: ["file", "file2"],
    maxFileBytes,
    receive: shelf.receive,
  });
  const given = NAMES.filter((name) => upload.form.has(name));
  return {
    fields: Object.fromEntries(given.map((name) => [name, upload.form.text(name)])),
    files: Object.fromEntries(
      [...upload.files].map(([name, kept]) => [name, [kept.name, kept.text]]),
    ),
  };
}

/** The code of the problem, after which no file may be left. */
async function refusalOf(
  request: Request,
  maxFileBytes = 1000,
  shelf = new Shelf(),
): Promise<string> {
  try {
    await read(request, maxFileBytes, shelf);
    return "none";
  } catch (thrown) {
    expect([...shelf.held]).toEqual([]);
    return toProblem(thrown).code;
  }
}

describe("readUpload", () => {
  test("gives fields before and after the file, and the file", async () => {
    const body = field("a", "1") + file("file", "x.txt", "hello") + field("kind", "file") + END;
    expect(await read(post(body))).toEqual({
      fields: { a: "1", kind: "file" },
      files: { file: ["x.txt", "hello"] },
    });
  });

  test.each([
    ["UTF-8", Buffer.from("\u00dcbung \u65e5\u672c.txt"), "\u00dcbung \u65e5\u672c.txt"],
    ["Windows-1252", Buffer.from("\xdcbung \x80.txt", "latin1"), "\u00dcbung \u20ac.txt"],
  ])("decodes names in %s", async (_, name, decoded) => {
    const body = Buffer.from(file("file", "NAME", "1") + END);
    const at = body.indexOf("NAME");
    const sent = Buffer.concat([body.subarray(0, at), name, body.subarray(at + 4)]);
    expect((await read(post(sent))).files).toEqual({ file: [decoded, "1"] });
  });

  test("decodes a name with a charset of its own", async () => {
    const given = 'name="file"; filename="x"; filename*=UTF-8\'\'%C3%9Cbung%20%E6%97%A5.txt';
    const body = part(given, "1", "text/plain") + END;
    expect((await read(post(body))).files).toEqual({ file: ["\u00dcbung \u65e5.txt", "1"] });
  });

  test("rejects a second file in a field", async () => {
    const twice = file("file", "1.txt", "one") + file("file", "2.txt", "two".repeat(50_000)) + END;
    expect(await failureOf(read(post(twice)))).toMatchObject({
      code: "invalid",
      fields: { file: text.form.repeatedField("file") },
    });
  });

  test("takes a file for each of its file fields", async () => {
    const body = file("file", "1.txt", "one") + file("file2", "2.txt", "") + END;
    expect((await read(post(body))).files).toEqual({
      file: ["1.txt", "one"],
      file2: ["2.txt", ""],
    });
  });

  test("takes a file field left empty as absent, and one sent as text as text", async () => {
    const empty = part('name="file"; filename=""', "", "application/octet-stream");
    expect(await read(post(empty + field("file2", "no file") + END))).toEqual({
      fields: { file2: "no file" },
      files: {},
    });
  });

  test.each([
    ["größe.txt", "größe.txt"],
    ["a%22b.txt", 'a"b.txt'],
    ["..%2f%252e", "..%2f%252e"],
    ["../../x", "../../x"],
    ["C:\\\\x", "C:\\x"],
    ["😀.png", "😀.png"],
  ])("hands the name %p on as %p, whole and not to be believed", async (sent, name) => {
    const { files } = await read(post(file("file", sent, "") + END));
    expect(files).toEqual({ file: [name, ""] });
  });

  test("reads a form without files, urlencoded or without a body", async () => {
    const type = { "content-type": "application/x-www-form-urlencoded" };
    expect((await read(post("a=1&kind=x", type))).fields).toEqual({ a: "1", kind: "x" });
    expect(await read(new Request("http://x.example/", { method: "POST" }))).toEqual({
      fields: {},
      files: {},
    });
  });

  test("takes exactly as much as a limit on fields allows, together", async () => {
    const most = (bytes: number) => post(field("a", "x".repeat(bytes)) + field("kind", "1") + END);
    expect(await refusalOf(most(1_048_575))).toBe("none");
    expect(await refusalOf(most(1_048_576))).toBe("too_large");
    expect(await refusalOf(most(2_000_000))).toBe("too_large");
  });

  test("takes 100 parts, and refuses one more as bad_request, and 10,000", async () => {
    expect(await refusalOf(post(field("a", "1").repeat(99) + END))).toBe("none");
    for (const parts of [101, 10_000]) {
      expect(await refusalOf(post(field("a", "1").repeat(parts) + END))).toBe("bad_request");
    }
  });

  const whole = field("a", "1") + file("file", "x.txt", "hello");

  test.each([
    ["no boundary named", whole + END, "multipart/form-data"],
    ["an empty boundary", whole + END, "multipart/form-data; boundary="],
    ["another boundary", whole + END, "multipart/form-data; boundary=other"],
    ["nothing in it", " ", TYPE],
    ["no end", whole, TYPE],
    ["an end cut short", `${whole}--cut`, TYPE],
    ["a file cut short", whole.slice(0, -4), TYPE],
    ["a head cut short", `${whole}--cut\r\nContent-Disp`, TYPE],
    ["a head that is none", `--cut\r\n\x00\x01\r\n\r\n1\r\n${END}`, TYPE],
    ["a field without a name", part("x=y", "1") + END, TYPE],
    ["a file without a field", part('filename="x.txt"', "1") + END, TYPE],
    [
      "a file without a name",
      part('name="file"; filename=""', "1", "application/octet-stream") + END,
      TYPE,
    ],
    ["a file where none is expected", file("a", "x.txt", "1") + END, TYPE],
  ])("refuses multipart with %s as bad_request, and keeps nothing", async (_, body, type) => {
    expect(await refusalOf(post(body, { "content-type": type }))).toBe("bad_request");
  });

  test("refuses other types, and compressed ones, as unsupported_type", async () => {
    expect(await refusalOf(post("{}", { "content-type": "application/json" }))).toBe(
      "unsupported_type",
    );
    expect(await refusalOf(post(whole + END, { "content-encoding": "gzip" }))).toBe(
      "unsupported_type",
    );
  });

  test("ends with what receiving threw, and disposes of what was received before", async () => {
    const shelf = new Shelf();
    const refused = readUpload(
      bodyCall(post(file("file", "1.txt", "one") + file("file2", "2.txt", "two") + END)),
      {
        fileFields: ["file", "file2"],
        maxFileBytes: 1000,
        receive: async (uploaded) => {
          if (uploaded.field === "file2") throw new Problem("storage_full", "No room.");
          return await shelf.receive(uploaded);
        },
      },
    );
    expect(toProblem(await refused.catch((thrown: unknown) => thrown)).code).toBe("storage_full");
    expect([...shelf.held]).toEqual([]);
  });

  test("refuses an announced excess before reading any of it", async () => {
    const request = post(whole + END, { "content-length": String(1000 + 2_097_152 + 1) });
    expect(await refusalOf(request)).toBe("too_large");
    expect(request.bodyUsed).toBe(false);
  });

  test("reads no faster than files are taken in", async () => {
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++;
        const head = `--cut\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n`;
        controller.enqueue(pulled === 1 ? Buffer.from(head) : new Uint8Array(65_536));
      },
    });
    const never = Promise.withResolvers<Kept>();
    const receive = () => never.promise;
    const reading = readUpload(bodyCall(post(body)), {
      fileFields: ["file"],
      maxFileBytes: Infinity,
      receive,
    });
    await Bun.sleep(50);
    expect(pulled).toBeLessThan(8);
    never.reject(new Problem("storage_full", "No room."));
    expect(toProblem(await reading.catch((thrown: unknown) => thrown)).code).toBe("storage_full");
  });

  test("lets the client be silent for a minute after whatever has come", async () => {
    const allowed: number[] = [];
    const allowSilence = (_: Request, seconds: number) => void allowed.push(seconds);
    const request = post(file("file", "x.txt", "hello") + END);
    const receive = new Shelf().receive;
    await readUpload(bodyCall(request, { allowSilence }), {
      fileFields: ["file"],
      maxFileBytes: 9,
      receive,
    });
    expect(allowed).toEqual([60]);
  });

  test("joins pieces cut anywhere", async () => {
    const bytes = Buffer.from(field("a", "größe") + file("file", "ü.txt", "\r\n--cu") + END);
    for (let cut = 1; cut < bytes.length; cut++) {
      const pieces = [bytes.subarray(0, cut), bytes.subarray(cut)];
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          for (const piece of pieces) controller.enqueue(piece);
          controller.close();
        },
      });
      expect(await read(post(body))).toEqual({
        fields: { a: "größe" },
        files: { file: ["ü.txt", "\r\n--cu"] },
      });
    }
  });
});

/** The answer to a client that goes on sending for as long as it can. */
async function answerWhileSending(port: number, head: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const more = Buffer.alloc(65_536, "x");
  const send = (socket: Bun.Socket) => {
    while (socket.write(more) === more.length);
  };
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: {
      open: (opened) => void opened.write(head),
      drain: send,
      data: (_, data) => resolve(data.toString()),
      close: () => resolve("nothing"),
    },
  });
  send(socket);
  const answer = await promise;
  socket.end();
  return answer;
}

describe("readUpload behind a real socket", () => {
  /** What the server makes of these bytes, after which the client is gone; and what it has left. */
  async function outcomeOf(sent: string): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    await using server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
      fetch: async (request) => {
        resolve(await refusalOf(request, 100));
        return new Response(null, { headers: { connection: "close" } });
      },
    });
    const client = connect(server.port ?? 0, "127.0.0.1", () => client.end(sent));
    return await promise;
  }

  const body = file("file", "x.txt", "hello") + END;
  const head = `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ${TYPE}\r\n`;
  const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
  const chunked = `${head}Transfer-Encoding: chunked\r\n\r\n`;
  const long = (length: number) => `${head}Content-Length: ${length}\r\n\r\n`;

  test.each([
    ["a whole upload", long(body.length) + body, "none"],
    ["a chunked upload", `${chunked}${chunk(body)}0\r\n\r\n`, "none"],
    ["an upload cut short", long(body.length) + body.slice(0, -20), "bad_request"],
    ["an upload cut after its last boundary", long(body.length + 9) + body, "bad_request"],
    ["a chunked upload without its end", chunked + chunk(body), "bad_request"],
    ["chunks that are none", `${chunked}${chunk(body)}zz\r\n`, "bad_request"],
    ["a declared 10 GB", long(10_000_000_000) + body, "too_large"],
  ])("%s", async (_, sent, expected) => {
    expect(await outcomeOf(sent)).toBe(expected);
  });

  test("a client that is still sending gets the 413 at the limit", async () => {
    await using server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
      fetch: async (request) => {
        const code = await refusalOf(request, Infinity, new Shelf(1_000_000));
        return new Response(code, { status: 413, headers: { connection: "close" } });
      },
    });
    const sent = long(90_000_000_000) + file("file", "x", "").slice(0, -2);
    expect(await answerWhileSending(server.port ?? 0, sent)).toMatch(
      /^HTTP\/1.1 413 [\s\S]*\r\n\r\ntoo_large$/,
    );
  });
});
