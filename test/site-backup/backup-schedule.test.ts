import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { backUpIfDue, chooseKept } from "../../src/site-backup/backup-schedule.ts";
import { failureOf } from "../failure.ts";
import { share } from "../share.ts";
import { as, openTestApp, START, type World } from "../world.ts";

const archive = (day: string, time = "030000") => `trunk8_site_${day}_${time}.zip`;

describe("the retention of site backups", () => {
  // The 16th of March 2026 is a Monday.
  const names = ["0301", "0309", "0310", "0315", "0316", "0317"].map((day) =>
    archive(`2026${day}`),
  );

  test.each([
    [0, 0, []],
    [2, 0, ["0316", "0317"]],
    [1, 2, ["0309", "0316", "0317"]],
    [9, 0, ["0301", "0309", "0310", "0315", "0316", "0317"]],
    [0, 9, ["0301", "0309", "0316"]],
  ])("keeps %p daily and %p weekly ones", (daily, weekly, days) => {
    const kept = [...chooseKept(names, { daily, weekly })].sort();
    expect(kept).toEqual(days.map((day) => archive(`2026${day}`)));
  });

  test("keeps the last of a day and the first of a week", () => {
    const [early, late] = [archive("20260317", "010000"), archive("20260317", "020000")];
    expect([...chooseKept([early, late], { daily: 1, weekly: 0 })]).toEqual([late]);
    expect([...chooseKept([early, late], { daily: 0, weekly: 1 })]).toEqual([early]);
  });
});

describe("the daily site backup", () => {
  let world: World;
  beforeAll(async () => {
    const settings = { "backup.keep_daily": 2, "app.timezone": "UTC" };
    world = await openTestApp({ settings });
  });
  afterAll(() => world.close());

  const backupNames = () => readdirSync(join(world.dataFolder, "backups")).sort();

  test("is made once a day, and replaces the oldest, but no file with another name", async () => {
    const backups = join(world.dataFolder, "backups");
    mkdirSync(backups, { recursive: true });
    for (const name of [archive("20260301"), archive("20260316"), "mine.zip"]) {
      writeFileSync(join(backups, name), "");
    }
    await backUpIfDue(world.app);
    const kept = [archive("20260316"), archive("20260317", "120000")];
    expect(backupNames()).toEqual(["mine.zip", ...kept]);
    world.clock.set(START + 3_600_000);
    await backUpIfDue(world.app);
    expect(backupNames()).toEqual(["mine.zip", ...kept]);
    world.clock.set(START + 86_400_000);
    await backUpIfDue(world.app);
    expect(backupNames()).toEqual(["mine.zip", kept[1] ?? "", archive("20260318", "120000")]);
  });

  test("fails and removes no older backup as long as a file is missing", async () => {
    const { app, clock, dataFolder, people } = world;
    await share(world, people.alice, { code: "paper", name: "a.txt", bytes: "hello" });
    clock.set(START + 2 * 86_400_000);
    await backUpIfDue(app);
    const { content } = await app.links.get(as(people.alice), "paper");
    rmSync(join(dataFolder, "users", content?.path ?? ""));
    const before = backupNames();
    for (const day of [3, 4, 5]) {
      clock.set(START + day * 86_400_000);
      expect(await failureOf(backUpIfDue(app))).toMatchObject({ code: "invalid" });
      expect(await failureOf(backUpIfDue(app))).toMatchObject({ code: "invalid" });
    }
    expect(backupNames()).toEqual(expect.arrayContaining(before));
    expect(backupNames().length).toBe(before.length + 3);
    await app.links.remove(as(people.alice), "paper");
    clock.set(START + 6 * 86_400_000);
    await backUpIfDue(app);
    expect(backupNames().length).toBe(before.length);
  });
});
