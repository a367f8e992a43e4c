import type { Selectable } from "kysely";
import type { Schema } from "../../database/schema.ts";
import type { Actor } from "../../policy.ts";
import type { FieldProblems, ProblemCode } from "../../problem.ts";
import type { BulkWork } from "../bulk/bulk-work.ts";
import type { ShortCode } from "../short-code.ts";

/** How far a restore has come. It changes in the transaction of each portion, so that nothing is done twice. */
export interface RestoreProgress {
  readonly phase: "reading" | "links" | "removal" | "visits";
  /** Links of the archive that are restored or skipped. */
  readonly place: number;
  /** Rows of the archive's visits that are added. */
  readonly row: number;
  /** Whether links that are not in the archive are deleted. */
  readonly hasRemoved: boolean;
  /** Links of the archive; 0 before it has been read. */
  readonly links: number;
  /** What the archive was read by: with other settings, its lists may be others. */
  readonly rules: string;
  readonly restored: number;
  readonly removed: number;
  readonly skippedCount: number;
  /** Not all of them if they are many. */
  readonly skipped: readonly { readonly shortCode: string; readonly reason: string }[];
  /** Of an import of a CSV file. */
  readonly csv?: CsvProgress;
  /** Of a change of many links. */
  readonly bulk?: BulkProgress;
}

/** A change of many links; `place` counts those it has looked at, and `restored` those that have changed. */
export interface BulkProgress {
  readonly work: BulkWork;
  /** Links that were looked at before this page. */
  readonly before: number;
  /** Where the page begins that is under way. */
  readonly page: string | null;
}

/** What is known of an import of a CSV file besides; `place` counts its rows. */
export interface CsvProgress {
  /** Origins of the site, and the zone of times without one, as its sender has them. */
  readonly ownOrigins: readonly string[];
  readonly zone: string;
  /** Links created first, a few. */
  readonly created: readonly { readonly shortCode: ShortCode; readonly target: string }[];
  /** Lines refused first, a few. */
  readonly refused: readonly { readonly line: number; readonly reason: string }[];
  /** Size of the file of refused lines. */
  readonly refusedBytes: number;
}

export const NOT_BEGUN: RestoreProgress = {
  phase: "reading",
  place: 0,
  row: 0,
  hasRemoved: false,
  links: 0,
  rules: "",
  restored: 0,
  removed: 0,
  skippedCount: 0,
  skipped: [],
};

/** Why a restore failed. */
export interface RestoreProblem {
  readonly code: ProblemCode;
  readonly message: string;
  readonly fields: FieldProblems;
}

/** A restore that runs in portions, or has ended. */
export interface RestoreRecord {
  readonly id: number;
  readonly ownerId: number;
  /** Who started it. */
  readonly actor: Actor;
  /** `csv`: an import of a CSV file, which is its archive. `bulk`: a change of many links, which has none. */
  readonly mode: "merge" | "replace" | "csv" | "bulk";
  /** The path of the archive, on the node that has it. */
  readonly archive: string;
  /** Whether the archive was uploaded for this restore, and is deleted afterwards. */
  readonly isSent: boolean;
  /** Links with larger ids are never deleted: they are newer than the restore. */
  readonly newestLinkId: number;
  readonly state: Selectable<Schema["restore"]>["state"];
  readonly isCancelled: boolean;
  readonly progress: RestoreProgress;
  readonly problem: RestoreProblem | null;
  readonly createdAt: number;
  readonly endedAt: number | null;
}

/** Whether it restores an archive, rather than importing or changing links. */
export function isRestore<Record extends Pick<RestoreRecord, "mode">>(
  record: Record,
): record is Record & { readonly mode: "merge" | "replace" } {
  return record.mode === "merge" || record.mode === "replace";
}

export function recordFrom(row: Selectable<Schema["restore"]>): RestoreRecord {
  return {
    id: row.id,
    ownerId: row.owner_id,
    actor: JSON.parse(row.actor) as Actor,
    mode: row.mode as RestoreRecord["mode"],
    archive: row.archive,
    isSent: row.is_sent === 1,
    newestLinkId: row.newest_link_id,
    state: row.state,
    isCancelled: row.is_cancelled === 1,
    progress: JSON.parse(row.progress) as RestoreProgress,
    problem: row.problem === null ? null : (JSON.parse(row.problem) as RestoreProblem),
    createdAt: row.created_at,
    endedAt: row.ended_at,
  };
}
