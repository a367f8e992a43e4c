import { mkdirSync, statSync } from "node:fs";
import { type App, openApp } from "../app.ts";
import { LiveSettings } from "../config/live-settings.ts";
import { Problem } from "../problem.ts";
import { openLog } from "../telemetry/log.ts";
import type { Invocation } from "./command.ts";

/**
 * Opens the app for one command, runs it and closes the app again.
 * @throws Problem when the data folder is missing or cannot be opened
 */
export async function withApp<T>(
  invocation: Invocation,
  work: (app: App) => Promise<T>,
): Promise<T> {
  prepareDataFolder(invocation.dataFolder);
  const live = await LiveSettings.start({ ...invocation, flags: {} });
  const app = await openApp({ live, log: openLog("error") });
  try {
    return await work(app);
  } finally {
    await app.close();
  }
}

/**
 * Makes the data folder if it is missing. Root works on another's folder as that user, so that nothing of
 * root's is left behind where the server cannot write it.
 */
export function prepareDataFolder(dataFolder: string): void {
  process.umask(0o077);
  mkdirSync(dataFolder, { recursive: true });
  const { uid, gid } = statSync(dataFolder);
  if (process.getuid?.() !== 0 || uid === 0) return;
  process.setgroups?.([gid]);
  process.setgid?.(gid);
  process.setuid?.(uid);
  if (process.getuid() !== uid)
    throw new Problem("internal", "Root's rights could not be given up.");
}
