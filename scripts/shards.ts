import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { startPostgres } from "../test/postgres-server.ts";

/*
 * `npm run test:shards` runs the tests of `npm test` in several processes side by side, which takes half the time on
 * two cores. The files of a folder run together, a few at a time; all processes share one PostgreSQL.
 *
 *   npm run test:shards -- [--at-once 2] [FOLDER...]
 */
const root = join(import.meta.dir, "..");

const FILES_IN_A_BATCH = 6;

/** Folders that take longest, first, so that no process is left with one of them at the end. */
const slowest = [
  "test/journeys",
  "test/server",
  "test/crash",
  "test/links-file",
  "test/visits/journal",
];

const outcomes = ["pass", "fail", "skip", "todo"] as const;
type Counts = Record<(typeof outcomes)[number], number>;

interface Batch {
  readonly folder: string;
  readonly files: readonly string[];
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { "at-once": { type: "string", default: String(availableParallelism()) } },
});
const total: Counts = { pass: 0, fail: 0, skip: 0, todo: 0 };
const given = process.env.TRUNK8_TEST_POSTGRES ?? "";
const postgres = given === "" ? await startPostgres() : null;
try {
  const waiting = batchesOf(positionals.length > 0 ? positionals : ["test"]);
  const runs = Array.from({ length: Number(values["at-once"]) }, () => runAll(waiting));
  await Promise.all(runs);
} finally {
  await postgres?.stop();
}
process.stdout.write(`\n${outcomes.map((outcome) => ` ${total[outcome]} ${outcome}\n`).join("")}`);
process.exitCode = total.fail === 0 && total.pass > 0 ? 0 : 1;

function batchesOf(folders: readonly string[]): Batch[] {
  const paths = folders.flatMap((folder) => [
    ...new Bun.Glob(`${folder}/**/*.test.ts`).scanSync(root),
  ]);
  const byFolder = Object.entries(Object.groupBy(paths.sort(), (path) => dirname(path)));
  return byFolder
    .flatMap(([folder, files = []]) => chunksOf(files).map((chunk) => ({ folder, files: chunk })))
    .sort((one, other) => rankOf(one) - rankOf(other));
}

function chunksOf(files: readonly string[]): string[][] {
  const count = Math.ceil(files.length / FILES_IN_A_BATCH);
  return Array.from({ length: count }, (_, at) => files.filter((__, file) => file % count === at));
}

function rankOf({ folder }: Batch): number {
  const rank = slowest.findIndex((slow) => folder === slow || folder.startsWith(`${slow}/`));
  return rank < 0 ? slowest.length : rank;
}

/** Runs one batch after another until none is waiting. */
async function runAll(waiting: Batch[]): Promise<void> {
  for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) await run(batch);
}

/** Prints the output of a batch at its end, so that the lines of two batches do not mix. */
async function run({ folder, files }: Batch): Promise<void> {
  const startedAt = performance.now();
  const paths = files.map((file) => `./${file}`);
  const child = Bun.spawn([process.execPath, "test", "--timeout", "30000", ...paths], {
    cwd: root,
    env: { ...process.env, TRUNK8_TEST_POSTGRES: postgres?.url ?? given },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  const counts = countsOf(stderr);
  // A process that crashed has printed no counts, or none of what failed.
  if ((await child.exited) !== 0 && counts.fail === 0) counts.fail = 1;
  for (const outcome of outcomes) total[outcome] += counts[outcome];
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`${stdout}${stderr}== ${folder}: ${files.length} files, ${seconds} s\n`);
}

/** The counts that `bun test` prints at its end. */
function countsOf(output: string): Counts {
  const count = (outcome: string) =>
    Number(new RegExp(`^ *(\\d+) ${outcome}$`, "m").exec(output)?.[1] ?? 0);
  return { pass: count("pass"), fail: count("fail"), skip: count("skip"), todo: count("todo") };
}
