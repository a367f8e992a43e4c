import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { App } from "../../app.ts";
import { stampOf } from "../../archive/timestamp.ts";
import { PRIVATE } from "../../config/file/default-config.ts";
import { effectiveZone } from "../../config/values/time-zone.ts";
import { syncFolder, writeDurably } from "../../os/fsync.ts";
import { applyImport } from "../apply-import.ts";
import { type ImportFacts, ImportReport } from "../import-report.ts";
import type { ImportedAccount, ImportedSite } from "../imported-site.ts";
import { countLink, planImport } from "../plan-import.ts";
import { type OldFolder, statIfThere } from "./old-folder.ts";
import { readOldLinks } from "./old-links.ts";
import { CONFIG_FILE, type OldSettings, readOldSettings, replaceSettings } from "./old-settings.ts";
import { readOldUsers } from "./old-users.ts";
import {
  announceNames,
  filesToRename,
  renameOldFiles,
  requireRenamable,
} from "./rename-old-files.ts";
import { text } from "./text.en.ts";

export interface ImportOptions {
  readonly isDryRun: boolean;
  /** Gets settings and report: the app's own, unless a dry run looks into one that does not exist yet. */
  readonly dataFolder: string;
  /** Called when links have been imported, with how many have been, of how many. */
  readonly onLinks?: (done: number, total: number) => void;
}

export interface Imported {
  readonly report: ImportReport;
  /** The file that holds it; null after a dry run. */
  readonly reportPath: string | null;
}

/** Reports of imports in a data folder; those of earlier versions began with `move-in-report-`. */
export const isReportName = (name: string): boolean => /^(import|move-in)-report-/.test(name);

/** One import while it runs. */
interface Import extends ImportFacts {
  readonly app: App;
  readonly folder: OldFolder;
  readonly report: ImportReport;
}

/**
 * Imports everything in an old data folder. What exists already stays unchanged: repeated after a failure, or a kill at
 * any moment, it completes what is missing, and after that it changes nothing.
 * @throws Problem `invalid` if users.toml is broken, `forbidden` if something may not be read, `busy`, `storage_full`;
 * the old folder is unchanged then
 */
export async function importPython(
  app: App,
  folder: OldFolder,
  options: ImportOptions,
): Promise<Imported> {
  const running = beginImport(app, folder, options);
  const { report, to: dataFolder } = running;
  const settings = await readOldSettings(folder.root);
  const site = await readSite(running, settings);
  const plan = await planImport(app, site, report);
  if (running.isDryRun) {
    for (const link of plan.links) countLink(report, link);
    return { report, reportPath: null };
  }
  const files = await filesToRename(folder, site.users);
  await requireRenamable(folder, files);
  const accounts = await applyImport(app, plan, { report, dataFolder, onLinks: options.onLinks });
  if (!folder.isInPlace) return { report, reportPath: await writeReport(running) };
  await app.links.imported.undeclare(accounts.map(({ id }) => id));
  return await finishInPlace(running, settings, files);
}

function beginImport(app: App, folder: OldFolder, { isDryRun, dataFolder }: ImportOptions): Import {
  const facts = {
    program: text.program,
    from: folder.root,
    to: dataFolder,
    isInPlace: folder.isInPlace,
    isDryRun,
    at: app.clock(),
    zone: effectiveZone(app.live.current),
  };
  return { ...facts, app, folder, report: new ImportReport(facts) };
}

/** In place, config.toml is in the data folder already: it is replaced at the end, not added to. */
async function readSite(
  { app, folder, report, at: now, zone }: Import,
  settings: OldSettings,
): Promise<ImportedSite> {
  const users = await readOldUsers({ folder, report, now, zone });
  await remarkUnlistedUsers(folder, report, users);
  const links = await readOldLinks({ app, folder, report, now, zone }, users);
  for (const remark of settings.remarks) report.remark(remark, remark.message);
  return { users, ...links, settings: folder.isInPlace ? {} : settings.values };
}

/** The old program served nothing from the folders of users that users.toml does not list. */
async function remarkUnlistedUsers(
  folder: OldFolder,
  report: ImportReport,
  users: readonly ImportedAccount[],
): Promise<void> {
  const names = users.flatMap(({ oldName, user }) =>
    folder.isInPlace ? [oldName, user.username] : [oldName],
  );
  for (const entry of await readdir(folder.users, { withFileTypes: true })) {
    if (!entry.isDirectory() || names.includes(entry.name)) continue;
    report.remark({ file: `users/${entry.name}`, line: null }, text.folder.unlistedUser);
  }
}

/** Writes the report first: what it says is not found again once the files are renamed. */
async function finishInPlace(
  running: Import,
  settings: OldSettings,
  files: readonly string[],
): Promise<Imported> {
  const { folder, report } = running;
  const replaced = settings.isOriginal ? [CONFIG_FILE] : [];
  await announceNames(folder, [...replaced, ...files], report);
  const reportPath = await writeReport(running);
  if (settings.isOriginal) await replaceSettings(running.to, settings);
  await renameOldFiles(folder, files);
  return { report, reportPath };
}

async function writeReport({ to, at, zone, report }: Import): Promise<string> {
  const name = join(to, `import-report-${stampOf(at, zone)}`);
  let path = `${name}.txt`;
  for (let count = 2; (await statIfThere(path)) !== null; count++) path = `${name}-${count}.txt`;
  await writeDurably(path, report.full(), PRIVATE);
  await syncFolder(to);
  return path;
}
