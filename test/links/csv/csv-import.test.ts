import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { csvRows, decodeCsv } from "../../../src/links/csv/csv-rows.ts";
import { inputContext } from "../../../src/links/input/link-schema.ts";
import { text } from "../../../src/links/text.en.ts";
import { operator } from "../../../src/policy.ts";
import { failureOf } from "../../failure.ts";
import { openTestApp, type World } from "../../world.ts";

const cellsOf = (csv: string) => [...csvRows(csv)].map(({ cells }) => cells);

describe("reads the rows of a CSV file", () => {
  test.each<[what: string, csv: string, rows: string[][]]>([
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
      "quotes over lines",
      'a,b\n"1\n2","3""4"\n',
      [
        ["a", "b"],
        ["1\n2", '3"4'],
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
    ["a quote that nothing closes", 'a,b\n"1,2\n', [["a", "b"], ["1,2\n"]]],
    [
      "empty cells and lines",
      "a,b,c\n\n,,\n",
      [
        ["a", "b", "c"],
        ["", "", ""],
      ],
    ],
    ["nothing", "", []],
  ])("%s", (_, csv, rows) => {
    expect(cellsOf(csv)).toEqual(rows);
  });

  test("says on which line a row begins", () => {
    expect([...csvRows('a\r\n"1\r\n2"\r\nb')].map(({ line }) => line)).toEqual([1, 2, 4]);
  });

  test.each([
    ["utf-8 with a mark", [0xef, 0xbb, 0xbf, 0x61]],
    ["utf-16le", [0xff, 0xfe, 0x61, 0]],
    ["utf-16be", [0xfe, 0xff, 0, 0x61]],
  ])("%s", (_, bytes) => {
    expect(decodeCsv(new Uint8Array(bytes))).toBe("a");
  });
});

describe("links from a CSV file", () => {
  let world: World;
  beforeAll(async () => {
    world = await openTestApp();
  });
  afterAll(() => world.close());

  const owner = () => world.people.alice.id;
  const read = (csv: string) => world.app.links.csv.read(csv, owner(), inputContext(world.app, []));

  test("have what the columns say, and come back from an export", async () => {
    const csv = `tags;Title;URL;Short_Code;unknown\nx, y;'=1+1;https://example.com/;c1;?\n`;
    const { links, faults } = await read(csv);
    expect(faults).toEqual([]);
    expect(await world.app.links.csv.add(operator, owner(), links)).toEqual([]);
    const link = await world.app.links.get(operator, "c1");
    expect(link).toMatchObject({ title: "=1+1", tags: ["x", "y"], ownerId: owner() });
    const pieces = world.app.links.exportCsv(operator, { ownerId: owner() });
    const exported = (await Array.fromAsync(pieces)).join("");
    const again = await read(exported.replaceAll("c1", "c2"));
    expect(again.faults).toEqual([]);
    expect(again.links[0]?.input).toMatchObject({ shortCode: "c2", title: "=1+1" });
  });

  test("a list of addresses needs no heading", async () => {
    const { links, faults } = await read("https://example.com/a\nhttps://example.com/b?x=1,2\n");
    expect(faults).toEqual([]);
    expect(links.map(({ input }) => input.target as string)).toEqual([
      "https://example.com/a",
      "https://example.com/b?x=1,2",
    ]);
  });

  test("wrong rows are named by their lines", async () => {
    const { links, faults } = await read(
      [
        "url,short_code,expires_at,starts_at,kind",
        "https://example.com/,d1,,,",
        "https://example.com/,d1,,,",
        "javascript:alert(1),,,,",
        "https://example.com/,,2001-01-01,,",
        "https://example.com/,,2w,3w,",
        "https://example.com/,,,,file",
        ",,,,",
      ].join("\n"),
    );
    expect(links.map(({ line }) => line)).toEqual([2]);
    expect(faults.map(({ line }) => line)).toEqual([3, 4, 5, 6, 7, 8]);
    expect(faults[0]?.message).toBe(`short_code: ${text.shortCode.taken("d1")}`);
  });

  test("a file without destinations, or with too many rows, is refused", async () => {
    const fields = { file: text.csv.noDestination };
    expect(await failureOf(read("title,note\nx,y\n"))).toMatchObject({ fields });
    const rows = "https://example.com/\n".repeat(100_002);
    expect(await failureOf(read(rows))).toMatchObject({
      fields: { file: text.csv.tooMany(100_000) },
    });
  });
});
