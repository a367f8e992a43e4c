import { describe, expect, test } from "bun:test";
import { type CsvRow, openCsv } from "../../../src/links/csv/csv-rows.ts";
import { MAX_ROW } from "../../../src/links/csv/row-splitter.ts";
import { chunked } from "./chunked.ts";

async function rowsOf(csv: string | Uint8Array, size?: number) {
  const file = await openCsv(chunked(Buffer.from(csv), size));
  return (await Array.fromAsync(file.rows(false))).flat();
}

const utf16 = (csv: string) => Buffer.from(`\ufeff${csv}`, "utf16le");

describe("reads the rows of a CSV file", () => {
  test.each<[what: string, csv: string | Uint8Array, rows: string[][]]>([
    [
      "commas",
      "a,b\r\nc,d\r\n",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "semicolons",
      "a;b\nc;d,e",
      [
        ["a", "b"],
        ["c", "d,e"],
      ],
    ],
    [
      "tabs",
      "a\tb\nc\t",
      [
        ["a", "b"],
        ["c", ""],
      ],
    ],
    [
      "returns alone",
      "a,b\rc,d\r",
      [
        ["a", "b"],
        ["c", "d"],
      ],
    ],
    [
      "quotes over lines",
      'a,b\n"1\n2","3""4"\n',
      [
        ["a", "b"],
        ["1\n2", '3"4'],
      ],
    ],
    [
      "quotes over lines of both ends",
      'a,b\r\n"1\r\n,2",3\r\n',
      [
        ["a", "b"],
        ["1\r\n,2", "3"],
      ],
    ],
    [
      "a quote within a cell",
      'a,b\n5" pipe,x\n',
      [
        ["a", "b"],
        ['5" pipe', "x"],
      ],
    ],
    [
      "text after a quote",
      'a,b\n"5"6,x\n',
      [
        ["a", "b"],
        ["56", "x"],
      ],
    ],
    [
      "empty cells and lines",
      "\n\na,b,c\n\n,,\n",
      [
        ["a", "b", "c"],
        ["", "", ""],
      ],
    ],
    ["a byte order mark", "\ufeffa,b\n", [["a", "b"]]],
    [
      "UTF-16 little-endian",
      utf16("a;ü😀\r\nc;d"),
      [
        ["a", "ü😀"],
        ["c", "d"],
      ],
    ],
    [
      "UTF-16 big-endian",
      utf16("a;ü😀\r\nc;d").swap16(),
      [
        ["a", "ü😀"],
        ["c", "d"],
      ],
    ],
    ["nothing", "", []],
    ["white space", " \n\n", []],
  ])("%s", async (_, csv, rows) => {
    for (const size of [1, 7, 1000])
      expect((await rowsOf(csv, size)).map(({ cells }) => [...cells])).toEqual(rows);
  });

  test("says on which line a row begins", async () => {
    const rows = await rowsOf('\r\na\r\n"1\r\n\r\n2"\r\nb');
    expect(rows.map(({ line }) => line)).toEqual([2, 3, 6]);
  });

  test.each<[what: string, csv: string, rows: [number, number, CsvRow["fault"]][]]>([
    ["to the end", 'a,b\n1,"2\n3,4\n5,6', [[2, 4, "unclosed"]]],
    [
      "to the next quote",
      'a,b\n1,"2\n3,"4"\n5,6',
      [
        [2, 3, "unclosed"],
        [4, 4, null],
      ],
    ],
    [
      "over too many lines",
      `a,b\n1,"2\n${"3,4\n".repeat(30_000)}`,
      [
        [2, 25_002, "unclosed"],
        [25_003, 25_003, null],
      ],
    ],
    [
      "in a line that is too long",
      `a,b\n${"1".repeat(MAX_ROW + 2)},2\n3,4`,
      [
        [2, 2, "too_long"],
        [3, 3, null],
      ],
    ],
  ])("a quote that nothing closes, %s", async (_, csv, rows) => {
    const [, ...read] = await rowsOf(csv, 1000);
    const named = read.map(({ line, last, fault }) => [line, last, fault] as const);
    expect(named.slice(0, 2)).toEqual(rows);
  });
});
