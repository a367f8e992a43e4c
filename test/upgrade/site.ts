import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, openApp } from "../../src/app.ts";
import { LiveSettings } from "../../src/config/live-settings.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import {
  form,
  makeClock,
  PASSWORD,
  START,
  sendRequest,
  type TestClock,
  type World,
} from "../world.ts";

/** A site over a given data folder, with the settings that the folder has. */
export interface Site {
  readonly app: App;
  readonly clock: TestClock;
  readonly request: World["request"];
  /** Returns the status of signing in by the form: 303 or 422. */
  signIn(username: string, password: string): Promise<number>;
  close(): Promise<void>;
}

export interface SiteOptions {
  readonly dataFolder: string;
  /** Default: the SQLite file in the data folder. */
  readonly databaseUrl?: string;
  readonly now?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Opens a site, which upgrades its database. Periodic jobs do not run, and the clock stands. */
export async function openSite({
  dataFolder,
  databaseUrl = "",
  now = START,
  env = {},
}: SiteOptions): Promise<Site> {
  const live = await LiveSettings.start({
    dataFolder,
    flags: {},
    env: {
      TRUNK8_ADMIN_PASSWORD: PASSWORD,
      TRUNK8_LIMITS_ACCOUNT_PER_MINUTE: "0",
      TRUNK8_LIMITS_STRANGER_PER_MINUTE: "0",
      ...(databaseUrl !== "" && { TRUNK8_DATABASE_URL: databaseUrl }),
      ...env,
    },
  });
  const clock = makeClock(now);
  const app = await openApp({ live, log: silentLog(), clock: clock.now });
  const request: World["request"] = (path, init) => sendRequest(app, path, init);
  return {
    app,
    clock,
    request,
    signIn: async (username, password) =>
      (await request("/auth/login", form({ username, password }))).status,
    close: () => app.close(),
  };
}

/** A temporary folder that a test removes. */
export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), "trunk8-upgrade-"));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
