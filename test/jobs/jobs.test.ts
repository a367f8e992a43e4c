/** The periodic jobs: at the server's start, and beside nodes of the former version. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pino from "pino";
import { Leases } from "../../src/database/leases.ts";
import { jobs, startJobs } from "../../src/jobs/jobs.ts";
import { until } from "../until.ts";
import { databases, openTestApp, type World } from "../world.ts";

interface Line {
  readonly level: number;
  readonly msg: string;
  readonly count?: number;
  readonly files?: readonly string[];
}

let world: World;
let assets: string;
let lines: Line[];
beforeEach(async () => {
  world = await openTestApp();
  assets = join(world.dataFolder, "users/alice/assets");
  mkdirSync(join(assets, ".drafts"), { recursive: true });
  lines = [];
});
afterEach(() => world.close());

/** Starts the jobs of the app, which log into `lines`. */
function start({ app } = world): Disposable {
  const log = pino({}, { write: (text) => void lines.push(JSON.parse(text)) });
  return { [Symbol.dispose]: startJobs({ ...app, log }) };
}

test("removes partial uploads of dead processes at the start", async () => {
  const draft = join(assets, ".drafts/1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed");
  writeFileSync(draft, "half");
  using _ = start();
  await until(() => !existsSync(draft), { what: "the draft to be removed" });
  expect(lines).toEqual([]);
});

test("reports orphaned files, ten by name, and leaves them in place", async () => {
  for (let at = 0; at < 12; at++) writeFileSync(join(assets, `stray${at}.txt`), "whose?");
  using _ = start();
  await until(() => lines.length > 0, { what: "a line in the log" });
  expect(lines).toMatchObject([{ level: 40, count: 12 }]);
  expect(lines[0]?.files).toHaveLength(10);
  expect(lines[0]?.files?.[0]).toMatch(/^alice\/assets\/stray\d+\.txt$/);
  expect(readdirSync(assets)).toHaveLength(13);
});

describe.each(databases)("beside a node of the former version on %s", (database) => {
  test("runs no job whose former lease that node holds, and takes it where it is free", async () => {
    const shared = await openTestApp({ database });
    const { app } = shared;
    await using _closing = { [Symbol.asyncDispose]: () => shared.close() };
    const former = new Leases(app.database, "former node");
    const holders = async () =>
      new Map((await app.leases.list()).map(({ name, holder }) => [name, holder]));
    expect(await former.take("remove expired links", 30_000)).not.toBeNull();
    using _ = start(shared);
    await until(async () => (await holders()).has("rank-links"), { what: "a job to run" });
    const held = await holders();
    expect(held.get("remove expired links")).toBe("former node");
    expect(held.has("delete-expired-links")).toBe(false);
    expect(held.get("rank links by visits")).toBe(held.get("rank-links") ?? "none");
    expect(await former.take("rank links by visits", 60_000)).toBeNull();
  });
});

test("has ids and former names that occur once", () => {
  const names = jobs.flatMap(({ id, formerName }) =>
    formerName === undefined ? [id] : [id, formerName],
  );
  expect(new Set(names).size).toBe(names.length);
  for (const { id } of jobs) expect(id).toMatch(/^[a-z]+(-[a-z]+)+$/);
});
