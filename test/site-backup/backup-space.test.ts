/** A backup of the site on a disk with too little space, and while folders are deleted. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { backUpSite } from "../../src/site-backup/back-up-site.ts";
import { listDataFiles } from "../../src/site-backup/data-files.ts";
import { failureOf } from "../failure.ts";
import { openTestApp, type World } from "../world.ts";

let world: World;
beforeEach(async () => {
  world = await openTestApp({ settings: { "ops.disk_floor_mb": 100_000_000 } });
});
afterEach(() => world.close());

test("refuses a backup before it writes anything where the disk has too little space", async () => {
  expect(await failureOf(backUpSite(world.app))).toMatchObject({ code: "storage_full" });
  expect(readdirSync(join(world.dataFolder, "backups"))).toEqual([]);
});

test("lists the other files when a folder is deleted meanwhile", async () => {
  const users = join(world.dataFolder, "users");
  for (const name of ["anna", "berta", "carl"]) {
    mkdirSync(join(users, name), { recursive: true });
    writeFileSync(join(users, name, "notes.txt"), name);
  }
  const listed: string[] = [];
  for await (const path of listDataFiles(world.dataFolder, "users/")) {
    if (listed.length === 0)
      for (const name of ["anna", "berta", "carl"])
        if (!path.includes(name) && name !== "carl") rmSync(join(users, name), { recursive: true });
    listed.push(path);
  }
  expect(listed).toContain("users/carl/notes.txt");
  expect(listed.filter((path) => path.endsWith("notes.txt")).length).toBeGreaterThanOrEqual(1);
});

test("leaves out the bytes of uploads in portions", async () => {
  const folder = join(world.dataFolder, "users", ".uploads");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "part"), "bytes");
  const listed = await Array.fromAsync(listDataFiles(world.dataFolder, "users/"));
  expect(listed.filter((path) => path.includes(".uploads"))).toEqual([]);
});
