import { Database } from "bun:sqlite";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import {
  appendFileSync,
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inputContext } from "../../../src/links/input/link-schema.ts";
import { parseNewLink } from "../../../src/links/link-input.ts";
import { operator } from "../../../src/policy.ts";
import { checksOfApp, examine, type Finding } from "../../../src/server/doctor/site-checks.ts";
import { callProgram, type Result } from "../../cli/program.ts";
import { databases, openTestApp, type World } from "../../world.ts";

/** A site with a redirect and a file, made once and copied for each test. */
let template: string;
let folder: string;
let data: string;

beforeAll(async () => {
  template = mkdtempSync(join(tmpdir(), "trunk8-doctor-"));
  await callProgram(template, ["add", "https://example.com/", "--code", "there"]);
  writeFileSync(join(template, "paper.txt"), "paper\n");
  await callProgram(template, ["add", join(template, "paper.txt"), "--code", "paper"]);
});
afterAll(() => rmSync(template, { recursive: true, force: true }));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-doctor-"));
  data = join(folder, "data");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const doctor = (...words: string[]): Promise<Result> => callProgram(folder, ["doctor", ...words]);

/** Puts the site there; gives the path of its file. */
function fill(): string {
  cpSync(join(template, "data"), data, { recursive: true });
  const assets = join(data, "users/admin/assets");
  const [name = ""] = readdirSync(assets).filter((entry) => entry.endsWith(".txt"));
  return join(assets, name);
}

/** Changes the database behind the program's back. */
function tamper(...statements: string[]): void {
  using database = new Database(join(data, "trunk8.db"));
  for (const statement of statements) database.run(statement);
}

test("a sound site has a line of each check, and nothing is wrong", async () => {
  fill();
  const sound = await doctor("--deep");
  expect(sound).toMatchObject({ exitCode: 0, stderr: "" });
  const lines = sound.stdout.trim().split("\n");
  expect(lines.filter((line) => !line.startsWith("ok     "))).toEqual([]);
  expect(lines.length).toBeGreaterThan(15);
});

test("a data folder that is not there is a clear error, and none is made", async () => {
  const result = await doctor();
  expect(result).toMatchObject({ exitCode: 1, stdout: "" });
  expect(result.stderr).toContain("There is no data folder");
  expect(readdirSync(folder)).toEqual([]);
});

describe("what is wrong is told with what changes it", () => {
  const rows: [name: string, breakIt: (file: string) => void, says: RegExp, words?: string[]][] = [
    [
      "a setting that is none",
      () => appendConfig("[app]\nthemes = 1\n"),
      /^wrong {2}settings: .*line \d+.*app\.themes/m,
    ],
    [
      "a settings file that is broken",
      () => appendConfig("[app\n"),
      /^wrong {2}settings: .*line \d+, column/m,
    ],
    [
      "a secret that others can read",
      () => chmodSync(join(data, "config/secret.key"), 0o644),
      /^wrong {2}permissions: .*secret\.key.* -> chmod 0600 /m,
    ],
    [
      "a database that others can read",
      () => chmodSync(join(data, "trunk8.db"), 0o644),
      /trunk8\.db, as its mode is 0644\. -> chmod 0640 /,
    ],
    [
      "files that are open to all",
      () => chmodSync(join(data, "users"), 0o755),
      /users, as its mode is 0755\. -> chmod 0750 /,
    ],
    [
      "a full disk",
      () => appendConfig("[ops]\ndisk_floor_mb = 100000000\n"),
      /^wrong {2}disk: \d+ MB are free .* and 100000000 should be/m,
    ],
    [
      "a clock that was set back",
      () => utimesSync(join(data, "config/secret.key"), 4e9, 4e9),
      /^wrong {2}file times: config\/secret\.key .* 2096-/m,
    ],
    [
      "a file that grew",
      (file) => appendFileSync(file, "!"),
      /^wrong {2}files: users\/admin\/assets\/.* has 7 bytes and should have 6\. .*: paper\. -> Copy /m,
    ],
    ["a file that is missing", (file) => rmSync(file), /^wrong {2}files: .* is missing/m],
    [
      "a folder in the place of a file",
      (file) => {
        rmSync(file);
        mkdirSync(file);
      },
      /^wrong {2}files: .* is missing/m,
    ],
    [
      "other bytes of the same number",
      (file) => writeFileSync(file, "paged\n"),
      /^wrong {2}files: .* has other contents /m,
      ["--deep"],
    ],
    [
      "a file of nobody's",
      (file) => writeFileSync(`${file}.bak`, ""),
      /^wrong {2}strays: users\/admin\/assets\/.*\.bak belongs to no link\. -> .*rm /m,
    ],
    [
      "a wrong sum of files",
      () => tamper("update blob_usage set bytes = 77"),
      /^wrong {2}room used: .*\badmin\b.*\b6\b.*\b77\b/m,
    ],
    [
      "a wrong number of uses",
      () => tamper("update blob set uses = 3"),
      /^wrong {2}uses: .*\b1\b.*\b3\b/m,
    ],
    [
      "a link that lists do not find",
      () => tamper("delete from link_search where code = 'there'"),
      /^wrong {2}lists: .*\(1\): there\./m,
    ],
    [
      "a link that lists find as it was",
      () => tamper("update link set title = 'other'"),
      /^wrong {2}lists: .*\(2\): there, paper\./m,
    ],
    ["a link without a rank", () => tamper("delete from link_rank"), /^wrong {2}lists: .*\(2\)/m],
    [
      "a row that lost its other",
      () => tamper("pragma foreign_keys = off", "update link set owner_id = 99"),
      /^wrong {2}database: .*2 rows of link lack theirs of user/m,
    ],
    [
      "a job that failed",
      () =>
        tamper(
          "insert into lease (name, holder, until, failure) values ('back-up-site', 'y', 0, 'Away.')",
        ),
      /^wrong {2}jobs: .*back-up-site.*Away\..* -> trunk8 jobs run back-up-site/m,
    ],
    [
      "a file that is no database",
      () => writeFileSync(join(data, "trunk8.db"), "no database at all".repeat(500)),
      /^wrong {2}database: The database cannot be opened: .* -> .*trunk8 restore/m,
    ],
  ];
  test.each(rows)("%s", async (_, breakIt, says, words = []) => {
    breakIt(fill());
    const result = await doctor(...words);
    expect(result.stdout).toMatch(says);
    expect(result).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/wrong\.\n$/) });
  });
});

test("a flipped page of the database comes to light", async () => {
  fill();
  tamper("pragma wal_checkpoint(truncate)");
  const path = join(data, "trunk8.db");
  const bytes = Buffer.from(await Bun.file(path).arrayBuffer());
  const at = bytes.lastIndexOf("https://example.com/");
  bytes.fill(0xff, at - (at % 4096), at - (at % 4096) + 100);
  await Bun.write(path, bytes);
  const result = await doctor("--deep");
  expect(result.exitCode).toBe(1);
  expect(result.stdout).toMatch(/^wrong {2}database: /m);
});

test("--fix puts right what does no harm, says each thing, and leaves the rest", async () => {
  const file = fill();
  const key = join(data, "config/secret.key");
  chmodSync(key, 0o666);
  appendFileSync(file, "!");
  writeFileSync(`${file}.bak`, "");
  writeFileSync(join(data, "users/admin/assets/.drafts/half"), "half");
  tamper("update blob_usage set bytes = 77", "update blob set uses = 3", "delete from link_search");
  const fixed = await doctor("--fix");
  const of = (word: string) =>
    fixed.stdout
      .split("\n")
      .filter((line) => line.startsWith(word))
      .map((line) => line.slice(7).split(":")[0]);
  expect(of("fixed")).toEqual(["permissions", "drafts", "room used", "uses", "lists"]);
  expect(of("wrong")).toEqual(["files", "strays"]);
  expect(fixed.stderr).toBe("trunk8: 2 things are wrong.\n");
  expect(statSync(key).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(data, "users/admin/assets/.drafts"))).toEqual([]);
  expect(readdirSync(join(data, "users/admin/assets"))).toHaveLength(3);
  rmSync(`${file}.bak`);
  writeFileSync(file, "paper\n");
  expect((await doctor("--deep")).exitCode).toBe(0);
  expect((await callProgram(folder, ["ls"])).stdout).toMatch(/paper[\s\S]*there/);
});

test("prints every finding as JSON, with the former names of keys too", async () => {
  fill();
  tamper("update blob_usage set bytes = 77");
  const { stdout, exitCode } = await doctor("--json");
  expect(exitCode).toBe(1);
  const findings: Finding[] = JSON.parse(stdout);
  expect(findings.find(({ check }) => check === "room used")).toMatchObject({
    check: "room used",
    seen: "",
    faults: [
      {
        what: expect.stringMatching(/admin.*\b6\b.*\b77\b/),
        remedy: "trunk8 doctor --fix",
        isFixed: false,
        isMended: false,
      },
    ],
    count: 1,
    fixed: 0,
    mended: 0,
    tookMs: expect.any(Number),
  });
});

test.each([[["--proxy", "nowhere"]], [["--proxy", "ftp://x.example"]], [["--frob"]], [["extra"]]])(
  "%p is wrong usage",
  async (words) => {
    fill();
    expect((await doctor(...words)).exitCode).toBe(2);
  },
);

function appendConfig(text: string): void {
  mkdirSync(join(data, "config"), { recursive: true });
  appendFileSync(join(data, "config/config.toml"), text);
}

describe.each([...databases])("on %s", (database) => {
  let world: World;
  beforeEach(async () => {
    world = await openTestApp({ database });
    world.clock.set(Date.now());
  });
  afterEach(() => world.close());

  async function examined(manner: { isDeep: boolean; isFixing: boolean }): Promise<string[]> {
    const wrong: string[] = [];
    await examine(checksOfApp(world.app, manner), manner, ({ check, count, faults }) => {
      if (count > 0) wrong.push(`${check}: ${faults[0]?.what}`);
    });
    return wrong;
  }

  test("a sound database is found sound, however deep one looks", async () => {
    await makeFile();
    expect(await examined({ isDeep: false, isFixing: false })).toEqual([]);
    expect(await examined({ isDeep: true, isFixing: false })).toEqual([]);
  });

  test("wrong sums and missing rows are found, and fixed once", async () => {
    await makeFile();
    await world.app.database.write(async (trx) => {
      await trx.updateTable("blob_usage").set({ bytes: 1 }).execute();
      await trx.updateTable("blob").set({ uses: 7 }).execute();
      await trx.deleteFrom("link_search").execute();
    });
    const wrong = await examined({ isDeep: false, isFixing: true });
    expect(wrong.map((line) => line.split(":")[0])).toEqual(["room used", "uses", "lists"]);
    expect(await examined({ isDeep: true, isFixing: false })).toEqual([]);
  });

  test("bytes that no link has any more are no damage", async () => {
    const { shortCode } = await makeFile();
    await world.app.links.remove(operator, shortCode);
    rmSync(join(world.dataFolder, "users/alice"), { recursive: true });
    expect(await examined({ isDeep: true, isFixing: false })).toEqual([]);
  });

  test("clocks that differ are told", async () => {
    world.clock.advance(90_000);
    const [line] = await examined({ isDeep: false, isFixing: false });
    expect(line).toMatch(/^clock: The database's clock is (89|90) s behind this machine's\.$/);
  });

  async function makeFile() {
    const { app, people } = world;
    const bytes = new Blob(["six..."]).stream();
    await using file = await app.blobs.receive(people.alice, { name: "a.txt", bytes }, 100);
    const input = parseNewLink({ link_type: "file" }, inputContext(app, []), new Set(["file"]));
    return await app.links.create(operator, { ownerId: people.alice.id }, input, file);
  }
});
