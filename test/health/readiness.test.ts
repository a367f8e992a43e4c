/** Whether a site can answer links, and what else is wrong. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { checkReadiness, isWell } from "../../src/health/readiness.ts";
import { operator } from "../../src/policy.ts";
import { Problem } from "../../src/problem.ts";
import { until } from "../server/site.ts";
import { databases, form, openTestApp, type World } from "../world.ts";

describe.each(databases)("with %s", (database) => {
  let world: World;
  beforeEach(async () => {
    world = await openTestApp({ database });
  });
  afterEach(() => world.close());

  const probe = () => world.request("/health/ready");

  test("tells a load balancer only that links can be answered", async () => {
    const response = await probe();
    expect([response.status, await response.text()]).toEqual([200, '{"status":"pass"}']);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect((await world.request("/health/ready", { method: "HEAD" })).status).toBe(200);
    expect((await world.request("/health/ready", form({}))).status).toBe(405);
  });

  test("names a lane whose threads or connections do not answer, and stays ready", async () => {
    const { app } = world;
    const reports = () => Promise.reject(new Problem("busy", "gone"));
    Object.assign(app.database.probes, { reports });
    const { ready, degraded } = await checkReadiness(app);
    expect([isWell(ready), degraded.reads, degraded.writer]).toEqual([true, null, null]);
    expect(degraded.reports).toBe("gone");
  });

  test("is not ready while the database is away", async () => {
    const { app } = world;
    const away = new Problem("busy", "away");
    const { lookup } = app.database;
    Object.assign(app.database, {
      lookup: {
        selectFrom: () => {
          throw away;
        },
      },
    });
    const response = await probe();
    expect([response.status, await response.text()]).toEqual([503, '{"status":"fail"}']);
    Object.assign(app.database, { lookup });
  });

  test("writes neither a row nor a file for a probe", async () => {
    const { app, dataFolder } = world;
    const rows = async () => await app.database.read.selectFrom("lease").selectAll().execute();
    const files = () =>
      readdirSync(join(dataFolder, "users"), { recursive: true }).map((name) => [
        name,
        statSync(join(dataFolder, "users", String(name))).mtimeMs,
      ]);
    const before = [await rows(), files()];
    await probe();
    await checkReadiness(app);
    expect([await rows(), files()]).toEqual(before);
  });

  test("says that the database accepts no writes until it does", async () => {
    const { writeHealth, accounts } = world.app;
    writeHealth.note(new Problem("storage_full", "full"));
    expect((await checkReadiness(world.app)).degraded.writes).toBe("full");
    expect((await probe()).status).toBe(200);
    await accounts.users.create(operator, { username: "carol", password: "a quiet Monday" });
    expect((await checkReadiness(world.app)).degraded.writes).toBeNull();
  });
});

test("keeps an answer for a second", async () => {
  const world = await openTestApp();
  const mark = join(world.dataFolder, "users/.trunk8-site");
  expect((await world.request("/health/ready")).status).toBe(200);
  renameSync(mark, `${mark}.away`);
  const first = performance.now();
  await until(async () => (await world.request("/health/ready")).status === 503);
  expect(performance.now() - first).toBeWithin(500, 5000);
  await world.close();
});

test("names a folder of stored files that cannot be written to", async () => {
  const world = await openTestApp();
  const folder = join(world.dataFolder, "users");
  renameSync(folder, `${folder}.away`);
  const { ready, degraded } = await checkReadiness(world.app);
  expect([ready.files, degraded.uploads]).toEqual([
    expect.any(String),
    expect.stringContaining(folder),
  ]);
  await world.close();
});
