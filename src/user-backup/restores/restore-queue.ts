import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { App } from "../../app.ts";
import { makeUuid } from "../../files/blob.ts";
import type { RestoreProgress, RestoreRecord } from "../../links/restores/restore-record.ts";
import type { RunningRestore } from "../../links/restores/restores.ts";
import { claimPath } from "../../os/machine-lock.ts";
import { Problem } from "../../problem.ts";
import { text } from "../text.en.ts";
import { type RunOptions, runRestore } from "./run-restore.ts";

/** Restores, imports and changes of many links that a machine runs at the same time. */
const AT_ONCE = 3;

/** How long an archive may be missing on every node before its restore fails. */
const MISSING_MS = 3_600_000;

/** Runs all restores that wait, and those whose process has crashed; at most three at the same time. */
export async function runRestores(app: App, options: RunOptions = {}): Promise<void> {
  const queue = queueOf(app);
  const waiting = (await app.links.restores.listRunning()).filter(({ id }) => !queue.has(id));
  const started: Promise<void>[] = [];
  for (const restore of waiting) {
    if (queue.size >= AT_ONCE) break;
    const running = runHere(app, restore, options).finally(() => queue.delete(restore.id));
    queue.set(restore.id, running);
    started.push(running);
  }
  await Promise.all(started);
}

/** Runs one restore here and now, unless another process has it; returns when it has ended. */
export async function runNow(app: App, id: number, options: RunOptions): Promise<void> {
  const restore = (await app.links.restores.listRunning()).find((running) => running.id === id);
  if (restore !== undefined) await runHere(app, restore, options);
}

/** How often to look at a restore that another process runs. */
const FOLLOW_MS = 500;

/**
 * Runs a restore here, or follows it while another process does; returns it when it has ended.
 * @throws Problem `not_found` where its account was deleted
 */
export async function followRestore(
  app: App,
  id: number,
  onProgress: (progress: RestoreProgress) => void,
): Promise<RestoreRecord> {
  for (;;) {
    const running = (await app.links.restores.listRunning()).find((restore) => restore.id === id);
    if (running !== undefined) await runHere(app, running, { onProgress });
    const record = await app.links.restores.find(id);
    if (record === null) throw new Problem("not_found", text.noAccount);
    if (record.endedAt !== null) return record;
    onProgress(record.progress);
    await Bun.sleep(FOLLOW_MS);
  }
}

/** What this process runs, by app. */
const queues = new WeakMap<App, Map<number, Promise<void>>>();

function queueOf(app: App): Map<number, Promise<void>> {
  const queue = queues.get(app) ?? new Map<number, Promise<void>>();
  queues.set(app, queue);
  return queue;
}

/** Runs one restore if its archive is here and no other process has it; returns when it has ended. */
async function runHere(app: App, restore: RunningRestore, options: RunOptions): Promise<void> {
  const isHere = restore.archive === "" || (await Bun.file(restore.archive).exists());
  if (!isHere && restore.createdAt > app.clock() - MISSING_MS) return;
  using lock = claimLock(app, restore);
  if (lock === null) return;
  const holder = `${encodeURIComponent(app.nodes.name)} ${process.pid} ${makeUuid(app.random)}`;
  const held = await app.links.restores.take(restore, holder);
  if (held === null) return;
  await runRestore(app, held, options);
  await deleteArchive(app, restore.id);
}

/**
 * Locks a restore on this machine: the kernel releases what a crashed process had. Null if it is another process's, here
 * or on another node.
 */
function claimLock(app: App, { id, holder, isExpired }: RunningRestore): Disposable | null {
  const isOurs =
    holder === "" || isExpired || holder.startsWith(`${encodeURIComponent(app.nodes.name)} `);
  return isOurs ? claimPath(join(app.runFolder, `restore-${id}`)) : null;
}

async function deleteArchive(app: App, id: number): Promise<void> {
  const record = await app.links.restores.find(id);
  if (record !== null && record.endedAt === null) return;
  await rm(join(app.runFolder, `restore-${id}`), { force: true });
  if (record?.isSent) await rm(record.archive, { force: true });
}
