import type { LeaseState } from "../../database/leases.ts";
import { type Job, jobs } from "../../server/jobs.ts";
import { type Command, type Invocation, printResult, usageProblem } from "../command.ts";
import { withApp } from "../with-app.ts";

export const listJobs: Command = {
  synopsis: "jobs [--json]",
  summary: () => "List what the server does again and again, and how that went.",
  words: [0, 0],
  options: {
    json: {
      doc: () => "print [{name, everySeconds, lastRun: {at, tookMs, holder, failure}}] as JSON",
    },
  },
  run: (invocation) => printJobs(invocation),
};

export const runJob: Command = {
  synopsis: "jobs run NAME",
  summary: () => "Do one of them now, also beside a running server.",
  words: [1, 10],
  options: {},
  run: (invocation) => runNamed(invocation),
};

interface Row {
  readonly name: string;
  readonly everySeconds: number;
  /** Missing where it has not run yet, or is done by each machine for itself. */
  readonly lastRun?: LastRun;
}

interface LastRun {
  /** When it began, as ISO 8601. */
  readonly at: string;
  readonly tookMs: number | null;
  readonly holder: string;
  /** Why it failed, or "". */
  readonly failure: string;
}

async function printJobs(invocation: Invocation): Promise<void> {
  const states = await withApp(invocation, (app) => app.leases.list());
  const rows = jobs.map((job) => rowOf(job, states));
  const text = invocation.has("json") ? JSON.stringify(rows, null, 2) : rows.map(lineOf).join("\n");
  printResult(text);
}

function rowOf({ name, everyMs }: Job, states: readonly LeaseState[]): Row {
  const row = { name, everySeconds: everyMs / 1000 };
  const state = states.find((known) => known.name === name);
  if (state === undefined || state.ranAt === null) return row;
  const { ranAt, tookMs, holder, failure } = state;
  return { ...row, lastRun: { at: new Date(ranAt).toISOString(), tookMs, holder, failure } };
}

function lineOf({ name, everySeconds, lastRun }: Row): string {
  const line = `${name.padEnd(32)} every ${everySeconds} s`;
  if (lastRun === undefined) return line;
  const { at, tookMs, holder, failure } = lastRun;
  const fault = failure === "" ? "" : `, and failed: ${failure}`;
  return `${line.padEnd(48)} last ${at} for ${tookMs} ms by ${holder}${fault}`;
}

async function runNamed(invocation: Invocation): Promise<void> {
  const job = findJob(invocation.positionals.join(" "));
  await withApp(invocation, (app) => job.run(app));
  printResult(`Done: ${job.name}.`);
}

/** The name may come as one word or as several. */
function findJob(name: string): Job {
  const job = jobs.find((known) => known.name === name);
  if (job === undefined) throw usageProblem(`There is no job "${name}". See trunk8 jobs.`);
  return job;
}
