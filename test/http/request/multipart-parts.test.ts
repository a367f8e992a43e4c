import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { splitArrived, splitParts } from "../../../src/http/request/multipart-parts.ts";
import { parsePartHead } from "../../../src/http/request/part-head.ts";
import { failureOf } from "../../failure.ts";

interface Read {
  readonly name: string;
  readonly text: string;
}

async function* cutAt(body: Buffer, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const ends = [...cuts.filter((cut) => cut < body.length), body.length].toSorted((a, b) => a - b);
  let from = 0;
  for (const end of ends) {
    yield Buffer.from(body.subarray(from, end));
    from = end;
  }
}

async function readAll(body: string, cuts: readonly number[] = [], skips = false): Promise<Read[]> {
  const read: Read[] = [];
  for await (const { name, bytes } of splitParts(cutAt(Buffer.from(body), cuts), "cut")) {
    if (skips) continue;
    const chunks: Uint8Array[] = [];
    for await (const chunk of bytes) chunks.push(Buffer.from(chunk));
    read.push({ name, text: Buffer.concat(chunks).toString() });
  }
  return read;
}

/** The same of a body that has arrived. */
function readArrived(body: string): Read[] {
  return [...splitArrived(Buffer.from(body), "cut")].map(({ name, bytes }) => ({
    name,
    text: Buffer.from(bytes).toString(),
  }));
}

const part = ({ name, text }: Read) =>
  `--cut\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`;

/** Texts of what a boundary is made of. */
const texts = fc
  .array(fc.constantFrom("\r\n", "\r", "\n", "--", "-", "--cut", "cut", "\r\n--cu", "a", "\u00fc"))
  .map((pieces) => pieces.join(""))
  .filter((text) => !`\r\n${text}\r\n`.match(/\r\n--cut(?:--|\r\n)/));

test("joins what was cut anywhere, whatever looks like a boundary", async () => {
  const parts = fc.array(fc.record({ name: fc.constantFrom("a", "b"), text: texts }));
  await fc.assert(
    fc.asyncProperty(parts, fc.array(fc.nat(300)), async (all, cuts) => {
      const body = `${all.map(part).join("")}--cut--\r\n`;
      expect(await readAll(body, cuts)).toEqual(all);
      expect(await readAll(`before\r\n${body}after`, cuts)).toEqual(all);
      expect(await readAll(body, cuts, true)).toEqual([]);
      expect(readArrived(body)).toEqual(all);
      expect(readArrived(`before\r\n${body}after`)).toEqual(all);
    }),
    { numRuns: 500 },
  );
});

test("reads what has arrived as it reads what arrives, whatever it is", async () => {
  const [head, more] = ["--cut\r\nContent-Disposition: form-data; name=a\r\n\r\n", "\r\nX: 1"];
  const pieces = fc.constantFrom(head, more, "--cut", "--cut--", "--", "\r\n", "\r", "\n", "a", "");
  await fc.assert(
    fc.asyncProperty(fc.array(pieces), async (all) => {
      const body = all.join("");
      const arriving = await readAll(body).catch(() => "refused");
      const arrived = await Promise.try(() => readArrived(body)).catch(() => "refused");
      expect(arrived).toEqual(arriving);
    }),
    { numRuns: 2000 },
  );
});

test("takes a body byte by byte", async () => {
  const all = [
    { name: "a", text: "\r\n--cu" },
    { name: "b", text: "" },
  ];
  const body = `${all.map(part).join("")}--cut--`;
  expect(await readAll(body, [...body].keys().toArray())).toEqual(all);
});

describe("refuses as bad_request", () => {
  test.each([
    ["a head that does not end", `--cut\r\nContent-Disposition: ${"a".repeat(20_000)}`],
    ["a head that is too long", part({ name: "a".repeat(20_000), text: "" })],
    ["a line that is no header", "--cut\r\nno header\r\n\r\n1\r\n--cut--"],
    [
      "a body that ends within a part",
      '--cut\r\nContent-Disposition: form-data; name="a"\r\n\r\n1',
    ],
    ["an empty body", ""],
  ])("%s", async (_, body) => {
    expect(await failureOf(readAll(body))).toMatchObject({ code: "bad_request" });
    expect(await failureOf(Promise.try(() => readArrived(body)))).toMatchObject({
      code: "bad_request",
    });
  });
});

describe("parsePartHead", () => {
  const parse = (disposition: string) =>
    parsePartHead(`Content-Disposition: form-data; ${disposition}`);

  test.each([
    ["name=a; filename=b", { name: "a", fileName: "b", isFile: true }],
    ['name="a;b"; filename="c=\\"d\\""', { name: "a;b", fileName: 'c="d"' }],
    ['filename="C:\\dir\\x.txt"; NAME="a"', { name: "a", fileName: "C:\\dir\\x.txt" }],
    ["name=a; filename=x; filename*=iso-8859-1'en'%DC.txt", { fileName: "\u00dc.txt" }],
    ["name=a; filename=x; filename*=none''%DC.txt", { fileName: "x" }],
    ['name=a; filename=""', { fileName: "", isFile: false }],
    ["x=y", { name: "" }],
    ["name=__proto__", { name: "__proto__" }],
  ])("reads %s", (disposition, expected) => {
    expect(parse(disposition)).toMatchObject(expected);
  });

  test("joins folded lines, and takes the first of a repeated header", () => {
    const head =
      'content-DISPOSITION: form-data;\r\n name="a"\r\nContent-Disposition: form-data; name=b';
    expect(parsePartHead(head)).toMatchObject({ name: "a", isFile: false, charset: "utf-8" });
  });

  test("leaves out what is no field of a form", () => {
    expect(parsePartHead('Content-Disposition: attachment; name="a"')).toBeNull();
    expect(parsePartHead("")).toBeNull();
  });

  test.each(['name="', ';a="\\', "; a=b", '\\";a='])(
    "takes linear time for %p again and again",
    (text) => {
      expect(() => parse(text.repeat(16_384 / text.length))).not.toThrow();
    },
  );
});
