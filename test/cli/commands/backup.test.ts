import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Archive } from "../../../src/archive/archive.ts";
import { text as archiveText } from "../../../src/archive/text.en.ts";
import { text } from "../../../src/cli/commands/text.en.ts";
import { text as siteText } from "../../../src/site-backup/text.en.ts";
import { text as userText } from "../../../src/user-backup/text.en.ts";
import { callProgram } from "../program.ts";

let folder: string;
let out: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-backup-"));
  out = join(folder, "out.zip");
  for (const name of ["a", "b"]) {
    writeFileSync(join(folder, `${name}.txt`), `the bytes of ${name}`);
    const { exitCode } = await trunk8("add", `${name}.txt`, "--code", `${name}-code`);
    expect(exitCode).toBe(0);
  }
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const trunk8 = (...words: readonly string[]) => callProgram(folder, words);

/** The paths of the two stored files, from the data folder on. */
function storedFiles(): [string, string] {
  const assets = "users/admin/assets";
  const names = readdirSync(join(folder, "data", assets)).filter((name) => name.endsWith(".txt"));
  const [one, two] = names.map((name) => `${assets}/${name}`);
  if (one === undefined || two === undefined) throw new Error("Expected two stored files");
  return [one, two];
}

describe("trunk8 backup", () => {
  test("exits with 0 if the archive is complete", async () => {
    const { exitCode, stderr } = await trunk8("backup", "--all", "--out", out);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  });

  test("of a site exits with 1 and keeps the archive if a file is missing", async () => {
    const [missing, kept] = storedFiles();
    rmSync(join(folder, "data", missing));
    const { exitCode, stdout, stderr } = await trunk8("backup", "--all", "--out", out);
    expect(exitCode).toBe(1);
    expect(stdout).toContain(out);
    expect(stderr).toContain(text.backup.missing(missing));
    expect(stderr).toContain(archiveText.incomplete(1));
    using archive = await Archive.open(out);
    expect([...archive.entries.keys()]).toContain(kept);
  });

  test("of a site names damaged files apart from missing ones", async () => {
    const [missing, damaged] = storedFiles();
    rmSync(join(folder, "data", missing));
    truncateSync(join(folder, "data", damaged), 3);
    const { exitCode, stderr } = await trunk8("backup", "--all", "--out", out);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(text.backup.missing(missing));
    expect(stderr).toContain(text.backup.damaged(damaged));
    expect(stderr).toContain(archiveText.incomplete(2));
  });

  test("of a user exits with 1 and keeps the archive if a file is missing", async () => {
    const [missing] = storedFiles();
    rmSync(join(folder, "data", missing));
    const { exitCode, stderr } = await trunk8("backup", "--user", "admin", "--out", out);
    expect(exitCode).toBe(1);
    expect(stderr).toContain(text.backup.missing(missing.slice("users/admin/".length)));
    expect(existsSync(out)).toBe(true);
  });
});

describe("trunk8 restore", () => {
  test("puts the copy of the database that was made before an upgrade in place", async () => {
    const copy = join(folder, "before-0006_run-1.db");
    copyDatabase(join(folder, "data/trunk8.db"), copy);
    await trunk8("rm", "a-code");
    const refused = await trunk8("restore", copy);
    expect([refused.exitCode, refused.stderr]).toEqual([
      1,
      expect.stringContaining(siteText.occupied),
    ]);
    const { exitCode, stdout } = await trunk8("restore", copy, "--replace");
    expect([exitCode, stdout]).toEqual([0, `${text.restore.database(join(folder, "data"))}\n`]);
    const { stdout: listed } = await trunk8("ls", "--json");
    const codes = JSON.parse(listed).map((link: { short_code: string }) => link.short_code);
    expect(codes.sort()).toEqual(["a-code", "b-code"]);
    const aside = readdirSync(join(folder, "data")).filter((name) => name.startsWith("replaced_"));
    expect(aside).toHaveLength(1);
  });

  test("refuses a damaged copy of the database, and changes nothing", async () => {
    const copy = join(folder, "cut.db");
    copyDatabase(join(folder, "data/trunk8.db"), copy);
    truncateSync(copy, 20_000);
    expect((await trunk8("restore", copy, "--replace")).exitCode).toBe(1);
    expect((await trunk8("ls")).stdout).toContain("a-code");
  });

  test.each([[], ["--replace"]])(
    "of a user names what it leaves out, with %j",
    async (...options) => {
      await trunk8("backup", "--user", "admin", "--out", out);
      await callProgram(folder, ["user", "add", "bob"], { input: "a quiet Tuesday" });
      const { exitCode, stdout, stderr } = await trunk8(
        "restore",
        out,
        "--user",
        "bob",
        ...options,
      );
      const counts = { added: 0, overwritten: 0, removed: 0, skipped: 2 };
      expect({ exitCode, stdout }).toEqual({
        exitCode: 0,
        stdout: `${text.restore.links(counts)}\n`,
      });
      for (const code of ["a-code", "b-code"])
        expect(stderr).toContain(text.restore.skipped(code, userText.links.taken));
    },
  );
});

/** As the program does before it migrates. */
function copyDatabase(from: string, to: string): void {
  using database = new Database(from);
  database.run("VACUUM INTO ?", [to]);
}
