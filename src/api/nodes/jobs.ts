import type { z } from "zod";
import type { Call } from "../../http/call.ts";
import { json } from "../../http/response/response.ts";
import { href } from "../../http/urls.ts";
import { type JobRun, type JobState, listJobs, startJob } from "../../jobs/asked-runs.ts";
import type { JobId } from "../../jobs/jobs.ts";
import { text as jobsText } from "../../jobs/text.en.ts";
import { Problem } from "../../problem.ts";
import type { jobSchema } from "./node-schema.ts";

type JobJson = z.input<typeof jobSchema>;

/** `GET /api/v1/jobs` */
export async function readJobs(call: Call): Promise<Response> {
  const states = await listJobs(call.app, call.actor);
  return json({ items: states.map(describeJob) }, { call });
}

/** `GET /api/v1/jobs/<id>` */
export async function readJob(call: Call): Promise<Response> {
  return json(await findJob(call, call.params.job ?? ""), { call });
}

/** `POST /api/v1/jobs/<id>/run` */
export async function runJob(call: Call): Promise<Response> {
  const { id } = await findJob(call, call.params.job ?? "");
  await startJob(call.app, call.actor, id);
  return await answerStarted(call, id as JobId);
}

/** Answers with a job that was started, and where to watch it. */
export async function answerStarted(call: Call, id: JobId): Promise<Response> {
  const headers = new Headers({ location: href("apiJob", { job: id }) });
  return json({ id }, { call, status: 202, headers });
}

/** @throws Problem `not_found` */
async function findJob({ app, actor }: Call, id: string): Promise<JobJson> {
  const found = (await listJobs(app, actor)).find(({ job }) => job.id === id);
  if (found === undefined) throw new Problem("not_found", jobsText.noSuchJob);
  return describeJob(found);
}

function describeJob({ job, lastRun, lastAsked, isRunning }: JobState): JobJson {
  return {
    id: job.id,
    doc: jobsText.titles[job.id],
    every_seconds: job.everyMs / 1000,
    last_run: describeRun(lastRun),
    last_asked: describeRun(lastAsked),
    running: isRunning,
  };
}

function describeRun(run: JobRun | null): JobJson["last_run"] {
  if (run === null) return null;
  const { at, tookMs, holder, failure } = run;
  return {
    at: new Date(at).toISOString(),
    took_ms: tookMs,
    holder,
    failure: failure === "" ? null : failure,
  };
}
