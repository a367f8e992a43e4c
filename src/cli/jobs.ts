import { type Job, jobs } from "../server/jobs.ts";
import { type Command, type Invocation, printResult, usageProblem } from "./command.ts";
import { withApp } from "./opening.ts";

export const listJobs: Command = {
  synopsis: "jobs [--json]",
  summary: "List what the server does again and again.",
  words: [0, 0],
  options: { json: { doc: "print [{name, everySeconds}] as JSON" } },
  run: async (invocation) => printJobs(invocation),
};

export const runJob: Command = {
  synopsis: "jobs run NAME",
  summary: "Do one of them now, also beside a running server.",
  words: [1, 10],
  options: {},
  run: (invocation) => runNamed(invocation),
};

function printJobs(invocation: Invocation): void {
  const rows = jobs.map(({ name, everyMs }) => ({ name, everySeconds: everyMs / 1000 }));
  const lines = rows.map(({ name, everySeconds }) => `${name.padEnd(32)} every ${everySeconds} s`);
  printResult(invocation.has("json") ? JSON.stringify(rows, null, 2) : lines.join("\n"));
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
