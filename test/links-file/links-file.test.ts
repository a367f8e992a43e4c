import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type FileLink, readLinksFile, writeLinksFile } from "../../src/links-file/links-file.ts";

const strict = (text: string) => readLinksFile(text, { strict: true });
const tolerant = (text: string) => readLinksFile(text, { strict: false });

test("the original's words and ours are read, times as text", () => {
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

test("an empty file has no links, and nothing is wrong with it", () => {
  expect(strict("")).toMatchObject({ links: [], errors: [] });
});

const bad: readonly [what: string, text: string, line: number, says: string][] = [
  ["a syntax error", '[links.a]\nurl = "x', 2, "This is no TOML"],
  ["a code twice", '[links.a]\nurl = "x"\n[links.a]\nurl = "y"', 3, "This is no TOML"],
  ["an unknown word", '[links.a]\nurl = "x"\nurll = "y"', 3, 'no word "urll"'],
  ["an unknown section", '[links.a]\nurl = "x"\n[link.b]\nurl = "y"', 3, 'no word "link"'],
  ["a number for a text", "[links.a]\nurl = 5", 2, '"url" is a text'],
  ["a text for a truth", '[links.a]\ndisabled = "no"', 2, '"disabled" is true or false'],
  ["a fraction", "[links.a]\nredirect_status = 30.1", 2, "is a whole number"],
  ["a time of day", "[links.a]\nexpiration_date = 12:00:00", 2, "is a date and time"],
  ["links that are no table", "links = 5", 1, "Links are tables"],
  ["a link that is no table", "[links]\na = 5", 2, "A link is a table"],
  ["a dotted key", 'links.a.url = "x"\nlinks.a.no = 1', 2, 'no word "no"'],
  ["an inline table", '[links]\n\na = { url = "x", no = 1 }', 3, 'no word "no"'],
  ["quoted keys", '[links."a b"]\n"no" = 1', 2, 'no word "no"'],
  [
    "what looks like a table inside of a text",
    '[links.a]\ncontent = """\n[links.b]\nno = 1\n"""\n[links.b]\nno = 1',
    7,
    'no word "no"',
  ],
  ["a control character", '[links.a]\nurl = "\u0000"', 2, "This is no TOML"],
];

describe("what is wrong is told with its line", () => {
  test.each(bad)("%s", (_, text, line, says) => {
    const { errors } = strict(text);
    expect(errors).toEqual([expect.objectContaining({ line })]);
    expect(errors[0]?.message).toContain(says);
  });
});

test("read tolerantly, unknown words are passed over and what is wrong leaves the rest", () => {
  const { links, errors } = tolerant('x = 1\n[links.a]\nurl = "u"\nfoo = 1\ntitle = 5\n');
  expect(links).toEqual([{ shortCode: "a", url: "u" }]);
  expect(errors).toEqual([{ line: 5, column: 1, shortCode: "a", message: '"title" is a text.' }]);
});

test("what is written is read again as it was", () => {
  const text = fc.string({ unit: "grapheme" }).map((each) => each.toWellFormed());
  const link = fc.record(
    {
      shortCode: fc
        .stringMatching(/^[\p{L}\p{N}_-]{1,50}$/u)
        .filter((code) => code !== "__proto__"),
      type: text,
      url: text,
      content: fc.array(text).map((lines) => lines.join("\"\n'\\\t\u007f\u0001")),
      note: text,
      expiration_date: text,
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
