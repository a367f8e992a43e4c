import { Database } from "bun:sqlite";
import { afterEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isReportName } from "../../../src/import/python/import-python.ts";
import { operator } from "../../../src/policy.ts";
import { PROGRAM_FILE } from "../../cli/program-file.ts";
import { bytesOf, writeManyLinks } from "../../links-file/many-links.ts";
import { filesOf } from "../../site-backup/folder-tree.ts";
import { openTestApp } from "../../world.ts";

const SIZE = { users: 12, linksEach: 30, everyFile: 3 } as const;

/** Exit code of a process that SIGKILL ended. */
const KILLED = 137;

/** Whether an import into a data folder has come to a certain point. */
type Point = (data: string) => boolean;

const exists =
  (path: string): Point =>
  (data) =>
    existsSync(join(data, path));

const hasReport: Point = (data) => readdirSync(data).some(isReportName);

const hasFiles =
  (count: number): Point =>
  (data) => {
    const files = readdirSync(join(data, "users"), { recursive: true }).map(String);
    return files.filter((path) => path.endsWith(".txt")).length >= count;
  };

const hasRows =
  (table: "user" | "link", count: number): Point =>
  (data) => {
    using database = new Database(join(data, "trunk8.db"), { readonly: true });
    const row = database.query<{ n: number }, []>(`select count(*) n from "${table}"`).get();
    return (row?.n ?? 0) >= count;
  };

/** A point that cannot be checked yet has not been reached. */
function isReached(point: Point, data: string): boolean {
  try {
    return point(data);
  } catch {
    return false;
  }
}

const folders: string[] = [];
const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), "trunk8-killed-"));
  folders.push(folder);
  return folder;
};
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function startImport(root: string, data: string) {
  return Bun.spawn([process.execPath, PROGRAM_FILE, "import", "python", root, "--data", data], {
    stdout: "ignore",
    stderr: "ignore",
    env: { PATH: process.env.PATH, TZ: "UTC" },
  });
}

const runImport = (root: string, data: string) => startImport(root, data).exited;

/** Runs the command until `point`, kills it there, and makes sure that it had not ended before. */
async function killImportAt(point: Point, root: string, data: string): Promise<void> {
  const child = startImport(root, data);
  const timer = setInterval(() => isReached(point, data) && child.kill("SIGKILL"), 1);
  const exitCode = await child.exited;
  clearInterval(timer);
  expect(exitCode).toBe(KILLED);
}

/** Checks that every link exists once and serves its bytes. */
async function expectAll(data: string, codes: readonly string[]): Promise<void> {
  const world = await openTestApp({ dataFolder: data });
  try {
    expect((await world.app.links.totals(operator)).links).toBe(codes.length);
    for (const code of codes) {
      const { content, target } = await world.app.links.get(operator, code);
      if (content === null) expect<string>(target).toBe(`https://example.com/${code}?a=b`);
      else expect(await (await world.app.files.blobs.open(content)).text()).toBe(bytesOf(code));
    }
  } finally {
    await world.close();
  }
}

describe("an import that is killed", () => {
  test.each<readonly [string, Point]>([
    ["once the database exists", exists("trunk8.db")],
    ["once the users exist", hasRows("user", 13)],
    ["while it copies files", hasFiles(60)],
    ["while it creates links", hasRows("link", 1)],
  ])("%s, leaves the old folder unchanged, and the next one completes it", async (_, point) => {
    const [root, data] = [newFolder(), newFolder()];
    const codes = writeManyLinks(root, SIZE);
    const before = filesOf(root);
    await killImportAt(point, root, data);
    expect(filesOf(root)).toEqual(before);
    expect(await runImport(root, data)).toBe(0);
    expect(filesOf(root)).toEqual(before);
    await expectAll(data, codes);
  });

  test.each<readonly [string, Point]>([
    ["once the database exists", exists("trunk8.db")],
    ["once the users exist", hasRows("user", 13)],
    ["while it creates links", hasRows("link", 1)],
    ["once the report exists", hasReport],
    ["at the first renamed table", exists("users/person0/links.toml.before-move")],
    ["among the renamed tables", exists("users/person6/links.toml.before-move")],
  ])("%s in place, loses no file, and the next one completes it", async (_, point) => {
    const data = newFolder();
    const codes = writeManyLinks(data, SIZE);
    const before = filesOf(data);
    await killImportAt(point, data, data);
    expectWhole(data, before);
    if (existsSync(join(data, "users/users.toml"))) expect(await runImport(data, data)).toBe(0);
    expectWhole(data, before);
    expect(existsSync(join(data, "users/users.toml"))).toBe(false);
    await expectAll(data, codes);
  });
});

/** Checks that every file has its bytes, under its name or the new one. */
function expectWhole(data: string, before: ReadonlyMap<string, string>): void {
  const after = filesOf(data);
  for (const [path, hash] of before)
    expect([path, after.get(path), after.get(`${path}.before-move`)]).toContain(hash);
}
