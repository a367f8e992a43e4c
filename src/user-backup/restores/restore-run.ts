import type { User } from "../../accounts/user.ts";
import type { App } from "../../app.ts";
import type { RestoreProgress, RestoreRecord } from "../../links/restores/restore-record.ts";
import type { HeldRestore } from "../../links/restores/restores.ts";
import type { Actor } from "../../policy.ts";
import type { CheckedArchive } from "../reading/checked-archive.ts";

/** A restore under way: what it reads, and how far it has come. */
export interface RestoreRun {
  readonly app: App;
  readonly actor: Actor;
  readonly owner: User;
  readonly record: RestoreRecord;
  readonly held: HeldRestore;
  readonly archive: CheckedArchive;
  /** As it is stored. */
  progress: RestoreProgress;
  /** Runs one transaction's work; between two of them, the restore can end. */
  readonly step: (work: () => Promise<void>) => Promise<void>;
}

/** Notes how far a restore is, apart from a portion. */
export async function writeProgress(
  run: RestoreRun,
  changes: Partial<RestoreProgress>,
): Promise<void> {
  const progress = { ...run.progress, ...changes };
  await run.app.database.write((trx) => run.held.advance(trx, progress));
  run.progress = progress;
}
