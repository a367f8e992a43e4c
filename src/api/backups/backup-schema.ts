import { z } from "zod";
import { restoreModes } from "../../user-backup/restore-plan.ts";
import { ownerParameter } from "../request/page-schema.ts";
import { linksLeftOut, workProblem, workState } from "../work-schema.ts";

const time = z.iso.datetime();

export const backupQuery = z.strictObject(ownerParameter);

export const restoreQuery = z.strictObject({
  ...ownerParameter,
  mode: z
    .enum(restoreModes)
    .default("merge")
    .describe("`replace`: links that are not in the archive are deleted; this needs a person."),
});

export type RestoreQuery = z.output<typeof restoreQuery>;

/** A restore, and how far it has come. */
export const restoreSchema = z
  .strictObject({
    id: z.int(),
    state: workState,
    mode: z.enum(restoreModes),
    owner: z.string().describe("User name."),
    phase: z.enum(["reading", "links", "removal", "visits"]),
    links: z.int().describe("Links of the archive; 0 before it has been read."),
    place: z.int().describe("How many of them are done."),
    restored: z.int(),
    removed: z.int(),
    skipped_count: z.int(),
    skipped: linksLeftOut,
    problem: workProblem,
    created_at: time,
  })
  .meta({ id: "Restore" });

/** Backups of the site in its data folder. */
export const siteBackupsSchema = z
  .strictObject({
    items: z.array(z.strictObject({ name: z.string(), size: z.int(), created_at: time })),
  })
  .meta({ id: "SiteBackups" });
