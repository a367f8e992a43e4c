import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { callProgram } from "../cli/program.ts";
import { PROGRAM_FILE } from "../cli/program-file.ts";
import { everyFile } from "../site-backup/everything.ts";
import { madeArchive } from "./restores/made-archive.ts";

/** Milliseconds until the kill: while the program starts, opens the database, reads, writes, cleans up. */
const KILL_TIMES = [300, 600, 1000];

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-killed-"));
  for (const at of [0, 1, 2, 3]) {
    writeFileSync(join(folder, `${at}.txt`), crypto.getRandomValues(new Uint8Array(2_000_000)));
    await trunk8("add", `${at}.txt`, "--code", `file-${at}`);
  }
  await trunk8("backup", "--all", "--out", "site.zip");
  await trunk8("backup", "--user", "admin", "--out", "admin.zip");
  await madeArchive({ dataFolder: folder }, "large.zip", { links: 60, hours: 400 });
  await trunk8("rm", "file-0");
  await trunk8("add", "https://example.com/", "--code", "newer");
  cpSync(join(folder, "data"), join(folder, "untouched"), { recursive: true });
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const OLD = ["file-1", "file-2", "file-3", "newer"];
const RESTORED = ["file-0", "file-1", "file-2", "file-3"];

async function trunk8(...words: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await callProgram(folder, words);
  if (exitCode !== 0) throw new Error(`${words.join(" ")}: ${stderr}`);
  return stdout;
}

async function runAndKill(afterMs: number, ...words: string[]): Promise<void> {
  const child = Bun.spawn([process.execPath, PROGRAM_FILE, ...words], {
    cwd: folder,
    stdio: ["ignore", "ignore", "ignore"],
    env: { PATH: process.env.PATH, TRUNK8_DATA: join(folder, "data") },
  });
  await Bun.sleep(afterMs);
  child.kill("SIGKILL");
  await child.exited;
}

/** The short codes of all links; checks that their files are complete. */
async function links(): Promise<string[]> {
  const listed = JSON.parse(await trunk8("ls", "--json")) as {
    shortCode: string;
    content: { sha256: string } | null;
  }[];
  const hashes = new Set(Object.values(everyFile(join(folder, "data/users"))));
  for (const { content } of listed) if (content !== null) expect(hashes).toContain(content.sha256);
  return listed.map(({ shortCode }) => shortCode).sort();
}

async function listed(): Promise<{ visits: number }[]> {
  return JSON.parse(await trunk8("ls", "--json"));
}

/** All visits in the hours of links, of their owner and of the site. */
function countHours(): number[] {
  using database = new Database(join(folder, "data/trunk8.db"), { readonly: true });
  const sums = [
    "select sum(visits) as sum from link_quarter",
    "select sum(visits) as sum from owner_quarter where owner_id = 0",
    "select sum(visits) as sum from owner_quarter where owner_id <> 0",
  ];
  return sums.map((query) => (database.query(query).get() as { sum: number }).sum);
}

function reset(): void {
  rmSync(join(folder, "data"), { recursive: true });
  cpSync(join(folder, "untouched"), join(folder, "data"), { recursive: true });
}

describe("a kill at any moment", () => {
  test("of a backup leaves no incomplete archive, and does not prevent the next backup", async () => {
    for (const afterMs of KILL_TIMES) {
      rmSync(join(folder, "out.zip"), { force: true });
      await runAndKill(afterMs, "backup", "--all", "--out", "out.zip");
      if (existsSync(join(folder, "out.zip"))) {
        await trunk8("restore", "out.zip", "--data", join(folder, `whole-${afterMs}`));
      }
      await trunk8("backup", "--all", "--out", "out.zip");
      expect(existsSync(join(folder, "out.zip.partial"))).toBe(false);
      expect(readdirSync(join(folder, "data/backups"))).toEqual([]);
    }
  }, 60_000);

  test("of a site's restore leaves the old or the new data, and the next restore completes it", async () => {
    for (const afterMs of KILL_TIMES) {
      reset();
      await runAndKill(afterMs, "restore", "site.zip", "--replace");
      expect([OLD, RESTORED]).toContainEqual(await links());
      await trunk8("restore", "site.zip", "--replace");
      expect(await links()).toEqual(RESTORED);
      expect(existsSync(join(folder, "data/.restoring"))).toBe(false);
    }
  }, 60_000);

  test("of a user's restore leaves the old or the new links, and the next restore completes it", async () => {
    for (const afterMs of KILL_TIMES) {
      reset();
      const words = ["restore", "admin.zip", "--user", "admin", "--replace"];
      await runAndKill(afterMs, ...words);
      expect([OLD, RESTORED]).toContainEqual(await links());
      await trunk8(...words);
      expect(await links()).toEqual(RESTORED);
    }
  }, 60_000);

  test("of a large restore loses no link and counts no visit twice", async () => {
    for (const afterMs of [900, 1500, 2200]) {
      reset();
      const words = ["restore", "large.zip", "--user", "admin", "--replace"];
      await runAndKill(afterMs, ...words);
      for (const { visits } of await listed()) expect([0, 600]).toContain(visits);
      await trunk8(...words);
      expect((await listed()).map(({ visits }) => visits)).toEqual(Array(60).fill(600));
      expect(countHours()).toEqual(Array(3).fill(60 * 400 * 3));
    }
  }, 120_000);
});
