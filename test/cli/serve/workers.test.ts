/** What is done again and again where several processes could do it, and how it is told at the command line. */
import { Database as Sqlite } from "bun:sqlite";
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive, type Site, startSite, until } from "../../server/site.ts";
import { callProgram } from "../program.ts";

// Each starts several real processes.
setDefaultTimeout(120_000);

let folder: string;
let dataFolder: string;
let site: Site;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-workers-"));
  dataFolder = join(folder, "data");
  site = await startSite({ dataFolder, workers: 3 });
});
afterAll(async () => {
  await site.stop();
  rmSync(folder, { recursive: true });
});

const SITE_JOBS = ["rank-links", "delete-expired-links", "delete-unused-files"];

/** Who did each of some jobs last. */
function holders(): Map<string, string> {
  using database = new Sqlite(join(dataFolder, "trunk8.db"), { readonly: true });
  const rows = database
    .query<{ name: string; holder: string }, []>(
      "select name, holder from lease where ran_at > 0 and name like '%-%'",
    )
    .all();
  return new Map(rows.map(({ name, holder }) => [name, holder]));
}

test("one worker does all that is done once, and another when that one is dead", async () => {
  await until(() => SITE_JOBS.every((name) => holders().has(name)));
  const [first, ...others] = new Set(holders().values());
  expect(others).toEqual([]);
  const pid = Number(first?.slice(hostname().length + 1));
  expect(site.workers()).toContain(pid);
  due();
  process.kill(pid, "SIGKILL");
  await until(() => [...holders().values()].some((holder) => holder !== first));
  expect(isAlive(pid)).toBe(false);
});

test("jobs are listed with when they ran last, where, for how long, and why one failed", async () => {
  using database = new Sqlite(join(dataFolder, "trunk8.db"));
  const failed = { at: Date.UTC(2026, 2, 17, 12), until: Date.now() + 300_000 };
  await until(() => SITE_JOBS.every((name) => holders().has(name)));
  database.exec("pragma busy_timeout = 5000");
  database
    .query(
      `update lease set ran_at = ?, until = ?, took_ms = 7, holder = 'alpha 12', failure = 'Away.'
       where name = 'delete-expired-links'`,
    )
    .run(failed.at, failed.until);
  const text = (await callProgram(folder, ["jobs"])).stdout;
  expect(text).toMatch(
    /^delete-expired-links .+ 30 .+2026-03-17T12:00:00.000Z.+\b7\b.+alpha 12.+Away\.$/m,
  );
  expect(text).toMatch(/^rank-links .+ 60 .+ \d{4}-\d\d-\d\dT\S+Z/m);
  expect(text).toMatch(/^count-visits .+ 1 s$/m); // each machine runs it
  const rows = JSON.parse((await callProgram(folder, ["jobs", "--json"])).stdout);
  expect(rows).toContainEqual({
    name: "delete-expired-links",
    everySeconds: 30,
    lastRun: {
      at: "2026-03-17T12:00:00.000Z",
      tookMs: 7,
      holder: "alpha 12",
      failure: "Away.",
    },
  });
});

/** Makes every job's next run due now, so that nobody waits for it here. */
function due(): void {
  using database = new Sqlite(join(dataFolder, "trunk8.db"));
  database.exec("pragma busy_timeout = 5000");
  database.exec("update lease set until = 0");
}
