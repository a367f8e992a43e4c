import { z } from "zod";

const time = z.iso.datetime();

/** A machine that runs the site. */
export const nodeSchema = z
  .strictObject({
    name: z.string(),
    version: z.string(),
    address: z.string().describe("Where it listens."),
    state: z
      .enum(["ready", "draining", "gone", "away"])
      .describe(
        "`draining`: stopping. `gone`: stopped. `away`: not heard of, without having stopped.",
      ),
    started_at: time,
    seen_at: time,
    clock_ms: z.int().describe("How far its clock is ahead of the database's, in milliseconds."),
    changes_ms: z
      .int()
      .nullable()
      .describe("How long changes of other nodes take to arrive there, in milliseconds."),
  })
  .meta({ id: "Node" });

export const nodesSchema = z.strictObject({ items: z.array(nodeSchema) }).meta({ id: "Nodes" });

const run = z
  .strictObject({
    at: time,
    took_ms: z.int().nullable(),
    holder: z.string().describe("The process."),
    failure: z.string().nullable().describe("Why it failed."),
  })
  .meta({ id: "JobRun" });

/** A periodic job. */
export const jobSchema = z
  .strictObject({
    id: z.string(),
    doc: z.string(),
    every_seconds: z.number(),
    last_run: run
      .nullable()
      .describe("The last periodic run; null also where each machine runs it."),
    last_asked: run.nullable().describe("The last run that was asked for."),
    running: z.boolean().describe("Whether one that was asked for is under way."),
  })
  .meta({ id: "Job" });

export const jobsSchema = z.strictObject({ items: z.array(jobSchema) }).meta({ id: "Jobs" });

export const startedSchema = z
  .strictObject({ id: z.string().describe("Of the job that shows how it goes.") })
  .meta({ id: "Started" });

export const healthSchema = z.strictObject({ status: z.literal("pass") }).meta({ id: "Health" });
