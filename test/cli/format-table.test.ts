import { describe, expect, test } from "bun:test";
import { formatPairs, formatRows, formatTable, type Row } from "../../src/cli/format-table.ts";
import { leaveOutColors } from "../../src/cli/screen.ts";

// Also where the tests run at a terminal.
leaveOutColors();

const columns = [{ head: "Code" }, { head: "Visits", align: "right" as const }, { head: "To" }];

describe("a table", () => {
  test("is as wide as its cells, and cuts the last column to the screen", () => {
    const rows = [
      ["a", "1,234", "https://example.com/a/b"],
      ["long-code", "5", "x"],
    ];
    expect(formatTable(columns, rows, 34)).toBe(
      [
        "Code       Visits  To",
        "a           1,234  https://exampl\u2026",
        "long-code       5  x",
      ].join("\n"),
    );
    expect(formatTable(columns, rows, Number.POSITIVE_INFINITY)).toContain(rows[0]?.[2] ?? "");
  });

  test("measures wide, combining and joined characters as a terminal does", () => {
    const rows = [
      ["\u6771\u4eac", "1", "\u{1f468}\u200d\u{1f469}\u200d\u{1f467} family of a certain size"],
      ["e\u0301", "1", "x"],
    ];
    const lines = formatTable(columns, rows, 30).split("\n");
    expect(lines.every((line) => Bun.stringWidth(line) <= 30)).toBe(true);
    expect(lines[2]).toBe("e\u0301          1  x");
  });

  test("lets no cell control the terminal", () => {
    const cell = "a\u001b[2Jb\u0007\u009bc\n\u202ed";
    expect(formatTable([{ head: "To" }], [[cell]], 80)).toBe(
      "To\na\ufffd[2Jb\ufffd\ufffdc\ufffd\ufffdd",
    );
  });

  test("leaves out optional columns, the last first, where the screen is narrow", () => {
    const optional = columns.toSpliced(1, 0, { head: "Owner", isOptional: true } as never);
    const rows = [["long-code", "admin", "1,234", "https://example.com/"]];
    expect(formatTable(optional, rows, 38).split("\n")).toEqual([
      "Code       Owner  Visits  To",
      "long-code  admin   1,234  https://exa\u2026",
    ]);
    expect(formatTable(optional, rows, 37).split("\n")).toEqual([
      "Code       Visits  To",
      "long-code   1,234  https://example.c\u2026",
    ]);
  });

  test("leaves something of the last column on the narrowest screen", () => {
    expect(
      formatTable(columns, [["long-code-of-mine", "1", "https://example.com/"]], 10),
    ).toContain("https://exa\u2026");
  });
});

test("rows that arrive one by one keep the widths of the first", async () => {
  async function* rows(): AsyncGenerator<Row> {
    yield* [["abc"], ["d"], ["longer"]].map(([code = ""]) => [code, "1", "x"]);
  }
  const options = { width: 80, sampleSize: 2 };
  expect(await Array.fromAsync(formatRows(columns, rows(), options))).toEqual([
    "Code  Visits  To",
    "abc        1  x",
    "d          1  x",
    "longer       1  x",
  ]);
  const few = await Array.fromAsync(formatRows(columns, rows(), { ...options, sampleSize: 9 }));
  expect(few[3]).toBe("longer       1  x");
  async function* none(): AsyncGenerator<Row> {}
  expect(await Array.fromAsync(formatRows(columns, none(), options))).toEqual([]);
});

test("descriptions are wrapped under themselves", () => {
  const pairs = [
    ["a", "one two three four"],
    ["long", "five"],
  ] as const;
  expect(formatPairs(pairs, 22)).toBe("  a     one two three\n        four\n  long  five");
});
