import { endScript, readScriptOrder } from "../machine/child.ts";

export interface PartsOrder {
  readonly dataFolder: string;
  /** `wallClockMs` when this process was started. */
  readonly startedAtMs: number;
}

/** The parts of a start, in milliseconds. */
export interface StartParts {
  /** Until the first line of a program runs. */
  readonly runtimeMs: number;
  readonly modulesMs: number;
  readonly settingsMs: number;
  readonly appMs: number;
}

/** More precise than `Date.now`, and comparable between processes. */
export function wallClockMs(): number {
  return performance.timeOrigin + performance.now();
}

/** Starts like `trunk8 serve`, but does not listen. */
async function startInParts({ dataFolder, startedAtMs }: PartsOrder): Promise<StartParts> {
  const began = wallClockMs();
  const { openApp, LiveSettings, silentLog } = await loadModules();
  const loaded = wallClockMs();
  const log = silentLog();
  const live = await LiveSettings.start({ dataFolder, env: process.env, flags: {}, log });
  const settled = wallClockMs();
  const app = await openApp({ live, log });
  const opened = wallClockMs();
  await app.close();
  return {
    runtimeMs: began - startedAtMs,
    modulesMs: loaded - began,
    settingsMs: settled - loaded,
    appMs: opened - settled,
  };
}

/** Imports everything that serving needs. */
async function loadModules() {
  await import("../../src/cli/serve/serve.ts");
  const { openApp } = await import("../../src/app.ts");
  const { LiveSettings } = await import("../../src/config/live-settings.ts");
  const { silentLog } = await import("../../src/telemetry/log.ts");
  return { openApp, LiveSettings, silentLog };
}

if (import.meta.main) await endScript(await startInParts(readScriptOrder<PartsOrder>()));
