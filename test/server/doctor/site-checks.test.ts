import { Database } from "bun:sqlite";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import {
  appendFileSync,
  chmodSync,
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "../../../src/cli/commands/text.en.ts";
import { claimFile } from "../../../src/os/machine-lock.ts";
import { operator } from "../../../src/policy.ts";
import { checksOfApp, examine, type Finding } from "../../../src/server/doctor/site-checks.ts";
import { text as doctorText } from "../../../src/server/doctor/text.en.ts";
import { callProgram, type Result } from "../../cli/program.ts";
import { newLink } from "../../share.ts";
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

/** Copies the template site; returns the path of its file. */
function fill(): string {
  cpSync(join(template, "data"), data, { recursive: true });
  const assets = join(data, "users/admin/assets");
  const [name = ""] = readdirSync(assets).filter((entry) => entry.endsWith(".txt"));
  return join(assets, name);
}

/** Changes the database without the program. */
function tamper(...statements: string[]): void {
  using database = new Database(join(data, "trunk8.db"));
  for (const statement of statements) database.run(statement);
}

test("prints a line for each check of a sound site", async () => {
  fill();
  const sound = await doctor("--deep");
  expect(sound).toMatchObject({ exitCode: 0, stderr: "" });
  const lines = sound.stdout.trim().split("\n");
  expect(lines.filter((line) => !line.startsWith("ok     "))).toEqual([]);
  expect(lines.length).toBeGreaterThan(15);
});

test("refuses a missing data folder and creates none", async () => {
  const result = await doctor();
  expect(result).toMatchObject({ exitCode: 1, stdout: "" });
  expect(result.stderr).toContain(text.doctor.noDataFolder(data));
  expect(readdirSync(folder)).toEqual([]);
});

describe("finds, with how to fix it,", () => {
  const rows: [name: string, breakIt: (file: string) => void, says: RegExp, words?: string[]][] = [
    [
      "an unknown setting",
      () => appendConfig("[app]\nthemes = 1\n"),
      /^wrong {2}settings: .*line \d+.*app\.themes/m,
    ],
    [
      "a broken settings file",
      () => appendConfig("[app\n"),
      /^wrong {2}settings: .*line \d+, column/m,
    ],
    [
      "a secret that other users can read",
      () => chmodSync(join(data, "config/secret.key"), 0o644),
      /^wrong {2}permissions: .*secret\.key.* -> chmod 0600 /m,
    ],
    [
      "a database that other users can read",
      () => chmodSync(join(data, "trunk8.db"), 0o644),
      /^wrong {2}permissions: .*trunk8\.db.*0644.* -> chmod 0640 /m,
    ],
    [
      "files that every user can read",
      () => chmodSync(join(data, "users"), 0o755),
      /^wrong {2}permissions: .*users.*0755.* -> chmod 0750 /m,
    ],
    [
      "a full disk",
      () => appendConfig("[ops]\ndisk_floor_mb = 100000000\n"),
      /^wrong {2}disk: \d+ MB .*100000000 MB/m,
    ],
    [
      "a clock that was set back",
      () => utimesSync(join(data, "config/secret.key"), 4e9, 4e9),
      /^wrong {2}file-times: config\/secret\.key .* 2096-/m,
    ],
    [
      "a file that grew",
      (file) => appendFileSync(file, "!"),
      /^wrong {2}files: users\/admin\/assets\/.*\b7\b.*\b6\b.*\bpaper\b.* -> /m,
    ],
    ["a missing file", (file) => rmSync(file), /^wrong {2}files: users\/admin\/assets\//m],
    [
      "a folder in the place of a file",
      (file) => {
        rmSync(file);
        mkdirSync(file);
      },
      /^wrong {2}files: users\/admin\/assets\//m,
    ],
    [
      "a file with different bytes",
      (file) => writeFileSync(file, "paged\n"),
      /^wrong {2}files: users\/admin\/assets\//m,
      ["--deep"],
    ],
    [
      "an orphaned file",
      (file) => writeFileSync(`${file}.bak`, ""),
      /^wrong {2}orphaned-files: users\/admin\/assets\/.*\.bak .* -> .*mv .*\.bak .*\/orphaned\//m,
    ],
    [
      "a wrong storage usage",
      () => tamper("update blob_usage set bytes = 77"),
      /^wrong {2}storage-usage: .*admin.*\b6\b.*\b77\b/m,
    ],
    [
      "a wrong number of references",
      () => tamper("update blob set uses = 3"),
      /^wrong {2}references: .*\b1\b.*\b3\b/m,
    ],
    [
      "a link without its file",
      () => tamper("update link set kind = 'file' where short_code = 'there'"),
      /^wrong {2}missing-files: .*there.* -> .*trunk8 rm there$/m,
    ],
    [
      "a link that search does not find",
      () => tamper("delete from link_search where code = 'there'"),
      /^wrong {2}lists: .*1.*\bthere\b/m,
    ],
    [
      "a link with stale search words",
      () => tamper("update link set title = 'other'"),
      /^wrong {2}lists: .*2.*\bthere, paper\b/m,
    ],
    [
      "a wrong number of links",
      () => tamper("update link_count set links = links + 1"),
      /^wrong {2}lists: The numbers of links/m,
    ],
    ["a link without a rank", () => tamper("delete from link_rank"), /^wrong {2}lists: .*2/m],
    [
      "a row without the row that it refers to",
      () => tamper("pragma foreign_keys = off", "update link set owner_id = 99"),
      /^wrong {2}database: .*2.*link.*user/m,
    ],
    [
      "a failed job",
      () =>
        tamper(
          "insert into lease (name, holder, until, failure) values ('back-up-site', 'y', 0, 'Away.')",
        ),
      /^wrong {2}jobs: .*back-up-site.*Away\..* -> trunk8 jobs run back-up-site/m,
    ],
    [
      "a job whose last run is in the future",
      () =>
        tamper(
          "insert into lease (name, holder, until, ran_at) values ('rank-links', 'y', 0, (unixepoch() + 7200) * 1000)",
        ),
      /^wrong {2}jobs: .*rank-links.* -> trunk8 jobs run rank-links/m,
    ],
    [
      "a file that is not a database",
      () => writeFileSync(join(data, "trunk8.db"), "no database at all".repeat(500)),
      /^wrong {2}database: .* -> .*trunk8 restore/m,
    ],
  ];
  test.each(rows)("%s", async (_, breakIt, says, words = []) => {
    breakIt(fill());
    const result = await doctor(...words);
    expect(result.stdout).toMatch(says);
    expect(result).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/^trunk8: .*[1-3].*\n$/),
    });
  });
});

test("finds a damaged page of the database", async () => {
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

test("advises to touch nothing where more files are without a link than with one", async () => {
  const file = fill();
  for (const name of ["a", "b"]) writeFileSync(`${file}.${name}`, "only copy");
  const { stdout } = await doctor();
  const lines = stdout.split("\n").filter((line) => line.includes("orphaned-files"));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(doctorText.orphans.outnumberRemedy);
  expect(lines[0]).not.toContain(file);
});

test("never advises to delete a file", async () => {
  const sources = ["doctor/text.en.ts", "../files/text.en.ts", "../database/text.en.ts"];
  for (const source of sources) {
    const written = await Bun.file(join(import.meta.dir, "../../../src/server", source)).text();
    expect(written).not.toMatch(/\b(rm|unlink|rmdir|delete it)\b/i);
  }
});

test("fixes with --fix what is safe to fix, and reports the rest", async () => {
  const file = fill();
  const key = join(data, "config/secret.key");
  chmodSync(key, 0o666);
  appendFileSync(file, "!");
  writeFileSync(`${file}.bak`, "");
  mkdirSync(join(data, "users/admin/assets/.drafts"));
  writeFileSync(join(data, "users/admin/assets/.drafts/half"), "half");
  tamper("update blob_usage set bytes = 77", "update blob set uses = 3", "delete from link_search");
  const fixed = await doctor("--fix");
  const of = (word: string) =>
    fixed.stdout
      .split("\n")
      .filter((line) => line.startsWith(word))
      .map((line) => line.slice(7).split(":")[0]);
  expect(of("fixed")).toEqual([
    "permissions",
    "partial-uploads",
    "storage-usage",
    "references",
    "lists",
  ]);
  expect(of("wrong")).toEqual(["files", "orphaned-files"]);
  expect(fixed.stderr).toBe(`trunk8: ${text.doctor.found(2)}\n`);
  expect(statSync(key).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(data, "users/admin/assets/.drafts"))).toEqual([]);
  expect(readdirSync(join(data, "users/admin/assets"))).toHaveLength(4);
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
  expect(findings.find(({ check }) => check === "storage-usage")).toMatchObject({
    check: "storage-usage",
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

function appendConfig(toml: string): void {
  mkdirSync(join(data, "config"), { recursive: true });
  appendFileSync(join(data, "config/config.toml"), toml);
}

describe.each([...databases])("on %s", (database) => {
  let world: World;
  beforeEach(async () => {
    world = await openTestApp({ database });
    world.clock.set(Date.now());
  });
  afterEach(() => world.close());

  test("names a job that is late while the server runs, and none while it is stopped", async () => {
    const { app } = world;
    const lease = await app.leases.take("rank-links", 60_000);
    await lease?.finish({ everyMs: 60_000, failure: "" });
    const ran_at = (await app.leases.now()) - 7_200_000;
    await app.database.write((trx) => trx.updateTable("lease").set({ ran_at }).execute());
    const findLate = async () => {
      const findings: Finding[] = [];
      const checks = checksOfApp(app, { isDeep: false, isFixing: false });
      const [jobs] = checks.filter(({ name }) => name === "jobs");
      if (jobs !== undefined)
        await examine([jobs], { isFixing: false }, (one) => findings.push(one));
      return findings.flatMap(({ faults }) => faults.map(({ what }) => what));
    };
    expect(await findLate()).toEqual([]);
    const server = openSync(join(app.runFolder, "jobs"), "a");
    claimFile(server);
    expect(await findLate()).toEqual([expect.stringContaining("rank-links")]);
    closeSync(server);
  });

  async function examined(options: { isDeep: boolean; isFixing: boolean }): Promise<string[]> {
    const wrong: string[] = [];
    await examine(checksOfApp(world.app, options), options, ({ check, count, faults }) => {
      if (count > 0) wrong.push(`${check}: ${faults[0]?.what}`);
    });
    return wrong;
  }

  test("finds nothing in a sound database, also with --deep", async () => {
    await makeFile();
    expect(await examined({ isDeep: false, isFixing: false })).toEqual([]);
    expect(await examined({ isDeep: true, isFixing: false })).toEqual([]);
  });

  test("finds and fixes wrong usage, references and search rows", async () => {
    await makeFile();
    await world.app.database.write(async (trx) => {
      await trx.updateTable("blob_usage").set({ bytes: 1 }).execute();
      await trx.updateTable("blob").set({ uses: 7 }).execute();
      await trx.deleteFrom("link_search").execute();
    });
    const wrong = await examined({ isDeep: false, isFixing: true });
    expect(wrong.map((line) => line.split(":")[0])).toEqual([
      "storage-usage",
      "references",
      "lists",
    ]);
    expect(await examined({ isDeep: true, isFixing: false })).toEqual([]);
  });

  test("accepts bytes whose link is deleted", async () => {
    const { shortCode } = await makeFile();
    await world.app.links.remove(operator, shortCode);
    rmSync(join(world.dataFolder, "users/alice"), { recursive: true });
    expect(await examined({ isDeep: true, isFixing: false })).toEqual([]);
  });

  test("finds clocks that differ", async () => {
    world.clock.advance(90_000);
    const [line] = await examined({ isDeep: false, isFixing: false });
    expect(line).toMatch(/^clock: .*\b(89|90) s\b/);
  });

  async function makeFile() {
    const { app, people } = world;
    const bytes = new Blob(["six..."]).stream();
    await using file = await app.files.blobs.receive(people.alice, { name: "a.txt", bytes }, 100);
    const input = newLink({ kind: "file" }, { hasContent: true });
    return await app.links.create(operator, { ownerId: people.alice.id }, input, file);
  }
});
