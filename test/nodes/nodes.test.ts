/** The list of nodes: who is there, which version, and since when not. */
import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { type App, openApp } from "../../src/app.ts";
import { LiveSettings } from "../../src/config/live-settings.ts";
import { checkReady } from "../../src/health/readiness.ts";
import { startJobs } from "../../src/jobs/jobs.ts";
import { operator } from "../../src/policy.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { version } from "../../src/version.ts";
import { openPostgres, postgresIsAvailable } from "../postgres.ts";
import { until } from "../until.ts";
import { readPage } from "../web/read-page.ts";
import { as, databases, form, openTestApp, type World } from "../world.ts";

let closing = new AsyncDisposableStack();
afterEach(async () => {
  const open = closing;
  closing = new AsyncDisposableStack();
  await open.disposeAsync();
});

async function openWorld(database: (typeof databases)[number]): Promise<World> {
  const world = await openTestApp({ database });
  closing.defer(() => world.close());
  return world;
}

/** Starts what says that the node is there; returns what stops it, which the end of the test does as well. */
function start(app: App): () => void {
  const jobs = new DisposableStack();
  jobs.defer(startJobs(app));
  closing.defer(() => jobs.dispose());
  return () => jobs.dispose();
}

const listed = (app: App) => app.nodes.list(operator);

/** Waits until there are so many, and returns them. */
async function untilListed(app: App, count: number) {
  await until(async () => (await listed(app)).length === count, { what: `${count} nodes` });
  return await listed(app);
}

describe.each(databases)("with %s", (database) => {
  test("lists the running node by its host name", async () => {
    const { app } = await openWorld(database);
    expect(await listed(app)).toEqual([]);
    start(app);
    const [node] = await untilListed(app, 1);
    expect(node).toMatchObject({ name: hostname(), version, state: "ready" });
    expect(node?.address).toBe(`${hostname()}:5001`);
    const { now } = app.database.dialect;
    const { rows } = await sql<{ now: number }>`select ${now} as now`.execute(app.database.read);
    expect(Math.abs((rows[0]?.now ?? 0) - (node?.seenAt ?? 0))).toBeLessThan(30_000);
  });

  test("is for administrators", async () => {
    const { app, people } = await openWorld(database);
    const refused = { code: "forbidden" };
    await expect(app.nodes.list(as(people.alice))).rejects.toMatchObject(refused);
    await expect(app.nodes.forget(as(people.alice), "x")).rejects.toMatchObject(refused);
  });

  test("shows the page, and forgets no node that runs", async () => {
    const { app, request, signIn, people } = await openWorld(database);
    start(app);
    await untilListed(app, 1);
    const cookie = await signIn(people.admin);
    const page = await readPage(await request("/-/nodes", { headers: { cookie } }));
    expect(page.text).toContain(`${hostname()}:5001 Ready ${version}`);
    const fields = { action: "forget", node: hostname() };
    expect((await request("/-/nodes", form(fields, cookie))).status).toBe(409);
    expect((await request("/-/nodes", form({ action: "x" }, cookie))).status).toBe(422);
    expect(await listed(app)).toHaveLength(1);
  });

  test("is not ready once it drains, and answers on", async () => {
    const { app, request } = await openWorld(database);
    expect((await request("/health/ready")).status).toBe(200);
    await app.nodes.drain();
    expect(await checkReady(app)).toMatchObject({ stopping: expect.any(String), database: null });
    expect((await request("/health/ready")).status).toBe(503);
    expect((await request("/auth/login")).status).toBe(200);
  });
});

test("on SQLite, a stopped server is listed as stopped, without writes meanwhile", async () => {
  const { app } = await openWorld("sqlite");
  const stop = start(app);
  await untilListed(app, 1);
  const rows = () => app.database.read.selectFrom("node").selectAll().execute();
  const before = await rows();
  stop();
  expect(await listed(app)).toMatchObject([{ state: "gone" }]);
  expect(await rows()).toEqual(before);
});

describe.if(postgresIsAvailable)("with several nodes", () => {
  let folder: string;

  /** Opens nodes of these names on one database, each with a data folder of its own. */
  async function openNodes(...names: string[]): Promise<App[]> {
    const database = await (await openPostgres()).freshDatabase();
    closing.defer(() => database.drop());
    folder = mkdtempSync(join(tmpdir(), "trunk8-nodes-"));
    closing.defer(() => rmSync(folder, { recursive: true }));
    const apps: App[] = [];
    for (const [at, name] of names.entries()) {
      const settings = {
        "database.url": database.url,
        "server.node_name": name,
        "server.listen": `10.0.0.${at + 1}:5001`,
      };
      const live = LiveSettings.fixed(settings, join(folder, `${at}`));
      const app = await openApp({ live, log: silentLog() });
      closing.defer(() => app.close());
      apps.push(app);
    }
    return apps;
  }

  /** Lets a node have been seen last so many milliseconds ago. */
  async function age(app: App, name: string, ms: number): Promise<void> {
    await app.database.write(async (trx) => {
      const query = trx.updateTable("node").set({ seen_at: sql`seen_at - ${ms}` });
      await query.where("name", "=", name).execute();
    });
  }

  test("each is listed with its address, clock and the age of what it hears", async () => {
    const [one, other] = (await openNodes("one", "other")) as [App, App];
    start(one);
    start(other);
    const found = await untilListed(other, 2);
    expect(found).toMatchObject([
      { name: "one", address: "10.0.0.1:5001", state: "ready" },
      { name: "other", address: "10.0.0.2:5001", state: "ready" },
    ]);
    for (const { clockMs, changesMs } of found) {
      expect(Math.abs(clockMs)).toBeLessThan(5000);
      expect(changesMs).not.toBeNull();
    }
  });

  test("one that stops is listed as draining, then as stopped, and can be forgotten", async () => {
    const [one, other] = (await openNodes("one", "other")) as [App, App];
    const stop = start(one);
    start(other);
    await untilListed(other, 2);
    await one.nodes.drain();
    expect((await listed(other))[0]).toMatchObject({ name: "one", state: "draining" });
    stop();
    await one.nodes.leave();
    expect((await listed(other))[0]).toMatchObject({ name: "one", state: "gone" });
    await other.nodes.forget(operator, "one");
    expect(await listed(other)).toMatchObject([{ name: "other" }]);
    const unknown = { code: "not_found" };
    await expect(other.nodes.forget(operator, "one")).rejects.toMatchObject(unknown);
  });

  test("one that crashed is away after half a minute, and forgotten after a day", async () => {
    const [one, other] = (await openNodes("one", "other")) as [App, App];
    const stop = start(one);
    start(other);
    await untilListed(other, 2);
    stop();
    expect((await listed(other))[0]).toMatchObject({ name: "one", state: "ready" });
    await age(other, "one", 31_000);
    expect((await listed(other))[0]).toMatchObject({ name: "one", state: "away" });
    await age(other, "one", 86_400_000);
    expect(await listed(other)).toMatchObject([{ name: "other" }]);
    start(one);
    await untilListed(other, 2);
  });

  test("warns where two have one name", async () => {
    const [one, other] = (await openNodes("same", "same")) as [App, App];
    const lines: string[] = [];
    Object.assign(one.log, { warn: (_: unknown, line: string) => lines.push(line) });
    Object.assign(other.log, { warn: (_: unknown, line: string) => lines.push(line) });
    start(one);
    start(other);
    // After several takeovers in turn, two seconds apart.
    await until(() => lines.length > 0, { what: "a warning", seconds: 50 });
    expect(lines[0]).toContain("Another node has the same name");
  }, 60_000);
});
