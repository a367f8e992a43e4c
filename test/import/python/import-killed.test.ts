import { Database } from "bun:sqlite";
import { afterEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { operator } from "../../../src/policy.ts";
import { MAIN } from "../../cli/program.ts";
import { bytesOf, writeManyLinks } from "../../links-file/many-links.ts";
import { filesOf } from "../../site-backup/folder-tree.ts";
import { openTestApp } from "../../world.ts";

const SIZE = { users: 12, linksEach: 30, everyFile: 3 } as const;

/** Whether a move-in into a data folder has come so far. */
type Point = (data: string) => boolean;

const isThere =
  (path: string): Point =>
  (data) =>
    existsSync(join(data, path));

const hasReport: Point = (data) =>
  readdirSync(data).some((name) => name.startsWith("move-in-report-"));

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

/** What is not there yet cannot be looked into. */
function hasCome(point: Point, data: string): boolean {
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

/** Runs the real command, and kills it as soon as it has come to a point; tells its exit code. */
async function moveIn(root: string, data: string, point?: Point): Promise<number> {
  const child = Bun.spawn([process.execPath, MAIN, "move-in", root, "--data", data], {
    stdout: "ignore",
    stderr: "ignore",
    env: { PATH: process.env.PATH, TZ: "UTC" },
  });
  const look = () => {
    if (point !== undefined && hasCome(point, data)) child.kill("SIGKILL");
  };
  const timer = setInterval(look, 1);
  const exitCode = await child.exited;
  clearInterval(timer);
  return exitCode;
}

/** Every link is there once, and hands out its bytes. */
async function expectAll(data: string, codes: readonly string[]): Promise<void> {
  const world = await openTestApp({ dataFolder: data });
  try {
    expect((await world.app.links.totals(operator)).links).toBe(codes.length);
    for (const code of codes) {
      const { content, target } = await world.app.links.get(operator, code);
      if (content === null) expect<string>(target).toBe(`https://example.com/${code}?a=b`);
      else expect(await (await world.app.blobs.open(content)).text()).toBe(bytesOf(code));
    }
  } finally {
    await world.close();
  }
}

describe("a move-in that is killed", () => {
  test.each<readonly [string, Point]>([
    ["once the database is there", isThere("trunk8.db")],
    ["once the people are there", hasRows("user", 13)],
    ["among the files", hasFiles(60)],
    ["among the links", hasRows("link", 1)],
    ["at the report", hasReport],
  ])(
    "elsewhere, %s, leaves the old folder as it was, and the next one finishes",
    async (_, point) => {
      const [root, data] = [newFolder(), newFolder()];
      const codes = writeManyLinks(root, SIZE);
      const before = filesOf(root);
      await moveIn(root, data, point);
      expect(filesOf(root)).toEqual(before);
      expect(await moveIn(root, data)).toBe(0);
      expect(filesOf(root)).toEqual(before);
      await expectAll(data, codes);
    },
  );

  test.each<readonly [string, Point]>([
    ["once the database is there", isThere("trunk8.db")],
    ["once the people are there", hasRows("user", 13)],
    ["among the links", hasRows("link", 1)],
    ["at the report", hasReport],
    ["at the first table that is renamed", isThere("users/person0/links.toml.before-move")],
    ["among the tables that are renamed", isThere("users/person6/links.toml.before-move")],
  ])("in place, %s, loses no file and no table, and the next one finishes", async (_, point) => {
    const data = newFolder();
    const codes = writeManyLinks(data, SIZE);
    const before = filesOf(data);
    await moveIn(data, data, point);
    expectWhole(data, before);
    if (existsSync(join(data, "users/users.toml"))) expect(await moveIn(data, data)).toBe(0);
    expectWhole(data, before);
    expect(existsSync(join(data, "users/users.toml"))).toBe(false);
    await expectAll(data, codes);
  });
});

/** Every file has its bytes, under the name that it had or the one that it gets. */
function expectWhole(data: string, before: ReadonlyMap<string, string>): void {
  const after = filesOf(data);
  for (const [path, hash] of before)
    expect([path, after.get(path), after.get(`${path}.before-move`)]).toContain(hash);
}
