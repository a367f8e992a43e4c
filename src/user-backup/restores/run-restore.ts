import { writePreferences } from "../../accounts/user-rows.ts";
import type { App } from "../../app.ts";
import { refused } from "../../archive/archive.ts";
import type { Trx } from "../../database/database.ts";
import type { RestoreProgress, RestoreRecord } from "../../links/restores/restore-record.ts";
import { type HeldRestore, LEASE_MS, RestoreLost } from "../../links/restores/restores.ts";
import { every } from "../../os/every.ts";
import { type Actor, isAdministrator } from "../../policy.ts";
import { Problem, toProblem } from "../../problem.ts";
import { version } from "../../version.ts";
import { CheckedArchive } from "../reading/checked-archive.ts";
import { requireSpace } from "../restore-plan.ts";
import { preferencesOf } from "../restore-user.ts";
import { text } from "../text.en.ts";
import { removeOthers } from "./remove-others.ts";
import { type PortionedRun, type RestoreRun, writeProgress } from "./restore-run.ts";
import { tryAgain } from "./try-again.ts";
import { writeLinks } from "./write-links.ts";
import { writeVisits } from "./write-visits.ts";

export interface RunOptions {
  /** Aborted when the process stops: then another one goes on. */
  readonly stopping?: AbortSignal | undefined;
  readonly onProgress?: (progress: RestoreProgress) => void;
  /** Runs an import of a CSV file, to its end. */
  readonly importCsv?: (run: PortionedRun) => Promise<void>;
  /** Runs a change of many links, to its end. */
  readonly changeLinks?: (run: PortionedRun) => Promise<void>;
}

/** Thrown between two portions of a restore that was cancelled. */
class Cancelled extends Error {}

/** Longest rest after a portion. */
const REST_MS = 500;

/** Runs a restore from where it is to its end, or until the process stops. What goes wrong is recorded in it. */
export async function runRestore(
  app: App,
  held: HeldRestore,
  options: RunOptions = {},
): Promise<void> {
  const record = await app.links.restores.find(held.id);
  if (record === null) return;
  const stopRenewing = every(LEASE_MS / 3, () => held.renew().catch(() => {}), app.log);
  try {
    await runAll(app, held, record, options);
  } catch (thrown) {
    if (thrown instanceof RestoreLost) return;
    const isBusy = thrown instanceof Problem && thrown.code === "busy";
    if (isBusy || options.stopping?.aborted) await held.release().catch(() => {});
    else await endEarly(app, held, thrown).catch(ignoreLost);
  } finally {
    stopRenewing();
  }
}

/** The account was deleted, and the restore with it. */
function ignoreLost(error: unknown): void {
  if (!(error instanceof RestoreLost)) throw error;
}

async function runAll(
  app: App,
  held: HeldRestore,
  record: RestoreRecord,
  options: RunOptions,
): Promise<void> {
  if (record.isCancelled) throw new Cancelled();
  const actor = await currentActor(app, record.actor);
  const owner = await app.accounts.users.findById(record.ownerId);
  if (owner === null) throw new RestoreLost();
  const run: PortionedRun = {
    ...{ app, actor, owner, record, held, progress: record.progress },
    step: async (work) => {
      await step(run, options, work);
      options.onProgress?.(run.progress);
    },
  };
  if (record.archive !== "" && !(await Bun.file(record.archive).exists()))
    throw refused(text.restores.archiveGone);
  const work = workOf(record, options);
  if (work === undefined) await held.release();
  else await work(run);
}

/** How a mode is run; undefined: not by this process. */
function workOf({ mode }: RestoreRecord, { importCsv, changeLinks }: RunOptions) {
  if (mode === "csv") return importCsv;
  return mode === "bulk" ? changeLinks : runArchive;
}

async function runArchive(portioned: PortionedRun): Promise<void> {
  const { app, actor, record } = portioned;
  const isTrusted = isAdministrator(actor);
  const reading = { path: record.archive, isTrusted, now: record.createdAt };
  using archive = await CheckedArchive.read(app, reading);
  const run: RestoreRun = Object.assign(portioned, { archive });
  await begin(run);
  await writeLinks(run);
  if (record.mode === "replace" && !run.progress.hasRemoved) {
    await writeProgress(run, { phase: "removal" });
    await removeOthers(run);
  }
  await writeProgress(run, { phase: "visits" });
  await writeVisits(run);
  await finish(run);
}

/**
 * Checks before the first portion that there is space, and before others that the archive was read by the same rules:
 * otherwise the numbers of its links and rows may be others.
 */
async function begin(run: RestoreRun): Promise<void> {
  const { app, owner, archive, actor, progress } = run;
  const settings = app.live.current;
  const names = ["files.allowed_extensions", "links.schemes", "app.max_file_size_mb"] as const;
  const chosen = names.map((name) => settings[name]);
  const rules = JSON.stringify([version, isAdministrator(actor), chosen]);
  if (progress.phase !== "reading") {
    if (progress.rules !== rules) throw refused(text.restores.rulesChanged);
    return;
  }
  await requireSpace(app, owner, archive.summary.bytes);
  let links = 0;
  for await (const page of archive.links()) links += page.length;
  await run.step(() => writeProgress(run, { phase: "links", links, rules }));
}

/** @throws Problem `forbidden` where the account is disabled or gone */
async function currentActor(app: App, actor: Actor): Promise<Actor> {
  if (actor.is !== "user") return actor;
  const user = await app.accounts.users.findById(actor.userId);
  if (user === null || user.disabled) throw new Problem("forbidden", text.restores.starterGone);
  return { ...actor, role: user.role };
}

/** Others' writes get at least as much time as each portion took. */
async function step(
  { app, record }: PortionedRun,
  { stopping }: RunOptions,
  work: () => Promise<void>,
): Promise<void> {
  stopping?.throwIfAborted();
  if ((await app.links.restores.find(record.id))?.isCancelled) throw new Cancelled();
  const beganAt = performance.now();
  await tryAgain(work);
  await Bun.sleep(Math.min(performance.now() - beganAt, REST_MS));
}

async function finish({ app, actor, owner, archive, held, progress }: RestoreRun): Promise<void> {
  const { restored, removed } = progress;
  const endedAt = app.clock();
  await app.links.restored.finish(actor, {
    ownerId: owner.id,
    restored,
    removed,
    also: async (trx, touch) => {
      await writePreferences(trx, touch, owner.id, preferencesOf({ owner, archive }));
      await held.end(trx, { state: "done", progress, problem: null, endedAt });
    },
  });
}

/** Records why a restore ended, and in the audit log what it had written until then. */
async function endEarly(app: App, held: HeldRestore, thrown: unknown): Promise<void> {
  const record = await app.links.restores.find(held.id);
  if (record === null) throw new RestoreLost();
  const { actor, ownerId, progress } = record;
  const { restored, removed } = progress;
  const isCancelled = thrown instanceof Cancelled;
  const { code, message, fields } = toProblem(thrown);
  const problem = isCancelled ? null : { code, message, fields };
  const state = isCancelled ? "cancelled" : "failed";
  if (!isCancelled && !(thrown instanceof Problem))
    app.log.error({ err: thrown, restore: held.id }, "Restore failed");
  const end = (trx: Trx) => held.end(trx, { state, progress, problem, endedAt: app.clock() });
  if (record.mode === "csv" || record.mode === "bulk") await app.database.write(end);
  else await app.links.restored.finish(actor, { ownerId, restored, removed, also: end });
}
