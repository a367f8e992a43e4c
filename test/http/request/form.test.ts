import { describe, expect, test } from "bun:test";
import { connect } from "node:net";
import fc from "fast-check";
import { Form, readForm as readFormOf } from "../../../src/http/request/form.ts";
import { Problem, type ProblemCode } from "../../../src/problem.ts";
import { bodyCall } from "./body-call.ts";

const URLENCODED = "application/x-www-form-urlencoded";
const MULTIPART = "multipart/form-data; boundary=cut";

function post(
  body: ConstructorParameters<typeof Response>[0],
  headers: Record<string, string> = {},
): Request {
  return new Request("http://x.example/add", { method: "POST", body, headers });
}

function part(disposition: string, value: string): string {
  return `--cut\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${value}\r\n`;
}

const readForm = (request: Request, options = {}) => readFormOf(bodyCall(request), options);

async function refusalOf(request: Request, maxBytes?: number): Promise<ProblemCode | "none"> {
  try {
    await readForm(request, maxBytes === undefined ? {} : { maxBytes });
    return "none";
  } catch (thrown) {
    if (thrown instanceof Problem) return thrown.code;
    throw thrown;
  }
}

/** A body that arrives in pieces and then ends, or breaks. */
function arriving(
  pieces: readonly string[],
  ending: "whole" | "broken",
): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
      if (ending === "whole") controller.close();
      else controller.error(new DOMException("The connection was closed.", "AbortError"));
    },
  });
}

describe("Form", () => {
  const form = new Form([
    ["code", "a"],
    ["code", "b"],
    ["empty", ""],
    ["on", "on"],
    ["off", "off"],
    ["__proto__", "p"],
  ]);

  test("takes the first of several values, and keeps all", () => {
    expect(form.text("code")).toBe("a");
    expect(form.all("code")).toEqual(["a", "b"]);
  });

  test("tells an absent field from an empty one", () => {
    expect([form.has("empty"), form.text("empty")]).toEqual([true, ""]);
    expect([form.has("absent"), form.text("absent"), form.all("absent")]).toEqual([false, "", []]);
  });

  test("knows a ticked box", () => {
    expect(["on", "off", "empty", "absent"].map((name) => form.checked(name))).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  test("has no fields but those given", () => {
    for (const name of ["toString", "constructor", "hasOwnProperty"])
      expect(form.has(name)).toBe(false);
    expect(form.text("__proto__")).toBe("p");
  });
});

describe("readForm", () => {
  test("reads urlencoded text", async () => {
    const form = await readForm(
      post(
        "url=https%3A%2F%2Fother.example%2F%3Fa%3D1&title=gr%C3%B6%C3%9Fer+A&title=2&__proto__=x",
        {
          "content-type": `${URLENCODED}; charset=UTF-8`,
        },
      ),
    );
    expect(form.text("url")).toBe("https://other.example/?a=1");
    expect(form.all("title")).toEqual(["größer A", "2"]);
    expect(form.text("__proto__")).toBe("x");
  });

  test("reads multipart data, a file control left empty being no field", async () => {
    const body = `${part('name="url"', "https://other.example/ü")}${part('name="file"; filename=""', "")}${part('name="__proto__"', "x")}--cut--\r\n`;
    const form = await readForm(post(body, { "content-type": MULTIPART }));
    expect(form.text("url")).toBe("https://other.example/ü");
    expect(form.has("file")).toBe(false);
    expect(form.text("__proto__")).toBe("x");
  });

  test("takes a post without a body as an empty form, whatever its type", async () => {
    expect((await readForm(post(null))).has("a")).toBe(false);
    expect((await readForm(post(null, { "content-type": "text/plain" }))).has("a")).toBe(false);
  });

  test("keeps broken encodings harmless", async () => {
    const form = await readForm(post("a=%zz&b=%ff&c&=d&&e=1=2", { "content-type": URLENCODED }));
    expect([..."abce"].map((name) => form.text(name))).toEqual(["%zz", "\ufffd", "", "1=2"]);
    expect(form.text("")).toBe("d");
  });

  test.each([
    ["no type", { body: "a=1", type: "" }],
    ["JSON", { body: "{}", type: "application/json" }],
    ["plain text that looks like JSON", { body: '{"a":"="}', type: "text/plain" }],
    ["XML", { body: "<a/>", type: "text/xml" }],
    ["a type that only begins alike", { body: "a=1", type: `${URLENCODED}x` }],
    ["multipart of another kind", { body: "--cut--", type: "multipart/mixed; boundary=cut" }],
  ])("refuses %s as unsupported_type", async (_, { body, type }) => {
    const bytes = new TextEncoder().encode(body);
    expect(await refusalOf(post(bytes, type === "" ? {} : { "content-type": type }))).toBe(
      "unsupported_type",
    );
  });

  test("refuses a compressed body as unsupported_type", async () => {
    const headers = { "content-type": URLENCODED, "content-encoding": "gzip" };
    expect(await refusalOf(post(Bun.gzipSync("a=1"), headers))).toBe("unsupported_type");
  });

  test.each([
    ["nothing", " "],
    ["no boundary in it", "junk"],
    ["no last boundary", part('name="a"', "1")],
    ["a last boundary cut short", `${part('name="a"', "1")}--cut`],
    ["a part without headers", "--cut\r\n\r\n1\r\n--cut--\r\n"],
    ["another boundary", `${part('name="a"', "1")}--cut--\r\n`.replaceAll("cut", "other")],
    ["a file", `${part('name="a"; filename="a.txt"', "hi")}--cut--\r\n`],
    ["an empty file with a name", `${part('name="a"; filename="a.txt"', "")}--cut--\r\n`],
    ["a file without a name", `${part('name="a"; filename=""', "hi")}--cut--\r\n`],
  ])("refuses multipart with %s as bad_request", async (_, body) => {
    expect(await refusalOf(post(body, { "content-type": MULTIPART }))).toBe("bad_request");
  });

  test("refuses multipart that names no boundary as bad_request", async () => {
    expect(await refusalOf(post("--cut--", { "content-type": "multipart/form-data" }))).toBe(
      "bad_request",
    );
  });

  test("refuses more than 1,000 fields as bad_request", async () => {
    const headers = { "content-type": URLENCODED };
    expect(await refusalOf(post("a&".repeat(999), headers))).toBe("none");
    expect(await refusalOf(post("a&".repeat(1000), headers))).toBe("bad_request");
  });

  test("refuses more than 1,000 parts as bad_request, also with a quoted boundary", async () => {
    const parts = (count: number) =>
      `${'--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n'.repeat(count)}--x--\r\n`;
    for (const type of ["multipart/form-data; boundary=x", 'multipart/form-data; boundary="x"']) {
      const headers = { "content-type": type };
      expect(await refusalOf(post(parts(1000), headers))).toBe("none");
      expect(await refusalOf(post(parts(1001), headers))).toBe("bad_request");
    }
  });

  test("takes a part whose text has many lines of dashes", async () => {
    const text = "--\r\n---\r\n--y\r\n".repeat(2000);
    const body = `--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n${text}\r\n--x--\r\n`;
    const headers = { "content-type": "multipart/form-data; boundary=x" };
    expect(await refusalOf(post(body, headers))).toBe("none");
  });

  test("refuses a body that breaks off as bad_request", async () => {
    const body = arriving(["a=1&b="], "broken");
    expect(await refusalOf(post(body, { "content-type": URLENCODED }))).toBe("bad_request");
  });

  test("takes exactly as much as is allowed", async () => {
    const headers = { "content-type": URLENCODED };
    expect(await refusalOf(post(`a=${"b".repeat(98)}`, headers), 100)).toBe("none");
    expect(await refusalOf(post(`a=${"b".repeat(99)}`, headers), 100)).toBe("too_large");
    expect(await refusalOf(post(`a=${"b".repeat(1_048_575)}`, headers))).toBe("too_large");
  });

  test("refuses an announced excess before reading any of it", async () => {
    const request = post("a=1", { "content-type": URLENCODED, "content-length": "101" });
    expect(await refusalOf(request, 100)).toBe("too_large");
    expect(request.bodyUsed).toBe(false);
  });

  test("stops reading an unannounced excess where it passes the limit", async () => {
    let pulled = 0;
    let isCancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled++;
        controller.enqueue(new Uint8Array(64));
      },
      cancel() {
        isCancelled = true;
      },
    });
    expect(await refusalOf(post(body, { "content-type": URLENCODED }), 100)).toBe("too_large");
    expect(isCancelled).toBe(true);
    expect(pulled).toBeLessThan(5);
  });

  test("joins pieces cut anywhere, even inside a character", async () => {
    const bytes = new TextEncoder().encode("name=größe");
    for (let cut = 1; cut < bytes.length; cut++) {
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(bytes.slice(0, cut));
          controller.enqueue(bytes.slice(cut));
          controller.close();
        },
      });
      const form = await readForm(post(body, { "content-type": URLENCODED }));
      expect(form.text("name")).toBe("größe");
    }
  });

  test("reads back whatever a browser would send, in both encodings", async () => {
    const fields = fc.array(
      fc.tuple(fc.stringMatching(/^[\w[\].-]{1,20}$/), fc.string({ unit: "grapheme" })),
    );
    await fc.assert(
      fc.asyncProperty(fields, async (pairs) => {
        const data = new FormData();
        for (const [name, value] of pairs) data.append(name, value);
        for (const body of [new URLSearchParams(pairs), data]) {
          const form = await readForm(new Request("http://x.example/", { method: "POST", body }));
          for (const [name] of pairs) {
            const sent = pairs.filter(([other]) => other === name).map(([, value]) => value);
            expect(form.all(name)).toEqual(sent);
          }
        }
      }),
    );
  });
});

describe("readForm behind a real socket", () => {
  /** What the server makes of these bytes, after which the client is gone. */
  async function outcomeOf(sent: string): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    await using server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: async (request) => {
        resolve(await refusalOf(request, 100));
        return new Response();
      },
    });
    const client = connect(server.port ?? 0, "127.0.0.1", () => client.end(sent));
    return await promise;
  }

  const head = `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ${URLENCODED}\r\n`;

  test.each([
    ["a whole form", `${head}Content-Length: 3\r\n\r\na=1`, "none"],
    ["a chunked form", `${head}Transfer-Encoding: chunked\r\n\r\n3\r\na=1\r\n0\r\n\r\n`, "none"],
    ["an empty post", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", "none"],
    ["an announced excess", `${head}Content-Length: 101\r\n\r\na=1`, "too_large"],
    ["a form cut short", `${head}Content-Length: 9\r\n\r\na=1`, "bad_request"],
    ["a chunk cut short", `${head}Transfer-Encoding: chunked\r\n\r\n9\r\na=1`, "bad_request"],
    [
      "a chunked form without its end",
      `${head}Transfer-Encoding: chunked\r\n\r\n3\r\na=1\r\n`,
      "bad_request",
    ],
    [
      "chunks that are none",
      `${head}Transfer-Encoding: chunked\r\n\r\n3\r\na=1\r\nzz\r\n`,
      "bad_request",
    ],
    [
      "a chunked excess",
      `${head}Transfer-Encoding: chunked\r\n\r\n65\r\n${"a".repeat(101)}\r\n`,
      "too_large",
    ],
  ])("%s", async (_, sent, expected) => {
    expect(await outcomeOf(sent)).toBe(expected);
  });
});
