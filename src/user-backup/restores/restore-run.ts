import type { User } from "../../accounts/user.ts";
import type { App } from "../../app.ts";
import type { RestoreProgress, RestoreRecord } from "../../links/restores/restore-record.ts";
import type { HeldRestore } from "../../links/restores/restores.ts";
import type { Actor } from "../../policy.ts";
import type { CheckedArchive } from "../reading/checked-archive.ts";

/** A restore, or an import of a CSV file, that is under way, and how far it has come. */
export interface PortionedRun {
  readonly app: App;
  readonly actor: Actor;
  readonly owner: User;
  readonly record: RestoreRecord;
  readonly held: HeldRestore;
  /** As it is stored. */
  progress: RestoreProgress;
  /** Runs one transaction's work; between two of them, the restore can end. */
  readonly step: (work: () => Promise<void>) => Promise<void>;
}

/** A restore under way, with what it reads. */
export interface RestoreRun extends PortionedRun {
  readonly archive: CheckedArchive;
}

/** Notes how far a restore is, apart from a portion. */
export async function writeProgress(
  run: PortionedRun,
  changes: Partial<RestoreProgress>,
): Promise<void> {
  const progress = { ...run.progress, ...changes };
  await run.app.database.write((trx) => run.held.advance(trx, progress));
  run.progress = progress;
}
