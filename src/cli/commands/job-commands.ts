import { effectiveZone } from "../../config/values/time-zone.ts";
import type { LeaseState } from "../../database/leases.ts";
import { findJob, type Job, type JobId, jobs } from "../../jobs/jobs.ts";
import { text as jobsText } from "../../jobs/text.en.ts";
import { formatCount } from "../../text/format.ts";
import { intlLocale } from "../../text/language.ts";
import { type Command, type Invocation, printResult, usageProblem } from "../command.ts";
import { type Column, formatTable } from "../format-table.ts";
import { isOnScreen, screenWidth } from "../screen.ts";
import { showProgress } from "../show-progress.ts";
import { withApp } from "../with-app.ts";
import { text } from "./text.en.ts";

export const listJobs: Command = {
  synopsis: "jobs [--json]",
  summary: () => text.jobs.summary,
  words: [0, 0],
  examples: ["trunk8 jobs"],
  options: { json: { doc: () => text.jobs.json } },
  run: (invocation) => printJobs(invocation),
};

export const runJob: Command = {
  synopsis: "jobs run NAME",
  summary: () => text.jobs.runSummary,
  words: [1, 10],
  examples: ["trunk8 jobs run delete-expired-links"],
  options: {},
  run: (invocation) => runNamed(invocation),
};

interface Row {
  readonly name: JobId;
  readonly everySeconds: number;
  /** Absent before the first run, and for jobs that each machine runs. */
  readonly lastRun?: LastRun;
}

interface LastRun {
  /** Start, as ISO 8601. */
  readonly at: string;
  readonly tookMs: number | null;
  readonly holder: string;
  /** Why it failed, or "". */
  readonly failure: string;
}

async function printJobs(invocation: Invocation): Promise<void> {
  const { states, zone } = await withApp(invocation, async ({ leases, live }) => ({
    states: await leases.list(),
    zone: effectiveZone(live.current),
  }));
  const rows = jobs.map((job) => rowOf(job, states));
  const lines = () => (isOnScreen() ? tableOf(rows, zone) : rows.map(lineOf).join("\n"));
  printResult(invocation.has("json") ? JSON.stringify(rows, null, 2) : lines());
}

/** For people; what went wrong takes the place of what the job does. */
function tableOf(rows: readonly Row[], zone: string): string {
  const { name, every, lastRun, took, details } = text.jobs.heads;
  const columns: Column[] = [
    { head: name },
    { head: every, align: "right" },
    { head: lastRun },
    { head: took, align: "right" },
    { head: details },
  ];
  const dates = new Intl.DateTimeFormat(intlLocale(), {
    dateStyle: "medium",
    timeStyle: "short",
    timeZone: zone,
  });
  const cells = rows.map((row) => [
    row.name,
    text.jobs.seconds(formatCount(row.everySeconds)),
    row.lastRun === undefined ? "" : dates.format(new Date(row.lastRun.at)),
    durationOf(row.lastRun),
    row.lastRun?.failure ? text.jobs.failed(row.lastRun.failure) : jobsText.titles[row.name],
  ]);
  return formatTable(columns, cells, screenWidth());
}

function durationOf(lastRun: LastRun | undefined): string {
  if (lastRun === undefined || lastRun.tookMs === null) return "";
  return text.jobs.milliseconds(formatCount(lastRun.tookMs));
}

function rowOf({ id: name, everyMs }: Job, states: readonly LeaseState[]): Row {
  const row = { name, everySeconds: everyMs / 1000 };
  const state = states.find((known) => known.name === name);
  if (state === undefined || state.ranAt === null) return row;
  const { ranAt, tookMs, holder, failure } = state;
  return { ...row, lastRun: { at: new Date(ranAt).toISOString(), tookMs, holder, failure } };
}

/** For scripts: its columns do not change. */
function lineOf({ name, everySeconds, lastRun }: Row): string {
  const columns = [name.padEnd(24), jobsText.titles[name].padEnd(38)];
  if (lastRun === undefined) return [...columns, text.jobs.every(everySeconds)].join(" ");
  const { at, tookMs, holder, failure } = lastRun;
  const last = text.jobs.lastRun(at, String(tookMs), holder);
  const outcome = failure === "" ? last : `${last}; ${text.jobs.failed(failure)}`;
  return [...columns, text.jobs.every(everySeconds).padEnd(14), outcome].join(" ");
}

async function runNamed(invocation: Invocation): Promise<void> {
  // A former name is several words, quoted or not.
  const name = invocation.positionals.join(" ");
  const job = findJob(name);
  if (job === null) throw usageProblem(text.jobs.unknown(name));
  await withApp(invocation, (app) =>
    showProgress(text.jobs.progress(job.id), async () => job.run(app)),
  );
  printResult(text.jobs.done(job.id));
}
