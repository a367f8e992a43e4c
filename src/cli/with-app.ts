import { mkdirSync, statSync } from "node:fs";
import { type App, openApp } from "../app.ts";
import { LiveSettings } from "../config/live-settings.ts";
import { Problem } from "../problem.ts";
import { openLog } from "../telemetry/log.ts";
import type { Invocation } from "./command.ts";
import { text } from "./commands/text.en.ts";

/**
 * Opens the app for one command, with the settings of its data folder, and closes it at the end.
 * @throws Problem if the data folder cannot be created or opened
 */
export async function withApp<T>(
  invocation: Invocation,
  work: (app: App) => Promise<T>,
): Promise<T> {
  prepareDataFolder(invocation.dataFolder);
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

/**
 * Creates the data folder if it is missing. If root runs the command on another user's folder, it continues as that
 * user, so that no file is left behind that the server cannot write to.
 */
export function prepareDataFolder(dataFolder: string): void {
  process.umask(0o077);
  mkdirSync(dataFolder, { recursive: true });
  const { uid, gid } = statSync(dataFolder);
  if (process.getuid?.() !== 0 || uid === 0) return;
  process.setgroups?.([gid]);
  process.setgid?.(gid);
  process.setuid?.(uid);
  if (process.getuid() !== uid) throw new Problem("internal", text.withApp.cannotDropRoot);
}
