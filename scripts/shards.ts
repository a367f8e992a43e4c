import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { startPostgres } from "../test/postgres-server.ts";
import { secondsOf } from "./slow-tests.ts";

/*
 * `npm run test:shards` runs the tests of `npm test` in several processes side by side: one more than there are cores,
 * since many tests wait. The files of a folder run together, a few at a time, those that take longest first (see
 * slow-tests.ts); all processes share one PostgreSQL.
 *
 * At the end, files with failures run once more with nothing beside them. A test that passes then depended on the load
 * of the machine: it is listed as unstable, and counts as passed. More than a few such files are no accident, and are
 * not run again; nor is a file that took minutes, whose tests hang.
 *
 *   npm run test:shards -- [--at-once 3] [FOLDER or FILE...]
 */
const root = join(import.meta.dir, "..");

const FILES_IN_A_BATCH = 6;
const SECONDS_OF_A_BATCH = 30;

const MOST_FILES_RUN_AGAIN = 10;

/** A file that took longer is not run again. */
const MOST_SECONDS_TO_RUN_AGAIN = 300;

/** A batch that takes longer hangs, and is ended. */
const MOST_SECONDS = 900;

/** What `bun test` prints above the tests of a file. */
const FILE_NAME = /^(test\/.*\.test\.tsx?):$/gm;

const outcomes = ["pass", "fail", "skip", "todo"] as const;
type Counts = Record<(typeof outcomes)[number], number>;

interface Batch {
  readonly folder: string;
  readonly files: readonly string[];
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { "at-once": { type: "string", default: String(availableParallelism() + 1) } },
});
const total: Counts = { pass: 0, fail: 0, skip: 0, todo: 0 };
let failures: Failure[] = [];
const unstable: Failure[] = [];
/** Seconds that each file took. */
const took = new Map<string, number>();
const given = process.env.TRUNK8_TEST_POSTGRES ?? "";
const postgres = given === "" ? await startPostgres() : null;
try {
  const waiting = batchesOf(positionals.length > 0 ? positionals : ["test"]);
  const runs = Array.from({ length: Number(values["at-once"]) }, () => runAll(waiting));
  await Promise.all(runs);
  const files = new Set(failures.map(({ file }) => file));
  if (files.size <= MOST_FILES_RUN_AGAIN) for (const file of files) await runAgain(file);
} finally {
  await postgres?.stop();
}
printSlowest();
printFailures("Unstable: failed beside other tests, passed alone", unstable);
printFailures("Failed", failures);
process.stdout.write(`\n${outcomes.map((outcome) => ` ${total[outcome]} ${outcome}\n`).join("")}`);
process.exitCode = total.fail === 0 && total.pass > 0 ? 0 : 1;

/** The files of each folder in batches of about as many seconds, the longest batches first. */
function batchesOf(folders: readonly string[]): Batch[] {
  const paths = folders.flatMap((folder) => [
    ...new Bun.Glob(folder.endsWith(".test.ts") ? folder : `${folder}/**/*.test.ts`).scanSync(root),
  ]);
  const byFolder = Object.entries(Object.groupBy(paths.sort(), (path) => dirname(path)));
  return byFolder
    .flatMap(([folder, files = []]) => chunksOf(files).map((chunk) => ({ folder, files: chunk })))
    .sort((one, other) => secondsOf(other.files) - secondsOf(one.files));
}

function chunksOf(files: readonly string[]): string[][] {
  const slowestFirst = files.toSorted((one, other) => secondsOf([other]) - secondsOf([one]));
  const count = Math.max(
    Math.ceil(files.length / FILES_IN_A_BATCH),
    Math.ceil(secondsOf(files) / SECONDS_OF_A_BATCH),
  );
  const chunks = Array.from({ length: Math.min(count, files.length) }, (): string[] => []);
  for (const file of slowestFirst) {
    const [shortest] = chunks.toSorted((one, other) => secondsOf(one) - secondsOf(other));
    shortest?.push(file);
  }
  return chunks;
}

/** Runs one batch after another until none is waiting. */
async function runAll(waiting: Batch[]): Promise<void> {
  for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) await run(batch);
}

async function run(batch: Batch): Promise<void> {
  const result = await runFiles(batch);
  addCounts(result.counts);
  failures.push(...result.failures);
}

/** A file with failures once more, with nothing beside it. */
async function runAgain(file: string): Promise<void> {
  const seconds = took.get(file) ?? 0;
  if (seconds > MOST_SECONDS_TO_RUN_AGAIN) {
    process.stdout.write(`\n== not again, since it took ${seconds.toFixed(0)} s: ${file}\n`);
    return;
  }
  process.stdout.write(`\n== again, alone: ${file}\n`);
  const { counts } = await runFiles({ folder: dirname(file), files: [file] });
  if (counts.fail > 0 || counts.pass === 0) return;
  const passed = failures.filter((failure) => failure.file === file);
  failures = failures.filter((failure) => failure.file !== file);
  unstable.push(...passed);
  addCounts({ pass: passed.length, fail: -passed.length, skip: 0, todo: 0 });
}

interface Failure {
  readonly file: string;
  readonly name: string;
}

interface Result {
  readonly counts: Counts;
  readonly failures: readonly Failure[];
}

/** Prints the output at the end, so that the lines of two batches do not mix. */
async function runFiles({ folder, files }: Batch): Promise<Result> {
  const startedAt = performance.now();
  const paths = files.map((file) => `./${file}`);
  const child = Bun.spawn([process.execPath, "test", "--timeout", "30000", ...paths], {
    cwd: root,
    env: { ...process.env, TRUNK8_TEST_POSTGRES: postgres?.url ?? given },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: MOST_SECONDS * 1000,
    killSignal: "SIGKILL",
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), readTimed(child.stderr)]);
  const counts = countsOf(stderr);
  const failures = failuresIn(stderr);
  // A process that crashed, or was ended, prints no sum.
  const crashed = (await child.exited) !== 0 && !/^Ran \d+ test/m.test(stderr);
  if (crashed) failures.push(...files.map((file) => ({ file, name: "did not run to its end" })));
  counts.fail = failures.length;
  const seconds = secondsSince(startedAt).toFixed(1);
  process.stdout.write(`${stdout}${stderr}== ${folder}: ${files.length} files, ${seconds} s\n`);
  return { counts, failures };
}

/** The output of `bun test`, which prints a file's name when it comes to it; notes the seconds of each file. */
async function readTimed(stream: ReadableStream<Uint8Array>): Promise<string> {
  let output = "";
  let file = "";
  let beganAt = performance.now();
  const next = (name: string) => {
    if (file !== "") took.set(file, Math.max(took.get(file) ?? 0, secondsSince(beganAt)));
    file = name;
    beganAt = performance.now();
  };
  const decoder = new TextDecoder();
  for await (const bytes of stream) {
    const text = decoder.decode(bytes, { stream: true });
    output += text;
    for (const [, name = ""] of text.matchAll(FILE_NAME)) next(name);
  }
  next("");
  return output;
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1000;
}

/** The counts that `bun test` prints at its end. */
function countsOf(output: string): Counts {
  const count = (outcome: string) =>
    Number(new RegExp(`^ *(\\d+) ${outcome}$`, "m").exec(output)?.[1] ?? 0);
  return { pass: count("pass"), fail: count("fail"), skip: count("skip"), todo: count("todo") };
}

/** The failed tests, each with the file whose name `bun test` printed above it. */
function failuresIn(output: string): Failure[] {
  const failures: Failure[] = [];
  let file = "";
  for (const line of output.split("\n")) {
    if (/^\d+ tests? failed:$/.test(line)) break; // they are listed once more
    file = [...line.matchAll(FILE_NAME)][0]?.[1] ?? file;
    const name = /^\(fail\) (.*?)( \[[\d.]+m?s\])?$/.exec(line)?.[1];
    if (name !== undefined) failures.push({ file, name });
  }
  return failures;
}

function addCounts(counts: Counts): void {
  for (const outcome of outcomes) total[outcome] += counts[outcome];
}

function printFailures(heading: string, some: readonly Failure[]): void {
  const lines = some.map(({ file, name }) => `  ${file} > ${name}\n`);
  if (lines.length > 0) process.stdout.write(`\n${heading}:\n${lines.join("")}`);
}

function printSlowest(): void {
  const slowest = [...took].sort(([, one], [, other]) => other - one).slice(0, 10);
  const lines = slowest.map(([file, seconds]) => `  ${seconds.toFixed(1)} s ${file}\n`);
  process.stdout.write(`\nSlowest files:\n${lines.join("")}`);
}
