import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, openApp } from "../../app.ts";
import { mergeLayers } from "../../config/layers.ts";
import { LiveSettings } from "../../config/live-settings.ts";
import { loadSettings, readOutside } from "../../config/load-settings.ts";
import type { Settings } from "../../config/settings.ts";
import { holdsDatabase } from "../../database/data-folders.ts";
import { type Moved, moveIn } from "../../import/python/import-python.ts";
import { readOldSettings } from "../../import/python/import-settings.ts";
import { holdsOldData, type OldFolder, openOldFolder } from "../../import/python/old-folder.ts";
import { openLog } from "../../telemetry/log.ts";
import { type Command, type Invocation, printResult } from "../command.ts";
import { prepareDataFolder } from "../with-app.ts";

export const moveInCommand: Command = {
  synopsis: "move-in PATH [--dry-run]",
  summary: () => "Bring people, links and files from a folder of the Python Trunk8.",
  words: [1, 1],
  options: { "dry-run": { doc: () => "change nothing, and print all that would be done" } },
  run: (invocation) => run(invocation),
};

async function run(invocation: Invocation): Promise<void> {
  const { dataFolder, positionals } = invocation;
  const isDryRun = invocation.has("dry-run");
  if (!isDryRun) prepareDataFolder(dataFolder);
  const folder = await openOldFolder(positionals[0] ?? "", dataFolder);
  const options = { isDryRun, dataFolder };
  const moved = await withApp(invocation, folder, (app) => moveIn(app, folder, options));
  printResult(isDryRun ? moved.report.text() : describe(moved));
}

/**
 * Moves in what the data folder itself has of the original's, so that a first start goes on where that one stopped.
 * Whoever starts the site in another folder of the original's is told how to, until something was moved in.
 */
export async function moveInAtStart(invocation: Invocation): Promise<void> {
  const { dataFolder } = invocation;
  if (!(await holdsOldData(dataFolder))) return await hint(dataFolder);
  const folder = await openOldFolder(dataFolder, dataFolder);
  const options = { isDryRun: false, dataFolder };
  printResult(describe(await withApp(invocation, folder, (app) => moveIn(app, folder, options))));
}

async function hint(dataFolder: string): Promise<void> {
  if (!(await holdsOldData(process.cwd()))) return;
  const names = await readdir(dataFolder);
  if (names.some((name) => name.startsWith("move-in-report-"))) return;
  printResult("This folder has the data of a Python Trunk8. To bring it here: trunk8 move-in .\n");
}

function describe({ report, reportPath }: Moved): string {
  return `${report.summary()}\n\nEvery line of it: ${reportPath}\n`;
}

/** In a dry run, what is not there yet is made elsewhere for as long as it takes. */
async function withApp<Result>(
  invocation: Invocation,
  folder: OldFolder,
  work: (app: App) => Promise<Result>,
): Promise<Result> {
  const settings = await settingsFor(invocation, folder);
  const isScratch =
    invocation.has("dry-run") && !holdsDatabase(invocation.dataFolder, settings["database.url"]);
  if (!isScratch) return await withOpened(settings, invocation.dataFolder, work);
  const scratch = await mkdtemp(join(tmpdir(), "trunk8-dry-run-"));
  try {
    return await withOpened(settings, scratch, work);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function withOpened<Result>(
  settings: Settings,
  dataFolder: string,
  work: (app: App) => Promise<Result>,
): Promise<Result> {
  const live = LiveSettings.fixed(settings, dataFolder);
  const app = await openApp({ live, log: openLog("error") });
  try {
    return await work(app);
  } finally {
    await app.close();
  }
}

/** In place, config.toml may still be the original's, with a theme that there is not here. */
async function settingsFor(
  { dataFolder, env }: Invocation,
  { isInPlace, root }: OldFolder,
): Promise<Settings> {
  const old = await readOldSettings(root);
  if (!isInPlace || !old.isOriginals)
    return (await loadSettings({ dataFolder, env, flags: {} })).settings;
  const outside = await readOutside({ env, flags: {} });
  return mergeLayers([{ given: old.given, warnings: [] }, ...outside]).settings;
}
