/** More connections than open files that a process may have. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addLink, type Site, signIn, startSite, until } from "./site.ts";

let folder: string;
let site: Site;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-files-"));
  site = await startSite({ dataFolder: folder, workers: "", openFiles: 128 });
  await addLink(site.origin, await signIn(site.origin), "there", "https://example.com/");
}, 60_000);
afterAll(async () => {
  await site.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function isOpened(): Promise<boolean> {
  const init = { redirect: "manual", signal: AbortSignal.timeout(2000), keepalive: false } as const;
  const answer = await fetch(`${site.origin}/there`, init).catch(() => null);
  return answer?.status === 302;
}

/** Opens connections that send nothing. */
function hold(count: number): Socket[] {
  const port = Number(new URL(site.origin).port);
  return Array.from({ length: count }, () => connect(port, "127.0.0.1").on("error", () => {}));
}

test("opens and creates links within five seconds after it had run out of open files", async () => {
  const crowd = hold(400);
  await until(async () => !(await isOpened()));
  for (const socket of crowd) socket.destroy();
  await until(isOpened, 5000);
  await addLink(site.origin, await signIn(site.origin), "after", "https://example.com/");
  expect(site.log.filter((line) => line["log.level"] === "critical")).toEqual([]);
}, 60_000);
