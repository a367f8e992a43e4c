import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { backUpIfDue, chooseKept } from "../../src/site-backup/backup-schedule.ts";
import { openTestApp, START, type World } from "../world.ts";

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
});
