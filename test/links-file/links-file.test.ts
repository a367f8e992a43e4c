import { expect, test } from "bun:test";
import fc from "fast-check";
import { type FileLink, readLinksFile, writeLinksFile } from "../../src/links-file/links-file.ts";
import { text } from "../../src/links-file/text.en.ts";

const strict = (toml: string) => readLinksFile(toml, { strict: true });
const tolerant = (toml: string) => readLinksFile(toml, { strict: false });

test("reads the keys of the Python Trunk8 and ours, times as text", () => {
  const { links, errors } = strict(`
[links.docs]
type = "redirect"
url = "https://docs.example"
expiration_date = 2030-01-02T03:04:05Z
redirect_status = 301
disabled = true

[links."\u00fcber"]
type = "file"
path = "report.pdf"
file_size = 12
upload_date = "2024-01-01T00:00:00"
`);
  expect(errors).toEqual([]);
  expect(links).toEqual([
    {
      shortCode: "docs",
      type: "redirect",
      url: "https://docs.example",
      expiration_date: "2030-01-02T03:04:05.000Z",
      redirect_status: 301,
      disabled: true,
    },
    {
      shortCode: "\u00fcber",
      type: "file",
      path: "report.pdf",
      file_size: 12,
      upload_date: "2024-01-01T00:00:00",
    },
  ]);
});

test("reads an empty file without errors", () => {
  expect(strict("")).toMatchObject({ links: [], errors: [] });
});

const { unknown, wrongType, notLinks, notLink } = text.keys;

const bad: readonly [what: string, toml: string, line: number, message: string][] = [
  ["a syntax error", '[links.a]\nurl = "x', 2, text.file.notToml("")],
  ["a duplicate code", '[links.a]\nurl = "x"\n[links.a]\nurl = "y"', 3, text.file.notToml("")],
  ["an unknown key", '[links.a]\nurl = "x"\nurll = "y"', 3, unknown("urll")],
  ["an unknown section", '[links.a]\nurl = "x"\n[link.b]\nurl = "y"', 3, unknown("link")],
  ["a number for a text", "[links.a]\nurl = 5", 2, wrongType.text("url")],
  ["a text for a boolean", '[links.a]\ndisabled = "no"', 2, wrongType.truth("disabled")],
  ["a fraction", "[links.a]\nredirect_status = 30.1", 2, wrongType.number("redirect_status")],
  ["a time of day", "[links.a]\nexpiration_date = 12:00:00", 2, wrongType.time("expiration_date")],
  ["links that are not a table", "links = 5", 1, notLinks],
  ["a link that is not a table", "[links]\na = 5", 2, notLink],
  ["a dotted key", 'links.a.url = "x"\nlinks.a.no = 1', 2, unknown("no")],
  ["an inline table", '[links]\n\na = { url = "x", no = 1 }', 3, unknown("no")],
  ["quoted keys", '[links."a b"]\n"no" = 1', 2, unknown("no")],
  [
    "what looks like a table in a multi-line string",
    '[links.a]\ncontent = """\n[links.b]\nno = 1\n"""\n[links.b]\nno = 1',
    7,
    unknown("no"),
  ],
  ["a control character", '[links.a]\nurl = "\u0000"', 2, text.file.notToml("")],
];

test.each(bad)("reports %s with its line", (_, toml, line, message) => {
  const { errors } = strict(toml);
  expect(errors).toEqual([expect.objectContaining({ line })]);
  expect(errors[0]?.message).toStartWith(message.replace(/ \.$/, ""));
});

test("ignores unknown keys unless strict, and keeps the rest of a link with an error", () => {
  const { links, errors } = tolerant('x = 1\n[links.a]\nurl = "u"\nfoo = 1\ntitle = 5\n');
  expect(links).toEqual([{ shortCode: "a", url: "u" }]);
  expect(errors).toEqual([
    { line: 5, column: 1, shortCode: "a", message: text.keys.wrongType.text("title") },
  ]);
});

test("reads back what it writes", () => {
  const string = fc.string({ unit: "grapheme" }).map((each) => each.toWellFormed());
  const link = fc.record(
    {
      shortCode: fc
        .stringMatching(/^[\p{L}\p{N}_-]{1,50}$/u)
        .filter((code) => code !== "__proto__"),
      type: string,
      url: string,
      content: fc.array(string).map((lines) => lines.join("\"\n'\\\t\u007f\u0001")),
      note: string,
      tags: fc.array(string),
      expiration_date: string,
      redirect_status: fc.integer(),
      inline: fc.boolean(),
    },
    { requiredKeys: ["shortCode"] },
  );
  const unique = fc.uniqueArray(link, { selector: ({ shortCode }) => shortCode });
  fc.assert(
    fc.property(unique, (links) => {
      const read = strict(writeLinksFile(links as FileLink[]));
      expect(read.errors).toEqual([]);
      expect([...read.links].sort(byCode)).toEqual(([...links] as FileLink[]).sort(byCode));
    }),
  );
});

function byCode(a: FileLink, b: FileLink): number {
  return a.shortCode < b.shortCode ? -1 : 1;
}
