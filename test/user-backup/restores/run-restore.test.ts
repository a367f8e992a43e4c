/** Restores in portions: the same result as in one transaction, whatever happens between two of them. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import type { User } from "../../../src/accounts/user.ts";
import type { RestoreProgress } from "../../../src/links/restores/restore-record.ts";
import { HeldRestore, RestoreLost } from "../../../src/links/restores/restores.ts";
import { planRestore, type RestoreMode } from "../../../src/user-backup/restore-plan.ts";
import { restoreUser } from "../../../src/user-backup/restore-user.ts";
import { runRestores } from "../../../src/user-backup/restores/restore-queue.ts";
import { failureOf } from "../../failure.ts";
import { newLink, share } from "../../share.ts";
import { as, databases, openTestApp, type World } from "../../world.ts";
import { lookAt } from "../account.ts";
import { madeArchive } from "./made-archive.ts";

let world: World;
let alice: User;

async function start(archive: string, mode: RestoreMode = "merge") {
  const order = { ownerId: alice.id, mode, archive, isSent: false };
  return await world.app.links.restores.create(as(alice), order);
}

async function resultOf(id: number) {
  const record = await world.app.links.restores.find(id);
  if (record === null) throw new Error("no record");
  return record;
}

/** Stops the process's work after so many steps, as a graceful stop does. */
async function runSteps(steps: number): Promise<void> {
  const stopping = new AbortController();
  let left = steps;
  const onProgress = () => {
    if (--left <= 0) stopping.abort(new Error("stopping"));
  };
  await runRestores(world.app, { stopping: stopping.signal, onProgress });
}

async function addRedirect(code: string): Promise<void> {
  const link = newLink({ shortCode: code, kind: "redirect", target: "https://example.com/own" });
  await world.app.links.create(as(alice), { ownerId: alice.id }, link, null);
}

async function countLinks(): Promise<number> {
  const { app } = world;
  const query = app.database.read.selectFrom("link").select(({ fn }) => fn.countAll().as("count"));
  return Number((await query.where("owner_id", "=", alice.id).executeTakeFirstOrThrow()).count);
}

/** All totals of the account's links, of its hours and of the site's. */
async function countVisits() {
  const { read } = world.app.database;
  const sum = async (rows: Promise<readonly { visits: number }[]>) =>
    (await rows).reduce((total, { visits }) => total + Number(visits), 0);
  const hours = read.selectFrom("owner_quarter").select("visits");
  return {
    links: await sum(read.selectFrom("link_total").select("visits").execute()),
    hours: await sum(read.selectFrom("link_quarter").select("visits").execute()),
    owner: await sum(hours.where("owner_id", "=", alice.id).execute()),
    site: await sum(hours.where("owner_id", "=", 0).execute()),
  };
}

describe.each(databases)("a restore in portions on %s", (database) => {
  beforeEach(async () => {
    world = await openTestApp({ database });
    alice = world.people.alice;
  });
  afterEach(() => world.close());

  test("restores what one transaction restores", async () => {
    const archive = await madeArchive(world, "a.zip", { links: 40, hours: 700, files: [5, 9, 5] });
    {
      const order = { owner: alice, path: archive, mode: "merge" as const };
      using plan = await planRestore(world.app, as(alice), order);
      await restoreUser(world.app, as(alice), plan);
    }
    const expected = { seen: await lookAt(world, alice), visits: await countVisits() };
    const { id } = await start(archive);
    await runRestores(world.app);
    expect(await resultOf(id)).toMatchObject({
      state: "done",
      progress: { place: 43, links: 43, restored: 43, skippedCount: 0 },
    });
    expect({ seen: await lookAt(world, alice), visits: await countVisits() }).toEqual(expected);
  });

  test.each([1, 2, 3, 4, 5])(
    "goes on after a stop at step %i",
    async (steps) => {
      const archive = await madeArchive(world, "a.zip", { links: 3, hours: 15_000, files: [9] });
      const { id } = await start(archive);
      await runSteps(steps);
      expect((await resultOf(id)).state).toBe("running");
      await runRestores(world.app);
      expect(await resultOf(id)).toMatchObject({ state: "done", progress: { restored: 4 } });
      const visits = 3 * 15_000 * 3;
      const people = visits / 2;
      expect(await countVisits()).toEqual({
        links: people,
        hours: visits,
        owner: visits,
        site: visits,
      });
    },
    30_000,
  );

  test("keeps other links until the end, and those that are newer than the restore", async () => {
    await addRedirect("old");
    const archive = await madeArchive(world, "a.zip", { links: 2500 });
    const { id } = await start(archive, "replace");
    await runSteps(2);
    const count = await countLinks();
    expect(count).toBeGreaterThan(1);
    expect(count).toBeLessThan(2501);
    expect(await world.app.links.get(as(alice), "old")).toMatchObject({ shortCode: "old" });
    await addRedirect("newer");
    await runRestores(world.app);
    expect(await resultOf(id)).toMatchObject({
      state: "done",
      progress: { restored: 2500, removed: 1 },
    });
    expect(await countLinks()).toBe(2501);
    expect(await world.app.links.get(as(alice), "newer")).toMatchObject({ shortCode: "newer" });
  });

  test("skips what became another user's meanwhile, and names it", async () => {
    const archive = await madeArchive(world, "a.zip", { links: 2500 });
    const { id } = await start(archive);
    await runSteps(2);
    const link = newLink({
      shortCode: "code-2400",
      kind: "redirect",
      target: "https://b.example/",
    });
    const { bob } = world.people;
    await world.app.links.create(as(bob), { ownerId: bob.id }, link, null);
    await runRestores(world.app);
    expect(await resultOf(id)).toMatchObject({
      state: "done",
      progress: { restored: 2499, skippedCount: 1, skipped: [{ shortCode: "code-2400" }] },
    });
  });

  test("ends after the portion under way when it is cancelled", async () => {
    const archive = await madeArchive(world, "a.zip", { links: 2500 });
    const { id } = await start(archive);
    await runRestores(world.app, {
      onProgress: ({ place }: RestoreProgress) => {
        if (place > 0) void world.app.links.restores.cancel(id);
      },
    });
    const { state, progress } = await resultOf(id);
    expect(state).toBe("cancelled");
    expect(await countLinks()).toBe(progress.restored);
    await start(archive);
    await runRestores(world.app);
    expect(await countLinks()).toBe(2500);
  });

  test("stops at the quota with what fits, and says so", async () => {
    await world.app.files.blobs.setQuota(as(world.people.admin), alice.id, 2500);
    await share(world, alice, { code: "mine", name: "a.txt", bytes: "x".repeat(1000) });
    const archive = await madeArchive(world, "a.zip", { links: 2500, files: [2000] });
    const { id } = await start(archive);
    await runRestores(world.app);
    const { state, problem, progress } = await resultOf(id);
    expect([state, problem?.code]).toEqual(["failed", "over_quota"]);
    expect(await countLinks()).toBe(progress.restored + 1);
  });

  test("deletes other links before the end where the quota needs their space", async () => {
    await world.app.files.blobs.setQuota(as(world.people.admin), alice.id, 2500);
    await share(world, alice, { code: "mine", name: "a.txt", bytes: "x".repeat(1000) });
    const archive = await madeArchive(world, "a.zip", { links: 2500, files: [2000] });
    const { id } = await start(archive, "replace");
    await runRestores(world.app);
    expect(await resultOf(id)).toMatchObject({ state: "done", progress: { removed: 1 } });
    expect(await countLinks()).toBe(2501);
    expect((await world.app.files.blobs.usageOf(alice.id)).bytes).toBe(2000);
  });

  test("refuses a second restore of the account meanwhile", async () => {
    const archive = await madeArchive(world, "a.zip", { links: 1 });
    await start(archive);
    expect(await failureOf(start(archive))).toMatchObject({ code: "busy" });
    await runRestores(world.app);
    await start(archive);
  });

  test("writes nothing once another process has taken it over", async () => {
    const archive = await madeArchive(world, "a.zip", { links: 1 });
    const { id, progress } = await start(archive);
    expect(await world.app.links.restores.take({ id, holder: "" }, "one")).not.toBeNull();
    expect(await world.app.links.restores.take({ id, holder: "" }, "other")).toBeNull();
    expect(await world.app.links.restores.take({ id, holder: "one" }, "other")).not.toBeNull();
    const held = new HeldRestore(world.app.database, id, "one");
    const write = world.app.database.write((trx) => held.advance(trx, { ...progress, place: 1 }));
    expect(await failureOf(write)).toBeInstanceOf(RestoreLost);
    expect((await resultOf(id)).progress.place).toBe(0);
  });

  test("reports a damaged archive by its field, and deletes a sent one", async () => {
    const path = await madeArchive(world, "a.zip", { links: 1 });
    await Bun.write(path, "no zip");
    const order = { ownerId: alice.id, mode: "merge" as const, archive: path, isSent: true };
    const { id } = await world.app.links.restores.create(as(alice), order);
    await runRestores(world.app);
    const { state, problem } = await resultOf(id);
    expect(state).toBe("failed");
    expect(Object.keys(problem?.fields ?? {})).toEqual(["backup_file"]);
    expect(existsSync(path)).toBe(false);
  });
});
