import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { App } from "../../app.ts";
import { type Given, mergeLayers } from "../../config/layers.ts";
import { LiveSettings } from "../../config/live-settings.ts";
import { loadSettings, readOutside } from "../../config/load-settings.ts";
import type { Settings } from "../../config/settings.ts";
import { holdsDatabase } from "../../database/data-folders.ts";
import { type Imported, importPython, isReportName } from "../../import/python/import-python.ts";
import { holdsOldData, type OldFolder, openOldFolder } from "../../import/python/old-folder.ts";
import { CONFIG_FILE, readOldSettings } from "../../import/python/old-settings.ts";
import { type Command, type Invocation, printResult } from "../command.ts";
import { prepareDataFolder } from "../data-folder.ts";
import { showProgress } from "../show-progress.ts";
import { withOpenApp } from "../with-app.ts";
import { text } from "./text.en.ts";

export const importPythonCommand: Command = {
  synopsis: "import python PATH [--dry-run]",
  summary: () => text.importPython.summary,
  words: [1, 1],
  examples: ["trunk8 import python /srv/old --dry-run"],
  options: { "dry-run": { doc: () => text.importPython.dryRun } },
  run: (invocation) => run(invocation),
};

async function run(invocation: Invocation): Promise<void> {
  const { dataFolder, positionals } = invocation;
  const isDryRun = invocation.has("dry-run");
  if (!isDryRun) prepareDataFolder(dataFolder);
  const folder = await openOldFolder(positionals[0] ?? "", dataFolder);
  const imported = await runImport(invocation, folder, isDryRun);
  printResult(isDryRun ? imported.report.full() : describe(imported));
}

/**
 * Imports what the data folder itself holds of the Python Trunk8, so that a first start continues where that one
 * stopped. If the working folder holds such data instead, prints a hint until something was imported.
 */
export async function importAtStart(invocation: Invocation): Promise<void> {
  const { dataFolder } = invocation;
  if (!(await holdsOldData(dataFolder))) return await hint(dataFolder);
  const folder = await openOldFolder(dataFolder, dataFolder);
  printResult(describe(await runImport(invocation, folder, false)));
}

async function hint(dataFolder: string): Promise<void> {
  if (!(await holdsOldData(process.cwd()))) return;
  if ((await readdir(dataFolder)).some(isReportName)) return;
  printResult(`${text.importPython.hint}\n`);
}

function describe({ report, reportPath }: Imported): string {
  return `${report.summary()}\n\n${text.importPython.fullReport(reportPath ?? "")}\n`;
}

async function runImport(
  invocation: Invocation,
  folder: OldFolder,
  isDryRun: boolean,
): Promise<Imported> {
  const { dataFolder } = invocation;
  const settings = await settingsFor(invocation, folder);
  const work = (app: App) =>
    showProgress(text.importPython.progress, (showDetail) =>
      importPython(app, folder, {
        isDryRun,
        dataFolder,
        onLinks: (done, total) => showDetail(text.importPython.links(done, total)),
      }),
    );
  if (isDryRun && !holdsDatabase(dataFolder, settings["database.url"]))
    return await withTemporaryFolder((scratch) =>
      withOpenApp(LiveSettings.fixed(settings, scratch), work),
    );
  return await withOpenApp(LiveSettings.fixed(settings, dataFolder), work);
}

/** A dry run without a database works on a temporary one. */
async function withTemporaryFolder<Result>(
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "trunk8-dry-run-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** In place, config.toml may still be the old program's, with a theme that is not available here. */
async function settingsFor(
  { dataFolder, env }: Invocation,
  { isInPlace, root }: OldFolder,
): Promise<Settings> {
  const old = await readOldSettings(root);
  if (!isInPlace || !old.isOriginal)
    return (await loadSettings({ dataFolder, env, flags: {} })).settings;
  const given = Object.entries(old.values).map(
    ([key, value]) => ({ key, value, origin: { from: "file", path: CONFIG_FILE } }) as Given,
  );
  const outside = await readOutside({ env, flags: {} });
  return mergeLayers([{ given, warnings: [] }, ...outside]).settings;
}
