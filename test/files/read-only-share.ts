/** Run by site-mark.test.ts in a mount namespace of its own: `users` as a small disk, at times read-only or full. */
import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "../../src/files/text.en.ts";
import { checkReadiness } from "../../src/health/readiness.ts";
import { openTestApp } from "../world.ts";

async function mount(...words: string[]): Promise<void> {
  const child = Bun.spawn(["mount", ...words], { stdout: "ignore", stderr: "inherit" });
  expect(await child.exited).toBe(0);
}

test("a share that is read-only or full sends files, and refuses uploads", async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), "trunk8-share-"));
  const users = join(dataFolder, "users");
  mkdirSync(users);
  await mount("-t", "tmpfs", "-o", "size=4m,mode=700", "tmpfs", users);
  const world = await openTestApp({ dataFolder, settings: { "ops.disk_floor_mb": 0 } });
  const headers = { cookie: await world.signIn(world.people.admin), accept: "application/json" };
  /** The statuses of an upload and of a download, and what readiness says of uploads. */
  const ask = async (code: string, bytes = 10) => {
    const body = new FormData();
    body.set("short_code", code);
    body.set("file", new File([new Uint8Array(bytes)], "data.bin"));
    const uploaded = await world.request("/add", { method: "POST", body, headers });
    const opened = await world.request("/first");
    const { degraded } = await checkReadiness(world.app);
    return [uploaded.status, opened.status, degraded.uploads];
  };
  expect(await ask("first")).toEqual([201, 200, null]);
  await mount("-o", "remount,ro", users);
  expect(await ask("second")).toEqual([503, 200, text.notWritable(users)]);
  expect((await world.request("/health/ready")).status).toBe(200);
  await mount("-o", "remount,rw", users);
  writeFileSync(join(users, "filler"), new Uint8Array(3_500_000));
  expect(await ask("third", 2_000_000)).toEqual([507, 200, null]);
  expect(await ask("fourth")).toEqual([201, 200, null]);
  await world.app.close();
});
