import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { cleanFileName, extensionOf, requireAllowedName } from "../../src/files/file-name.ts";
import { text } from "../../src/files/text.en.ts";
import { toProblem } from "../../src/problem.ts";

test("keeps both parts of an archive's extension in a name that is cut", () => {
  const cut = cleanFileName(`${"\u00fc".repeat(300)}.tar.gz`);
  expect(cut).toEndWith(".tar.gz");
  expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(255);
  expect(cleanFileName(`${"a".repeat(300)}.v1.gz`)).toEndWith("a.gz");
});

describe("cleanFileName", () => {
  test.each([
    ["report.pdf", "report.pdf"],
    ["größe 日本.txt", "größe 日本.txt"],
    ["gro\u0308\u00dfe.txt", "größe.txt"], // brought to one form
    ["👩‍👩‍👧.png", "👩‍👩‍👧.png"],
    ["../../x", "x"],
    ["..%2f", "%2f"],
    ["%252e%252e", "%252e%252e"],
    ["\\..\\", "file"],
    ["C:\\dir\\x.txt", "x.txt"],
    ["/etc/passwd", "passwd"],
    ["a\0b.txt", "ab.txt"],
    [".\0./x", "x"],
    ["CON", "CON"],
    [".htaccess", "htaccess"],
    ["...", "file"],
    ["x. .", "x"],
    ["", "file"],
    ["  ", "file"],
    ["/", "file"],
    ["evil\u202egnp.exe", "evilgnp.exe"],
    ["\u200e\u200f\u061ca\u2066b\u2069", "ab"],
    ['a"b;c.txt', 'a"b;c.txt'],
    ["a\r\nSet-Cookie: x.txt", "aSet-Cookie: x.txt"],
    ["a\u2028b", "ab"],
    ["\ud800x", "\ufffdx"],
    ["$(id);`id`", "$(id);`id`"],
    ["-rf", "-rf"],
  ])("%p is kept as %p", (given, kept) => {
    expect(cleanFileName(given)).toBe(kept);
  });

  test.each([
    ["a".repeat(4096), "a".repeat(255)],
    [`${"a".repeat(4096)}.tar.gz`, `${"a".repeat(248)}.tar.gz`],
    [`${"ü".repeat(200)}.txt`, `${"ü".repeat(125)}.txt`],
    [`x${"👩‍👩‍👧".repeat(20)}`, `x${"👩‍👩‍👧".repeat(14)}`],
    [`a${"\u0301".repeat(4096)}.txt`, "file.txt"],
    [`${"a ".repeat(300)}.txt`, `${"a ".repeat(125)}a.txt`],
  ])("of too many bytes is cut between characters, its extension kept", (given, kept) => {
    expect(cleanFileName(given)).toBe(kept);
  });

  test.each([
    [`a${" ".repeat(1_000_000)}b.txt`, "a.txt"],
    [`${".".repeat(1_000_000)}b.txt`, "b.txt"],
    [`${"a/".repeat(1_000_000)}b.txt`, "b.txt"],
  ])("looks at the beginning and the end of a name of a million characters", (given, kept) => {
    expect(cleanFileName(given).replaceAll(" ", "")).toBe(kept);
  });

  test("returns one line without path of at most 255 bytes for any input", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 600 }), (given) => {
        const name = cleanFileName(given);
        expect(name).not.toMatch(/[/\\\p{Cc}\u202a-\u202e\u2066-\u2069]|^\.|^\s|\s$|^$/u);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
        expect(cleanFileName(name)).toBe(name);
      }),
    );
  });
});

describe("extensionOf", () => {
  test.each([
    ["a.PDF", "pdf"],
    ["a.tar.gz", "gz"],
    ["a", ""],
    ["a.", ""],
    ["a.ä", ""],
    ["a.b c", ""],
    ["a.toolongforone", ""],
    ["a.7z", "7z"],
  ])("of %p is %p", (name, extension) => {
    expect(extensionOf(name)).toBe(extension);
  });

  test.each([
    ["a.pdf", ["pdf"], "allowed"],
    ["a.PDF", ["pdf"], "allowed"],
    ["a.exe", ["pdf"], text.notAllowed("exe", "pdf")],
    ["a", ["pdf", "zip"], text.noExtension("pdf, zip")],
    ["a.exe", ["*"], "allowed"],
  ])("of %p where %p may be: %s", (name, allowed, outcome) => {
    const check = () => requireAllowedName(name, allowed, "file");
    if (outcome === "allowed") expect(check).not.toThrow();
    else expect(toProblem(thrownBy(check)).fields).toEqual({ file: outcome });
  });
});

function thrownBy(work: () => void): unknown {
  try {
    work();
    return undefined;
  } catch (thrown) {
    return thrown;
  }
}
