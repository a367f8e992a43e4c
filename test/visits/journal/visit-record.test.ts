/** Records in a segment: what was written whole is read, and nothing else. */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import fc from "fast-check";
import {
  createSegment,
  HEAD_BYTES,
  openSegment,
  SEGMENT_BYTES,
  type Segment,
} from "../../../src/visits/journal/segment.ts";
import {
  beginning,
  type Cursor,
  fillIn,
  noDetails,
  type RecordDetails,
  RecordWriter,
  readRecords,
  skipRecords,
} from "../../../src/visits/journal/visit-record.ts";
import { useFolders } from "./journal-folder.ts";

const newFolder = useFolders();
const newSegment = () => createSegment(join(newFolder(), "a.visits"));

type Row = [linkId: number, at: number, code: number, host: string, details?: RecordDetails];

const hostOfLength = (length: number) => "abcdefghij".repeat(26).slice(0, length);
const append = (writer: RecordWriter, [linkId, at, code, texts, details]: Row) => {
  const [host = "", language = "", ...campaign] = texts.split("\0");
  const parts = {
    host: Buffer.from(host),
    language: Buffer.from(language),
    campaign: Buffer.from(campaign.join("\0")),
  };
  const unit = writer.append(linkId, at, code, parts, details !== undefined);
  if (unit >= 0 && details !== undefined) fillIn({ segment: writer.segment, unit }, details);
  return unit >= 0;
};

function readAll(segment: Segment, from: Cursor = beginning, limit = Infinity): Row[] {
  const rows: Row[] = [];
  readRecords(segment, from, { limit, waits: true }, (linkId, at, code, host, details) => {
    rows.push(
      details === noDetails ? [linkId, at, code, host] : [linkId, at, code, host, { ...details }],
    );
  });
  return rows;
}

function write(segment: Segment, rows: readonly Row[]): RecordWriter {
  const writer = new RecordWriter(segment);
  for (const row of rows) expect(append(writer, row)).toBe(true);
  return writer;
}

const rows = (count: number): Row[] =>
  Array.from({ length: count }, (_, at) => [at + 1, 1_000_000 + at, at & 0xffffff, ""]);

test("reads hosts of every length", () => {
  const written = Array.from(
    { length: 254 },
    (_, length): Row => [2 ** 40 + length, 1.7e12 + length, 0xffffff, hostOfLength(length)],
  );
  const segment = newSegment();
  write(segment, written);
  expect(readAll(segment)).toEqual(written);
});

test("reads details of records, among those that have none", () => {
  const details = { visitor: 0xffee_ddcc_bbaa, country: "DE" };
  const written: Row[] = [
    [1, 2, 0xffffff, "a.example"],
    [2, 3, 0, "", details],
    [3, 4, 1, hostOfLength(253), { visitor: 0, country: "" }],
    [4, 5, 2, ""],
    [5, 6, 3, "a.example\0de-AT", details],
    [6, 7, 4, "\0\0\0mail\0Frühling ☀", details],
    [7, 8, 5, "\0fr"],
  ];
  const segment = newSegment();
  write(segment, written);
  expect(readAll(segment)).toEqual(written);
  expect(skipRecords(segment, 3).count).toBe(3);
});

test("waits for open details while their process runs, and no longer", () => {
  const segment = newSegment();
  const writer = new RecordWriter(segment);
  const nothing = Buffer.from("");
  const texts = { host: nothing, language: nothing, campaign: nothing };
  const unit = writer.append(1, 2, 0, texts, true);
  append(writer, [2, 3, 0, "after.example"]);
  expect(readAll(segment)).toEqual([]);
  const count = (waits: boolean) =>
    readRecords(segment, beginning, { limit: 9, waits }, () => {}).count;
  expect([count(true), count(false)]).toEqual([0, 2]);
  fillIn({ segment, unit });
  expect(count(true)).toBe(2);
});

test("keeps texts of the greatest length", () => {
  const most = [hostOfLength(253), "sr-Latn-RS", ..."abc"].map((text, at) =>
    at < 2 ? text : "☀".repeat(64),
  );
  const written: Row[] = [[1, 2, 0, most.join("\0"), { visitor: 12, country: "RS" }]];
  const segment = newSegment();
  write(segment, written);
  expect(readAll(segment)).toEqual(written);
});

test("reads a segment of the first layout", () => {
  const path = join(newFolder(), "old.visits");
  const segment = createSegment(path);
  write(segment, rows(3));
  segment.words[0] = 0x54385631;
  expect(readAll(openSegment(path) as Segment)).toHaveLength(3);
});

describe("an incomplete record", () => {
  // The sequences 1, 256 and 257 have different numbers of bytes that are zero.
  test.each([0, 1, 255, 256, 300])("is not read, cut at any byte, after %p others", (before) => {
    const segment = newSegment();
    const writer = write(segment, rows(before));
    const { unit } = skipRecords(segment, before);
    const empty = new Uint8Array(segment.bytes);
    append(writer, [77, 1_700_000_000_000, 0x010203, hostOfLength(21)]);
    const full = new Uint8Array(segment.bytes);
    const from = unit * 8;
    // As it is written: all behind the sequence first, the sequence last.
    const order = [...range(from + 4, from + 24 + 24), ...range(from, from + 4)];
    segment.bytes.set(empty);
    expect(readAll(segment)).toHaveLength(before);
    for (const at of order) {
      segment.bytes[at] = full[at] ?? 0;
      const isWhole = Buffer.compare(segment.bytes, full) === 0;
      expect(readAll(segment)).toHaveLength(isWhole ? before + 1 : before);
    }
    expect(readAll(segment)).toHaveLength(before + 1);
  });

  test("with an impossible length ends reading", () => {
    const segment = newSegment();
    write(segment, rows(3));
    const { unit } = skipRecords(segment, 3);
    segment.words[unit * 2] = 5; // not the next number
    expect(readAll(segment)).toHaveLength(3);
    segment.words[unit * 2] = 4; // of no length
    expect(readAll(segment)).toHaveLength(3);
    segment.words[unit * 2 + 1] = 2; // shorter than any
    expect(readAll(segment)).toHaveLength(3);
  });

  test("longer than its segment is not read", () => {
    const segment = newSegment();
    const writer = new RecordWriter(segment);
    while (append(writer, [1, 1, 1, ""]));
    const last = readAll(segment).length;
    const { unit } = skipRecords(segment, last - 1);
    segment.words[unit * 2 + 1] = 0xff;
    expect(readAll(segment)).toHaveLength(last - 1);
  });
});

test("a full segment refuses records and keeps all others", () => {
  const anyRow = fc.tuple(
    fc.integer({ min: 1, max: 2 ** 52 }),
    fc.integer({ min: 0, max: 2 ** 52 }),
    fc.integer({ min: 0, max: 0xffffff }),
    fc.integer({ min: 0, max: 253 }).map(hostOfLength),
  );
  const property = fc.property(fc.array(anyRow, { minLength: 1, maxLength: 40 }), (some) => {
    const segment = newSegment();
    const writer = new RecordWriter(segment);
    const taken: Row[] = [];
    for (let at = 0; ; at++) {
      const row = some[at % some.length] ?? [0, 0, 0, ""];
      if (!append(writer, row)) break;
      taken.push(row);
    }
    expect(readAll(segment)).toEqual(taken);
    const part = skipRecords(segment, taken.length >> 1);
    expect(part.count).toBe(taken.length >> 1);
    expect(readAll(segment, part, 10)).toEqual(taken.slice(part.count, part.count + 10));
  });
  fc.assert(property, { numRuns: 15 });
});

describe("a file that is not a segment", () => {
  const bad: Readonly<Record<string, Uint8Array>> = {
    "an empty file": new Uint8Array(0),
    "a short one": new Uint8Array(HEAD_BYTES),
    "zeros of a segment's size": new Uint8Array(SEGMENT_BYTES),
    "another program's": new Uint8Array(SEGMENT_BYTES).fill(7),
  };
  test.each(Object.keys(bad))("is skipped: %s", async (name) => {
    const path = join(newFolder(), "a.visits");
    await Bun.write(path, bad[name] ?? "");
    expect(openSegment(path)).toBeNull();
  });

  test("is skipped when it is gone", () => {
    expect(openSegment(join(newFolder(), "gone.visits"))).toBeNull();
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, at) => from + at);
}
