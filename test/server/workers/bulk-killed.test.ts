/** A change of many links whose process is killed goes on in another one, and changes each link once. */
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, openApp } from "../../../src/app.ts";
import { LiveSettings } from "../../../src/config/live-settings.ts";
import { inputContext } from "../../../src/links/input/link-schema.ts";
import type { RestoreProgress } from "../../../src/links/restores/restore-record.ts";
import { operator } from "../../../src/policy.ts";
import { silentLog } from "../../../src/telemetry/log.ts";
import { until } from "../../until.ts";
import { PASSWORD, startSite } from "../site.ts";

/** Enough for a dozen portions at least. */
const LINKS = 4000;

async function prepare(dataFolder: string): Promise<number> {
  const live = LiveSettings.fixed({ "admin.password": PASSWORD }, dataFolder);
  const app = await openApp({ live, log: silentLog() });
  try {
    return await startChange(app);
  } finally {
    await app.close();
  }
}

/** Records a change of all links, which no process runs yet. */
async function startChange(app: App): Promise<number> {
  const admin = await app.accounts.users.findByUsername("admin");
  const ownerId = admin?.id ?? 0;
  const lines = Array.from({ length: LINKS }, (_, at) => `https://example.com/${at},k${at}`);
  const csv = new Blob([`url,code\n${lines.join("\n")}`]).stream();
  const { portions } = await app.links.csv.read(csv, inputContext(app, []));
  for await (const { links } of portions)
    await app.links.csv.add(operator, ownerId, links, async () => {});
  const action = { tags: { added: ["new"] } };
  const work = { action, batch: app.clock(), filter: { ownerId } };
  return (await app.links.restores.createBulk(operator, ownerId, work)).id;
}

interface Job {
  readonly state: string;
  readonly pid: number;
  readonly place: number;
}

function readJob(database: Database, id: number): Job {
  const query = database.query<{ state: string; holder: string; progress: string }, [number]>(
    "select state, holder, progress from restore where id = ?",
  );
  const row = query.get(id);
  if (row === null) throw new Error("There is no such job.");
  const { place } = JSON.parse(row.progress) as RestoreProgress;
  return { state: row.state, pid: Number(row.holder.split(" ")[1]), place };
}

test("a change of many links goes on in another worker after kill -9", async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), "trunk8-bulk-killed-"));
  await using closing = new AsyncDisposableStack();
  closing.defer(() => rmSync(dataFolder, { recursive: true }));
  const id = await prepare(dataFolder);
  const site = await startSite({ dataFolder, workers: 2 });
  closing.defer(async () => void (await site.stop()));
  using database = new Database(join(dataFolder, "trunk8.db"), { readonly: true });
  const count = (query: string) => database.query<{ n: number }, []>(query).get()?.n;

  const jobWhen = async (what: string, check: (job: Job) => boolean): Promise<Job> => {
    const read = () => [readJob(database, id)].filter(check)[0] ?? null;
    const job = await until(read, { what, seconds: 60 });
    if (job === null) throw new Error(`There was never ${what}.`);
    return job;
  };

  const running = await jobWhen("the first portion", ({ place }) => place > 0);
  process.kill(running.pid, "SIGKILL");
  expect(running.place).toBeLessThan(LINKS);
  const done = await jobWhen("the end", ({ state }) => state === "done");
  expect(done.pid).not.toBe(running.pid);
  expect(done.place).toBe(LINKS);

  expect(count("select count(*) as n from link where revision = 2")).toBe(LINKS);
  expect(count("select count(*) as n from link_tag")).toBe(LINKS);
  const changes = "select count(*) as n from audit_event where details like '%batch%'";
  expect(count(changes)).toBe(LINKS);
}, 180_000);
