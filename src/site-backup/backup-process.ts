import { setPriority } from "node:os";
import { type App, openApp } from "../app.ts";
import { LiveSettings } from "../config/live-settings.ts";
import type { Settings } from "../config/settings.ts";
import { ownProgram } from "../os/process/own-program.ts";
import { Problem, type ProblemCode, toProblem } from "../problem.ts";
import { openLog } from "../telemetry/log.ts";
import { backUpSite, type SiteBackup } from "./back-up-site.ts";

/** What the process that makes a backup is asked, as JSON on its standard input. */
interface BackupRequest {
  readonly dataFolder: string;
  readonly settings: Settings;
  /** The time of the backup, which its name says. */
  readonly at: number;
}

type BackupAnswer =
  | { readonly backup: SiteBackup }
  | { readonly problem: { readonly code: ProblemCode; readonly message: string } };

/** Below the processes that answer requests. */
const LOW_PRIORITY = 10;

/**
 * Backs up the whole site in a process of its own: hashes of all its bytes would hold up redirects here.
 * @throws Problem as `backUpSite`
 */
export async function backUpSiteApart(app: App): Promise<SiteBackup> {
  await app.visits.flush();
  const { current: settings, dataFolder } = app.live;
  const request: BackupRequest = { dataFolder, settings, at: app.clock() };
  const child = Bun.spawn([...ownProgram(), "make-backup"], {
    stdio: [Buffer.from(JSON.stringify(request)), "pipe", "inherit"],
  });
  const output = await child.stdout.text();
  const exitCode = await child.exited;
  if (exitCode !== 0) throw new Error(`The process of the backup ended with ${exitCode}`);
  const answer = JSON.parse(output) as BackupAnswer;
  if ("backup" in answer) return answer.backup;
  throw new Problem(answer.problem.code, answer.problem.message);
}

/** In the process of its own: makes the backup that its standard input names, and answers on standard output. */
export async function runBackup(): Promise<void> {
  setPriority(LOW_PRIORITY);
  const { dataFolder, settings, at } = (await Bun.stdin.json()) as BackupRequest;
  const live = LiveSettings.fixed(settings, dataFolder);
  const app = await openApp({ live, log: openLog("error"), clock: () => at });
  try {
    await Bun.write(Bun.stdout, JSON.stringify(await answer(app)));
  } finally {
    await app.close();
  }
}

async function answer(app: App): Promise<BackupAnswer> {
  try {
    return { backup: await backUpSite(app) };
  } catch (thrown) {
    const { code, message } = toProblem(thrown);
    if (code === "internal") throw thrown;
    return { problem: { code, message } };
  }
}
