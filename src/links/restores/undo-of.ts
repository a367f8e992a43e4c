import type { BulkWork } from "../bulk/bulk-work.ts";
import type { ManyLinks } from "../bulk/many-links.ts";
import type { RestoreRecord } from "./restore-record.ts";

/** The work that takes back what a change of many links has changed; null: nothing can be. */
export function undoOf(
  many: Pick<ManyLinks, "isUndoable" | "isRecent">,
  { endedAt, progress }: Pick<RestoreRecord, "endedAt" | "progress">,
): BulkWork | null {
  const { work } = progress.bulk ?? {};
  if (endedAt === null || progress.restored === 0 || work === undefined) return null;
  if (!("action" in work) || !many.isUndoable(work.action)) return null;
  const { action, batch } = work;
  if ("deletes" in action) return { deletedAt: batch };
  return many.isRecent(batch) ? { undo: batch } : null;
}
