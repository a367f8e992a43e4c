import { ADMIN_USERNAME } from "../accounts/user.ts";
import type { App } from "../app.ts";
import { BYTES_A_MB } from "../config/values/sizes.ts";
import { readDisk } from "../os/disk.ts";
import { Problem, toProblem } from "../problem.ts";
import { text } from "./text.en.ts";

/** The parts that the site needs, each with what is wrong, or null. */
export type Readiness = Readonly<Record<string, string | null>>;

/** A check that takes longer has failed, in milliseconds. */
const TIMEOUT_MS = 3000;

const checks: Readonly<Record<string, (app: App) => Promise<unknown>>> = {
  database: ({ leases }) => leases.prove(),
  files: ({ files }) => files.blobs.prove(ADMIN_USERNAME),
  disk: checkDisk,
  visits: async ({ visits }) => {
    if (visits.isBehind) throw new Problem("busy", text.health.visitsBehind);
  },
  settings: async ({ live }) => {
    if (live.fault !== null) throw new Problem("invalid", live.fault);
  },
};

/** Checks every part; the database and the file store are written to. Never rejects. */
export async function checkReadiness(app: App): Promise<Readiness> {
  const looks = Object.entries(checks).map(async ([name, check]) => [
    name,
    await faultOf(check(app)),
  ]);
  return Object.fromEntries(await Promise.all(looks));
}

async function faultOf(check: Promise<unknown>): Promise<string | null> {
  try {
    await Promise.race([check, tooLate()]);
    return null;
  } catch (thrown) {
    return toProblem(thrown).message;
  }
}

async function tooLate(): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, TIMEOUT_MS).unref());
  throw new Problem("busy", text.health.noAnswer);
}

async function checkDisk({ live }: App): Promise<void> {
  const { freeBytes } = await readDisk(live.dataFolder);
  const floor = live.current["ops.disk_floor_mb"];
  if (freeBytes >= floor * BYTES_A_MB) return;
  const free = Math.floor(freeBytes / BYTES_A_MB);
  throw new Problem("storage_full", text.health.diskLow(free, floor));
}
