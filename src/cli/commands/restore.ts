import { join, resolve } from "node:path";
import type { App } from "../../app.ts";
import { Archive, SITE_ENTRIES } from "../../archive/archive.ts";
import { stampOf } from "../../archive/timestamp.ts";
import { systemClock } from "../../clock.ts";
import { loadSettings } from "../../config/load-settings.ts";
import { effectiveZone } from "../../config/values/time-zone.ts";
import { isDatabaseFile } from "../../database/snapshots/database-restore.ts";
import { operator } from "../../policy.ts";
import { Problem } from "../../problem.ts";
import { restoreDatabase } from "../../site-backup/restore-database.ts";
import { restoreSite } from "../../site-backup/restore-site.ts";
import { isOfSite } from "../../site-backup/site-manifest.ts";
import { openLog } from "../../telemetry/log.ts";
import { runReading } from "../../user-backup/reading/reading-process.ts";
import { planRestore } from "../../user-backup/restore-plan.ts";
import { restoreUser } from "../../user-backup/restore-user.ts";
import { isSmall } from "../../user-backup/restores/is-small.ts";
import { followRestore } from "../../user-backup/restores/restore-queue.ts";
import { type Command, type Invocation, printNote, printResult, usageProblem } from "../command.ts";
import { prepareDataFolder } from "../data-folder.ts";
import { showProgress } from "../show-progress.ts";
import { withApp } from "../with-app.ts";
import { findOwner } from "./links/link-owner.ts";
import { text } from "./text.en.ts";

/** Reads an archive for another process of ours, as `CheckedArchive` asks it to; not for people. */
export const readArchive: Command = {
  synopsis: "read-archive",
  summary: () => "",
  words: [0, 0],
  options: {},
  run: runReading,
};

/** Restores a site or one user from a file of this machine. */
export async function restoreBackup(invocation: Invocation): Promise<void> {
  const [file = ""] = invocation.positionals;
  const username = invocation.option("user");
  if (username === undefined && (await isDatabaseFile(resolve(file))))
    return await restoreCopy(resolve(file), invocation);
  const path = resolve(file);
  if (username !== undefined) {
    return await withApp(invocation, (app) => restoreOne(app, path, username, invocation));
  }
  using archive = await Archive.open(path, SITE_ENTRIES);
  if (!isOfSite(archive)) throw usageProblem(text.restore.needsUser);
  await restoreAll(archive, invocation);
}

async function restoreOne(app: App, path: string, username: string, { has }: Invocation) {
  const owner = await findOwner(app, username);
  const mode = has("replace") ? "replace" : "merge";
  const running = await app.links.restores.findRunning(owner.id, "restore");
  if (running?.archive === path) return await follow(app, running.id);
  await app.links.restores.refuseWhileRunning(owner.id);
  using plan = await showProgress(text.restore.progress, () =>
    planRestore(app, operator, { owner, path, mode }),
  );
  if (!(await isSmall(plan))) {
    const order = { ownerId: owner.id, mode, archive: path, isSent: false } as const;
    return await follow(app, (await app.links.restores.create(operator, order)).id);
  }
  await restoreUser(app, operator, plan);
  for (const remark of plan.archive.summary.remarks) printNote(remark);
  for (const { shortCode, reason } of plan.skipped)
    printNote(text.restore.skipped(shortCode, reason));
  const { added, overwritten, removed, skipped } = plan;
  const counts = {
    added: added.length,
    overwritten: overwritten.length,
    removed: removed.length,
    skipped: skipped.length,
  };
  printResult(text.restore.links(counts));
}

/** Runs a large restore, or goes on with one that was interrupted. */
async function follow(app: App, id: number): Promise<void> {
  const { state, problem, progress } = await showProgress(text.restore.progress, (showDetail) =>
    followRestore(app, id, ({ place, links }) => showDetail(text.restore.done(place, links))),
  );
  for (const { shortCode, reason } of progress.skipped)
    printNote(text.restore.skipped(shortCode, reason));
  const { restored, removed, skippedCount: skipped } = progress;
  const counts = text.restore.restored({ restored, removed, skipped });
  if (state === "done") return printResult(counts);
  printNote(counts);
  throw new Problem(problem?.code ?? "conflict", problem?.message ?? text.restore.cancelled);
}

async function restoreAll(archive: Archive, invocation: Invocation): Promise<void> {
  const order = await siteOrder(invocation);
  const { manifest, aside } = await showProgress(text.restore.progress, (showDetail) =>
    restoreSite({
      archive,
      ...order,
      onFile: (done, total) => showDetail(text.restore.files(done, total)),
    }),
  );
  const madeAt = new Date(manifest.created_at).toISOString();
  for (const name of manifest.missing) printNote(text.restore.missing(name));
  if (aside !== null) printNote(text.restore.setAside(aside));
  printResult(text.restore.site(order.dataFolder, madeAt));
}

/** Restores the copy of the database that was made before an upgrade. */
async function restoreCopy(path: string, invocation: Invocation): Promise<void> {
  const order = await siteOrder(invocation);
  const aside = await restoreDatabase(path, order);
  if (aside !== null) printNote(text.restore.setAside(aside));
  printResult(text.restore.database(order.dataFolder));
}

async function siteOrder(invocation: Invocation) {
  const { dataFolder } = invocation;
  prepareDataFolder(dataFolder);
  const { settings } = await loadSettings({ ...invocation, flags: {} });
  return {
    dataFolder,
    runFolder: settings["server.run_folder"] || join(dataFolder, "run"),
    databaseUrl: settings["database.url"],
    replaces: invocation.has("replace"),
    stamp: stampOf(systemClock(), effectiveZone(settings)),
    log: openLog("error"),
  };
}
