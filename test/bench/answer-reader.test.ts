import { describe, expect, test } from "bun:test";
import { AnswerReader } from "../../bench/load/answer-reader.ts";

const head = (status: number, ...lines: string[]) =>
  [`HTTP/1.1 ${status} Word`, ...lines, "", ""].join("\r\n");

const answers: readonly { name: string; text: string; status: number }[] = [
  { name: "without a body", text: head(302, "Location: /a", "Content-Length: 0"), status: 302 },
  { name: "with a length", text: `${head(200, "content-length: 5")}12345`, status: 200 },
  {
    name: "in chunks",
    text: `${head(200, "Transfer-Encoding: chunked")}3\r\nabc\r\n0\r\n\r\n`,
    status: 200,
  },
  { name: "with nothing, whatever it says", text: head(304, "Content-Length: 100"), status: 304 },
];

describe("an answer is read to its end", () => {
  for (const { name, text, status } of answers) {
    test(`${name}, at once`, () => {
      expect(new AnswerReader().take(Buffer.from(text))).toBe(status);
    });

    test(`${name}, byte by byte`, () => {
      const reader = new AnswerReader();
      const taken = [...Buffer.from(text)].map((byte) => reader.take(Buffer.from([byte])));
      expect(taken.slice(0, -1).every((one) => one === null)).toBe(true);
      expect(taken.at(-1)).toBe(status);
    });

    test(`${name}, after another one`, () => {
      const reader = new AnswerReader();
      for (const first of answers) reader.take(Buffer.from(first.text));
      expect(reader.take(Buffer.from(text))).toBe(status);
    });
  }

  test("a body may look like the end of a chunk", () => {
    const reader = new AnswerReader();
    const text = `${head(200, "Content-Length: 12")}0\r\n\r\n`;
    expect(reader.take(Buffer.from(text))).toBeNull();
    expect(reader.take(Buffer.from("1234567"))).toBe(200);
  });
});
