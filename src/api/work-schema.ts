import { z } from "zod";
import type { RestoreRecord } from "../links/restores/restore-record.ts";

/** How work with many links stands, which goes on after its answer. */
export const workState = z.enum(["running", "done", "failed", "cancelled"]);

/** Links that it has left out. */
export const linksLeftOut = z
  .array(z.strictObject({ short_code: z.string(), reason: z.string() }))
  .describe("Not all of them if they are many.");

/** The problem that ended it. */
export const workProblem = z
  .strictObject({ code: z.string(), detail: z.string() })
  .nullable()
  .describe("Why it failed.");

export function leftOutOf({ progress }: RestoreRecord): z.input<typeof linksLeftOut> {
  return progress.skipped.map(({ shortCode, reason }) => ({ short_code: shortCode, reason }));
}

export function problemOf({ problem }: RestoreRecord): z.input<typeof workProblem> {
  return problem && { code: problem.code, detail: problem.message };
}
