import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { apiBench } from "./api/api.ts";
import type { Bench, Finding, Options, Result } from "./bench.ts";
import { bulkBench } from "./bulk/bulk.ts";
import { createBench } from "./create/create.ts";
import { bigFilesBench } from "./files/big-files.ts";
import { filesBench } from "./files/files.ts";
import { guideBench } from "./guide/guide.ts";
import { stressBench } from "./guide/stress.ts";
import { hostileBench } from "./hostile/hostile.ts";
import { idleBench } from "./idle/idle.ts";
import { listBench } from "./list/list.ts";
import { requireTools, Unready } from "./machine/child.ts";
import { describeMachine } from "./machine/machine.ts";
import { readLoad, takeMachine } from "./machine/take-machine.ts";
import { pagesBench } from "./pages/pages.ts";
import { sitePagesBench } from "./pages/site-pages.ts";
import { profileBench } from "./profile/profile.ts";
import { redirectBench } from "./redirect/redirect.ts";
import { formatMarkdown, formatResult } from "./report.ts";
import { reportsBench } from "./reports/reports.ts";
import { readNewest, saveResult } from "./results.ts";
import { startBench } from "./start/start.ts";
import { isReached } from "./table.ts";
import { firstVisitsBench } from "./visit/first-visits.ts";

/** In the order in which they run. */
const measured: Readonly<Record<string, Bench>> = {
  redirect: redirectBench,
  visit: firstVisitsBench,
  files: filesBench,
  pages: pagesBench,
  site: sitePagesBench,
  create: createBench,
  api: apiBench,
  bulk: bulkBench,
  start: startBench,
  idle: idleBench,
  guide: guideBench,
  stress: stressBench,
  list: listBench,
  reports: reportsBench,
  bigfiles: bigFilesBench,
  hostile: hostileBench,
};

const benches: Readonly<Record<string, Bench>> = { ...measured, profile: profileBench };

const usage = `npm run bench [-- NAME...] [options]

${Object.entries(benches)
  .map(([name, { doc }]) => `  ${name.padEnd(10)} ${doc}`)
  .join("\n")}
  report     The newest result of each, in Markdown: for docs/performance.md.

Without a name, all but profile run, one after another. The first run creates the seeds, 5 GB in bench/.seeds.

  --quick        small and short, to test the benchmark; nothing is saved in bench/results
  --seconds N    length of one load (3)
  --rounds N     rounds over all servers (3)
  --links N,...  number of links; redirect measures several sizes
  --workers N    trunk8 serve --workers N|auto
  --attacks N,... hostile: only these of the security review, such as S1,S5
  --program F    src/main.ts of another checkout to measure instead

Exit code 0: every goal is reached. 1: a goal was missed. 2: wrong usage, a tool is missing,
or another benchmark is running.
`;

const words = {
  quick: { type: "boolean", default: false },
  seconds: { type: "string" },
  rounds: { type: "string" },
  links: { type: "string" },
  workers: { type: "string" },
  attacks: { type: "string" },
  program: { type: "string" },
} as const;

interface Order {
  readonly names: readonly string[];
  readonly options: Options;
}

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const order = readOrder(args);
  if (order === null) {
    process.stderr.write(usage);
    return 2;
  }
  if (order.names[0] === "report") return await printReport();
  return await orWhyNot(async () => {
    using _alone = takeMachine();
    const names = order.names.length === 0 ? Object.keys(measured) : order.names;
    const codes: number[] = [];
    for (const name of names) codes.push(await runBench(name, order.options));
    return codes.includes(1) ? 1 : Math.max(...codes);
  });
}

/** Returns null for invalid arguments. */
function readOrder(args: string[]): Order | null {
  try {
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options: words });
    const usual = values.quick ? { seconds: 1, rounds: 1 } : { seconds: 3, rounds: 3 };
    if (!positionals.every((name) => name === "report" || Object.hasOwn(benches, name)))
      return null;
    const options = {
      quick: values.quick,
      seconds: readCount(values.seconds) ?? usual.seconds,
      rounds: readCount(values.rounds) ?? usual.rounds,
      links: values.links?.split(",").map((text) => readCount(text) ?? 0) ?? [],
      workers: values.workers ?? null,
      attacks: values.attacks?.split(",") ?? [],
      program: values.program ?? new URL("../src/main.ts", import.meta.url).pathname,
    };
    return { names: positionals, options };
  } catch {
    return null;
  }
}

function readCount(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^[1-9]\d{0,7}$/.test(text)) throw new RangeError(text);
  return Number(text);
}

async function printReport(): Promise<number> {
  process.stdout.write(formatMarkdown(await readNewest(Object.keys(measured))));
  return 0;
}

/** Returns the exit code. */
function runBench(name: string, options: Options): Promise<number> {
  return orWhyNot(async () => {
    const result = await measure(name, options);
    process.stdout.write(`${formatResult(result)}\n`);
    if (!result.quick) process.stdout.write(`Written to ${await saveResult(result)}\n\n`);
    return result.goals.every(isReached) ? 0 : 1;
  }, name);
}

async function measure(name: string, options: Options): Promise<Result> {
  const bench = benches[name];
  if (bench === undefined) throw new Error(`There is no benchmark ${name}.`);
  requireTools(bench.tools);
  const load = readLoad();
  const folder = mkdtempSync(join(tmpdir(), "trunk8-bench-"));
  try {
    const machine = describeMachine(folder, options.program, load);
    const finding: Finding = await bench.run({ options, folder });
    const { quick } = options;
    return { bench: name, at: new Date().toISOString(), quick, machine, ...finding };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Reports why nothing was measured; the other benchmarks still run. */
async function orWhyNot(work: () => Promise<number>, name = "bench"): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Unready) {
      process.stderr.write(`${name} was skipped. ${error.message}\n`);
      return 2;
    }
    process.stderr.write(`${name} failed. ${Bun.inspect(error)}\n`);
    return 1;
  }
}
