/** Zips as HTML pages of several files: what becomes of good ones, and of hostile ones. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { openSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { takeContent } from "../../../src/archive/site/new-site.ts";
import { text as archiveText } from "../../../src/archive/text.en.ts";
import type { Call } from "../../../src/http/call.ts";
import { INDEX } from "../../../src/links/files/site-paths.ts";
import { text } from "../../../src/links/text.en.ts";
import { operator } from "../../../src/policy.ts";
import { toProblem } from "../../../src/problem.ts";
import { receive } from "../../share.ts";
import { openTestApp, type World } from "../../world.ts";
import { asSymlink, type OddEntry, oddZip } from "../zips.ts";

const MOST = 20;

let world: World;
beforeAll(async () => {
  world = await openTestApp({ settings: { "files.site_files": MOST, "app.max_file_size_mb": 50 } });
});
afterAll(() => world.close());

const PAGE = "<title>Start</title>";
const index: OddEntry = { name: INDEX, bytes: PAGE };

/** The files that a zip becomes. */
async function unpack(zip: Uint8Array): Promise<Record<string, string>> {
  const { app, people } = world;
  await using file = await receive(world, people.alice, "site.zip", zip);
  const call = { app, settings: app.live.current };
  const sent = { file, kind: "html" as const, field: "html_file" };
  // Nothing else of a call is read.
  await using content = await takeContent(call as unknown as Call, sent);
  const all = [
    ...(content.file === null ? [] : [[INDEX, content.file] as const]),
    ...(content.files ?? []).map(({ path, file }) => [path, file] as const),
  ];
  const texts: Record<string, string> = {};
  for (const [path, { draft }] of all)
    texts[path] = Buffer.concat(await Array.fromAsync(draft.read())).toString();
  return texts;
}

async function refusalOf(zip: Uint8Array): Promise<unknown> {
  const problem = await unpack(zip).then(
    (files) => files,
    (thrown: unknown) => toProblem(thrown),
  );
  return "fields" in problem ? problem.fields : problem;
}

const drafts = () => readdirSync(join(world.dataFolder, "users", "alice", "assets", ".uploads"));

describe("a zip becomes", () => {
  test.each<[string, readonly OddEntry[], Record<string, string>]>([
    [
      "its files by their paths",
      [index, { name: "a/b.css", bytes: "b", isPacked: true }],
      { [INDEX]: PAGE, "a/b.css": "b" },
    ],
    [
      "those of the one folder that they are in",
      [{ name: "top/" }, { ...index, name: "top/index.html" }, { name: "top/a.css", bytes: "a" }],
      { [INDEX]: PAGE, "a.css": "a" },
    ],
    [
      "without what systems leave",
      [
        { name: "__MACOSX/top/._index.html", bytes: "x" },
        { name: "top/.DS_Store", bytes: "x" },
        { name: "top/.git/config", bytes: "x" },
        { name: "top/Thumbs.db", bytes: "x" },
        { ...index, name: "top/index.html" },
      ],
      { [INDEX]: PAGE },
    ],
    [
      "files whose names differ in case only",
      [index, { name: "A.txt", bytes: "1" }, { name: "a.txt", bytes: "2" }],
      { [INDEX]: PAGE, "A.txt": "1", "a.txt": "2" },
    ],
    [
      "names in one form of Unicode",
      [index, { name: "Gro\u0308\u00dfe.txt", bytes: "1" }],
      { [INDEX]: PAGE, "Gr\u00f6\u00dfe.txt": "1" },
    ],
    [
      "as many files as a site may have",
      [index, ...Array.from({ length: MOST - 1 }, (_, at) => ({ name: `${at}`, bytes: "x" }))],
      {
        [INDEX]: PAGE,
        ...Object.fromEntries(Array.from({ length: MOST - 1 }, (_, at) => [`${at}`, "x"])),
      },
    ],
  ])("%s", async (_, entries, files) => {
    expect(await unpack(oddZip(entries))).toEqual(files);
  });
});

const zeros = Buffer.alloc(150_000_000);

describe("what is refused", () => {
  const named = (name: string): OddEntry[] => [index, { name, bytes: "x" }];
  const many = (count: number): OddEntry[] => [
    index,
    ...Array.from({ length: count }, (_, at) => ({ name: `${at}` })),
  ];
  test.each<[string, () => Uint8Array, string]>([
    ["a path that leads out", () => oddZip(named("../a")), archiveText.pathOutside("../a")],
    ["one in the middle", () => oddZip(named("a/../../b")), archiveText.pathOutside("a/../../b")],
    ["an absolute path", () => oddZip(named("/etc/x")), archiveText.pathOutside("/etc/x")],
    ["a drive", () => oddZip(named("C:/x")), archiveText.pathOutside("C:/x")],
    ["backslashes", () => oddZip(named("a\\b")), archiveText.pathOutside("a\\b")],
    ["a NUL", () => oddZip(named("a\0b")), archiveText.pathOutside("a\0b")],
    ["a line break", () => oddZip(named("a\nb")), archiveText.pathOutside("a\nb")],
    [
      "a symbolic link",
      () => oddZip([index, { name: "a", bytes: "/etc/passwd", attributes: asSymlink }]),
      archiveText.notFile("a"),
    ],
    ["two of a name", () => oddZip([index, index]), archiveText.duplicate(INDEX)],
    [
      "two that become one",
      () => oddZip([...named("\u00e9"), { name: "e\u0301", bytes: "y" }]),
      text.site.samePath("\u00e9"),
    ],
    [
      "an encrypted entry",
      () => oddZip([{ ...index, flags: 0x801, isPacked: true }]),
      archiveText.encrypted,
    ],
    [
      "another compression",
      () => oddZip([{ ...index, method: 12 }]),
      archiveText.unknownCompression(INDEX),
    ],
    ["a zip that is cut off", () => oddZip([index]).subarray(0, -10), archiveText.notZip],
    [
      "a directory that is cut off",
      () => {
        const zip = oddZip([index]);
        zip.writeUInt32LE(zip.length, zip.length - 6);
        return zip;
      },
      archiveText.damagedDirectory,
    ],
    ["100,000 entries", () => oddZip(many(100_000)), text.site.tooMany(MOST)],
    ["one file too many", () => oddZip(many(MOST)), text.site.tooMany(MOST)],
    [
      "a bomb",
      () => oddZip([index, { name: "a", bytes: zeros, isPacked: true }]),
      archiveText.bomb(zeros.length + PAGE.length),
    ],
    [
      "more than a file may have",
      () => oddZip([index, { name: "a", bytes: zeros.subarray(0, 60_000_000), isPacked: true }]),
      text.site.tooLarge("50 MB"),
    ],
    [
      "a size that is too small",
      () => oddZip([index, { name: "a", bytes: "x".repeat(9000), isPacked: true, size: 5 }]),
      archiveText.damaged("a"),
    ],
    [
      "a size that is too large",
      () => oddZip([index, { name: "a", bytes: "x", isPacked: true, size: 5 }]),
      archiveText.damaged("a"),
    ],
    [
      "a wrong checksum",
      () => oddZip([index, { name: "a", bytes: "x", crc: 1 }]),
      archiveText.damaged("a"),
    ],
    ["entries that overlap", () => oddZip([index, { name: "a", at: 0 }]), archiveText.overlap],
    ["no index.html", () => oddZip([{ name: "a.html", bytes: "x" }]), text.site.noIndex],
    [
      "an index.html in a folder among others",
      () => oddZip([{ name: "a/index.html", bytes: "x" }, { name: "b.css" }]),
      text.site.noIndex,
    ],
    [
      "an index.html in other letters",
      () => oddZip([{ ...index, name: "INDEX.HTML" }]),
      text.site.noIndex,
    ],
    ["nothing", () => oddZip([]), text.site.noIndex],
    [
      "an index.html that is none",
      () => oddZip([{ name: INDEX, bytes: Buffer.from([0, 1, 2, 255]) }]),
      text.input.notText,
    ],
    [
      "a path of too many folders",
      () => oddZip(named(`${"a/".repeat(40)}b`)),
      text.files.pathTooLong,
    ],
  ])("%s", async (_, zip, refusal) => {
    expect(await refusalOf(zip())).toEqual({ html_file: refusal });
    expect(drafts()).toEqual([]);
  });

  test("files that the quota has no room for, before one is written", async () => {
    const { blobs } = world.app.files;
    const { id } = world.people.alice;
    await blobs.setQuota(operator, id, 1_000_000);
    const refused = await refusalOf(
      oddZip([index, { name: "a", bytes: zeros.subarray(0, 2_000_000), isPacked: true }]),
    );
    expect(refused).toEqual({});
    expect(drafts()).toEqual([]);
    await blobs.setQuota(operator, id, 0);
  });
});

test("no file is left open, however many there are", async () => {
  const opened = openSync("/dev/null", "r");
  await unpack(
    oddZip([index, ...Array.from({ length: MOST - 1 }, (_, at) => ({ name: `${at}` }))]),
  );
  expect(openSync("/dev/null", "r")).toBeLessThan(opened + 4);
});
