import { type App, openApp } from "../app.ts";
import { LiveSettings } from "../config/live-settings.ts";
import { openLog } from "../telemetry/log.ts";
import type { Invocation } from "./command.ts";
import { prepareDataFolder, requireDataAccess } from "./data-folder.ts";

/**
 * Opens the app for one command, with the settings of its data folder, and closes it at the end.
 * @throws Problem if the data folder cannot be created or opened
 */
export async function withApp<T>(
  invocation: Invocation,
  work: (app: App) => Promise<T>,
): Promise<T> {
  prepareDataFolder(invocation.dataFolder);
  requireDataAccess(invocation.dataFolder);
  return await withOpenApp(await LiveSettings.start({ ...invocation, flags: {} }), work);
}

/** Opens the app for `work`, with the given settings, and closes it at the end. */
export async function withOpenApp<T>(
  live: LiveSettings,
  work: (app: App) => Promise<T>,
): Promise<T> {
  const app = await openApp({ live, log: openLog("error") });
  try {
    return await work(app);
  } finally {
    await app.close();
  }
}
