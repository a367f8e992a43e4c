import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { GroupCommit } from "../../src/database/sqlite/group-commit.ts";
import { ThreadClient } from "../../src/database/sqlite/thread-client.ts";
import { failureOf } from "../failure.ts";

let folder: string;
let thread: ThreadClient;
let groups: GroupCommit;

const MODULE = new URL("./crashing-thread.ts", import.meta.url).href;

function connect(file: string): void {
  thread = new ThreadClient({
    file: join(folder, file),
    busyTimeoutMs: 1000,
    cacheKib: 100,
    mappedMib: 0,
    writing: { lockFile: join(folder, "writer"), changesFile: join(folder, "changes") },
    module: MODULE,
  });
  groups = new GroupCommit(thread, 5000);
}

const transact = (...statements: string[]) =>
  groups.run(async () => {
    for (const sql of ["SAVEPOINT turn", ...statements, "RELEASE turn"]) await thread.run(sql);
  }, new Set());

const rows = async () => (await thread.run("select a from t order by a")).rows;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-thread-"));
});
afterEach(async () => {
  await thread.close();
  rmSync(folder, { recursive: true });
});

test("a database that could not be opened is opened by the next request", async () => {
  connect("missing/links.db");
  expect(await failureOf(transact("create table t (a)"))).toMatchObject({ code: "busy" });
  mkdirSync(dirname(join(folder, "missing/links.db")));
  await transact("create table t (a)");
  expect(await rows()).toEqual([]);
});

test("a thread that crashes in a transaction loses its group, nothing acknowledged, and the next one succeeds", async () => {
  connect("links.db");
  await transact("create table t (a)", "insert into t values (0)");
  const group = [
    transact("insert into t values (1)"),
    transact("insert into t values (2)", "select 'crash'", "insert into t values (3)"),
    transact("insert into t values (4)"),
  ];
  const [first, crashed, last] = await Promise.allSettled(group);
  expect(crashed?.status).toBe("rejected");
  // On a slow machine a group ends before all that wait are in it.
  const kept = [first?.status === "fulfilled" ? 1 : [], last?.status === "fulfilled" ? 4 : []];
  await transact("insert into t values (5)");
  expect(await rows()).toEqual([0, ...kept.flat(), 5].map((a) => ({ a })));
});

test("a closed client rejects requests", async () => {
  connect("links.db");
  await transact("create table t (a)");
  await thread.close();
  expect(await failureOf(thread.run("select 1"))).toMatchObject({ code: "SQLITE_CANTOPEN" });
});
