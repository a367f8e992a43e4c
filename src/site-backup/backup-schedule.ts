import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { App } from "../app.ts";
import { Archive, SITE_ENTRIES } from "../archive/archive.ts";
import { text as archiveText } from "../archive/text.en.ts";
import { stampOf } from "../archive/timestamp.ts";
import { effectiveZone } from "../config/values/time-zone.ts";
import { requireLeases } from "../database/fence-database.ts";
import { Problem } from "../problem.ts";
import { SITE_ARCHIVE } from "./back-up-site.ts";
import { backUpSiteApart } from "./backup-process.ts";
import { readSiteManifest } from "./site-manifest.ts";
import { text } from "./text.en.ts";

/** How many site backups are kept: one of each day, and the first of each week. */
export interface BackupRetention {
  readonly daily: number;
  readonly weekly: number;
}

/**
 * Makes the backup of the day if it is enabled and missing, and removes old ones.
 * @throws Problem `invalid` as long as the newest backup lacks files: then an older one may be the last that has them,
 * and nothing is removed
 */
export async function backUpIfDue(app: App): Promise<void> {
  const settings = app.live.current;
  const retention = {
    daily: settings["backup.keep_daily"],
    weekly: settings["backup.keep_weekly"],
  };
  if (retention.daily + retention.weekly === 0) return;
  const today = stampOf(app.clock(), effectiveZone(settings)).slice(0, 8);
  const names = await listSiteArchives(app);
  if (!names.some((name) => dayOf(name) === today)) await backUpNow(app);
  await removeOld(app, await listSiteArchives(app), retention);
}

/** Makes a backup of the site. */
export async function backUpNow(app: App): Promise<void> {
  const { path, missing, damaged, vanished } = await backUpSiteApart(app);
  app.log.info({ path }, "Site backup created");
  if (vanished.length > 0) app.log.info({ files: vanished }, "Files deleted during the backup");
  if (missing.length > 0) app.log.error({ files: missing }, "Files missing in the backup");
  if (damaged.length > 0) app.log.error({ files: damaged }, "Files damaged in the backup");
}

async function removeOld(
  app: App,
  names: readonly string[],
  retention: BackupRetention,
): Promise<void> {
  await requireComplete(app, names.at(-1));
  await requireLeases();
  const kept = chooseKept(names, retention);
  for (const name of names.filter((name) => !kept.has(name))) {
    await rm(join(app.live.dataFolder, "backups", name), { force: true });
    app.log.info({ name }, "Old backup removed");
  }
}

/** The name of the last archive that was found to be complete: it need not be read again. */
const complete = new WeakMap<App, string>();

async function requireComplete(app: App, name: string | undefined): Promise<void> {
  if (name === undefined || complete.get(app) === name) return;
  const lacking = await countLacking(join(app.live.dataFolder, "backups", name));
  if (lacking > 0)
    throw new Problem("invalid", text.nothingRemoved(name, archiveText.incomplete(lacking)));
  complete.set(app, name);
}

async function countLacking(path: string): Promise<number> {
  using archive = await Archive.open(path, SITE_ENTRIES);
  const { entries, missing } = await readSiteManifest(archive);
  return missing.length + entries.filter(({ damaged }) => damaged).length;
}

/** When the newest backup of the site in `backups` of the data folder was completed; null if there is none. */
export async function lastBackupAt(app: App): Promise<number | null> {
  const name = (await listSiteArchives(app).catch(() => [])).at(-1);
  if (name === undefined) return null;
  const found = await stat(join(app.live.dataFolder, "backups", name)).catch(() => null);
  return found?.mtimeMs ?? null;
}

/** The names of the backups of the site in its data folder, the oldest first. */
export async function listSiteArchives({ live }: App): Promise<string[]> {
  const names = await readdir(join(live.dataFolder, "backups"));
  return names.filter((name) => SITE_ARCHIVE.test(name)).sort();
}

/** Chooses from archives sorted by name: the newest of each of the last days, the oldest of each of the last weeks. */
export function chooseKept(
  names: readonly string[],
  { daily, weekly }: BackupRetention,
): ReadonlySet<string> {
  const ofDays = new Map(names.map((name) => [dayOf(name), name]));
  const ofWeeks = new Map(names.toReversed().map((name) => [weekOf(dayOf(name)), name]));
  return new Set([...newest(ofDays, daily), ...newest(ofWeeks, weekly)]);
}

/** The archives of the last `count` days or weeks that have any. */
function newest(archives: ReadonlyMap<string, string>, count: number): string[] {
  const inOrder = [...archives].toSorted(([a], [b]) => (a < b ? 1 : -1));
  return inOrder.slice(0, count).map(([, name]) => name);
}

function dayOf(name: string): string {
  return SITE_ARCHIVE.exec(name)?.[1] ?? "";
}

/** The Monday of its week. */
function weekOf(day: string): string {
  const date = Temporal.PlainDate.from(day);
  return date.subtract({ days: date.dayOfWeek - 1 }).toString();
}
