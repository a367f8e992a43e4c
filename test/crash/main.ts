import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { editAndRead } from "./edits.ts";
import { exceedMemory } from "./memory.ts";
import { replaceWorkers } from "./replace.ts";
import { killResumed } from "./resumed.ts";
import { killUploads } from "./uploads.ts";
import { killWorkers } from "./visits.ts";

const usage = `npm run crash -- uploads [--rounds 100]    kills the server during uploads
npm run crash -- resumed [--kills 50]       kills workers, and all processes, while 1 GiB arrives in portions
npm run crash -- visits [--kills 200]       kills workers, and all processes, while links are opened
npm run crash -- edits [--actions 20000]    edits and reads links on four workers
npm run crash -- replace [--times 10]       replaces all workers behind nginx under load
npm run crash -- memory [--seconds 30]      everything at once on two workers in 512 MB, and redirects in 256 MB

Each looks for data that is damaged, lost, stale or counted twice, and prints its findings as JSON.
Exit code 0: no faults. 1: faults; the data folder is kept. 2: wrong usage.
`;

interface Findings {
  readonly faults: readonly string[];
}

interface CrashTest {
  readonly option: string;
  readonly times: number;
  run(folder: string, times: number): Promise<Findings>;
}

const crashTests: Readonly<Record<string, CrashTest>> = {
  uploads: { option: "rounds", times: 100, run: runUploads },
  visits: {
    option: "kills",
    times: 200,
    run: (folder, kills) =>
      killWorkers(join(folder, "data"), kills, (kill) => report(`${kill} of ${kills} killed`)),
  },
  resumed: {
    option: "kills",
    times: 50,
    run: (folder, kills) =>
      killResumed(join(folder, "data"), kills, undefined, (kill, offset) =>
        report(`${kill} of ${kills} killed at byte ${offset}`),
      ),
  },
  edits: {
    option: "actions",
    times: 20_000,
    run: (folder, actions) => editAndRead(join(folder, "data"), actions),
  },
  replace: { option: "times", times: 10, run: replaceWorkers },
  memory: { option: "seconds", times: 30, run: exceedMemory },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string" },
    kills: { type: "string" },
    actions: { type: "string" },
    times: { type: "string" },
    seconds: { type: "string" },
  },
});
const [name = "", ...others] = positionals;
const crashTest = Object.hasOwn(crashTests, name) ? crashTests[name] : undefined;
const given = Object.entries(values).map(([option, value]) => ({ option, times: Number(value) }));
const isWrong = given.some(
  ({ option, times }) => option !== crashTest?.option || !Number.isInteger(times) || times < 1,
);
if (crashTest === undefined || others.length > 0 || isWrong) {
  process.stderr.write(usage);
  process.exitCode = 2;
} else await run(crashTest, given[0]?.times ?? crashTest.times);

async function run(chosen: CrashTest, times: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "trunk8-crash-"));
  const findings = await chosen.run(folder, times);
  process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
  if (findings.faults.length === 0) return rmSync(folder, { recursive: true });
  report(`The data folder is kept in ${folder}.`);
  process.exitCode = 1;
}

function runUploads(folder: string, rounds: number): Promise<Findings> {
  return killUploads(join(folder, "data"), rounds, (round, killPoint, acknowledged) => {
    const point =
      "at" in killPoint
        ? `${killPoint.name} ${killPoint.at}`
        : `${Math.round(killPoint.afterMs)} ms`;
    report(`${round + 1}: killed at ${point}; ${acknowledged} uploads acknowledged so far`);
  });
}

function report(line: string): void {
  process.stderr.write(`${line}\n`);
}
