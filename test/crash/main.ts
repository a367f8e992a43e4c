import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { editAndRead } from "./edits.ts";
import { replaceWorkers } from "./replace.ts";
import { killUploads } from "./uploads.ts";
import { killWorkers } from "./visits.ts";

const usage = `npm run crash -- uploads [--rounds 100]    kills the server in the midst of uploads
npm run crash -- visits [--kills 200]       kills workers, and all of it, while links are opened
npm run crash -- edits [--actions 20000]    edits and reads links over four workers
npm run crash -- replace [--times 10]       replaces all workers behind nginx under load

Each looks for what is broken, lost, stale or counted twice, and prints what it found as JSON.
Exit code 0: nothing is. 1: something is; the data folder is kept. 2: wrong words.
`;

interface Findings {
  readonly faults: readonly string[];
}

interface Ordeal {
  readonly option: string;
  readonly times: number;
  run(folder: string, times: number): Promise<Findings>;
}

const ordeals: Readonly<Record<string, Ordeal>> = {
  uploads: { option: "rounds", times: 100, run: runUploads },
  visits: {
    option: "kills",
    times: 200,
    run: (folder, kills) =>
      killWorkers(join(folder, "data"), kills, (kill) => tell(`${kill} of ${kills} killed`)),
  },
  edits: {
    option: "actions",
    times: 20_000,
    run: (folder, actions) => editAndRead(join(folder, "data"), actions),
  },
  replace: { option: "times", times: 10, run: replaceWorkers },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string" },
    kills: { type: "string" },
    actions: { type: "string" },
    times: { type: "string" },
  },
});
const [name = "", ...others] = positionals;
const ordeal = Object.hasOwn(ordeals, name) ? ordeals[name] : undefined;
const given = Object.entries(values).map(([option, value]) => ({ option, times: Number(value) }));
const isWrong = given.some(
  ({ option, times }) => option !== ordeal?.option || !Number.isInteger(times) || times < 1,
);
if (ordeal === undefined || others.length > 0 || isWrong) {
  process.stderr.write(usage);
  process.exitCode = 2;
} else await run(ordeal, given[0]?.times ?? ordeal.times);

async function run(chosen: Ordeal, times: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "trunk8-crash-"));
  const findings = await chosen.run(folder, times);
  process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
  if (findings.faults.length === 0) return rmSync(folder, { recursive: true });
  tell(`What is left is in ${folder}.`);
  process.exitCode = 1;
}

function runUploads(folder: string, rounds: number): Promise<Findings> {
  return killUploads(join(folder, "data"), rounds, (round, death, acknowledged) => {
    const point = "at" in death ? `${death.name} ${death.at}` : `${Math.round(death.afterMs)} ms`;
    tell(`${round + 1}: killed at ${point}; ${acknowledged} acknowledged so far`);
  });
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}
