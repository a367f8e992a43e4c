import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type App, openApp } from "../../src/app.ts";
import { LiveSettings } from "../../src/config/live-settings.ts";
import type { Settings } from "../../src/config/settings.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { openPostgres } from "../postgres.ts";
import { makeClock, PASSWORD, type TestClock } from "../world.ts";

/** Nodes in this process: apps on one PostgreSQL with one clock and one folder of stored files. */
export interface AppNodes extends AsyncDisposable {
  readonly apps: readonly [App, App, ...App[]];
  readonly clock: TestClock;
  readonly url: string;
}

export async function openAppNodes({
  count = 2,
  settings = {},
  areMachines = false,
}: {
  count?: number;
  /** Whether each has a name of its own, as on a machine of its own. */
  areMachines?: boolean;
  settings?: Partial<Settings>;
} = {}): Promise<AppNodes> {
  const folder = mkdtempSync(join(tmpdir(), "trunk8-nodes-"));
  mkdirSync(join(folder, "users"));
  const server = await (await openPostgres()).freshDatabase();
  const clock = makeClock();
  const apps: App[] = [];
  for (let at = 0; at < count; at++) {
    const dataFolder = join(folder, `node-${at}`);
    mkdirSync(dataFolder);
    symlinkSync(join(folder, "users"), join(dataFolder, "users"));
    const common = { "database.url": server.url, "database.pool_size": 4 };
    const secrets = { "admin.password": PASSWORD, "secret.key": "the key of all nodes" };
    const named = areMachines ? { "server.node_name": `node-${at}` } : {};
    const all = { ...common, ...secrets, ...named, ...settings };
    const live = LiveSettings.fixed(all, dataFolder);
    const clocks = { clock: clock.now, steadyClock: clock.steady };
    apps.push(await openApp({ live, log: silentLog(), ...clocks }));
  }
  const [one, other, ...more] = apps;
  if (one === undefined || other === undefined) throw new Error("Two nodes at least.");
  return {
    apps: [one, other, ...more],
    clock,
    url: server.url,
    [Symbol.asyncDispose]: async () => {
      for (const app of apps) await app.close();
      await server.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
