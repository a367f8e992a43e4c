import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Bench, BenchContext, Finding } from "../bench.ts";
import { type OpenLoopResult, runOpenLoop } from "../load/open-loop.ts";
import { writeRequests } from "../load/requests.ts";
import { Unready } from "../machine/child.ts";
import { type Memory, readMemory, settle } from "../machine/cpu.ts";
import { takeCopy } from "../seed/keep-seed.ts";
import { seedLinks } from "../seed/links.ts";
import { startOurs } from "../sides/ours.ts";
import type { Side } from "../sides/side.ts";
import { formatMegabytes, formatNumber, type Goal, goalOfNone, type Table } from "../table.ts";

const CONNECTIONS = 10_000;
const QUICK_CONNECTIONS = 500;
const LINKS = 1000;
const OTHERS_PER_SECOND = 1000;
const MOST_GROWTH_MB = 20;
const MOST_P99_MS = 5;

/** Longer than the benchmark runs. */
const KEEP_ALIVE = { TRUNK8_SERVER_KEEP_ALIVE: "255" };

export const idleBench: Bench = {
  doc: "10,000 idle connections: their memory, and response times of other clients.",
  tools: [],
  run: measure,
};

/** Our server before the connections are opened, or while they are open. */
interface State {
  readonly name: string;
  readonly memory: Memory;
  readonly others: OpenLoopResult;
}

async function measure({ options, folder }: BenchContext): Promise<Finding> {
  const { program, workers, quick, seconds } = options;
  const connections = quick ? QUICK_CONNECTIONS : CONNECTIONS;
  requireFiles(connections + 100);
  const dataFolder = join(folder, "data");
  takeCopy(await seedLinks(LINKS), dataFolder);
  const { hot } = await writeRequests(folder, LINKS);
  await using ours = await startOurs({ program, dataFolder, folder, workers, env: KEEP_ALIVE });
  const observe = (name: string) => observeSide(name, ours, hot, seconds);
  await observe("warm-up");
  const before = await observe("before");
  const held = await openConnections(ours, connections);
  const during = await observe(`with ${connections} idle connections`);
  const left = await held.end();
  return {
    setup: `${connections} connections, idle after one link each; other clients open ${OTHERS_PER_SECOND} links/s for ${seconds} s, timed from the moment they were due; server.keep_alive is 255 s, the most that Bun takes.`,
    tables: [tableOf([before, during])],
    notes: [],
    goals: goalsOf(before, during, connections - left),
    figures: { before, during, connections, left },
  };
}

/** Measures idle memory, then the response times of other clients. */
async function observeSide(
  name: string,
  { pid, port }: Side,
  requestsFile: string,
  seconds: number,
): Promise<State> {
  await settle(pid);
  const memory = readMemory(pid);
  const kinds = [{ name: "redirect", share: 100, requestsFile, status: 302 }];
  const perSecond = OTHERS_PER_SECOND;
  const others = await runOpenLoop({ port, perSecond, seconds, connections: 32, kinds });
  return { name, memory, others };
}

interface Crowd {
  /** Number of connections that were still open. */
  end(): Promise<number>;
}

async function openConnections({ port }: Side, connections: number): Promise<Crowd> {
  const script = join(import.meta.dir, "hold.ts");
  const order = JSON.stringify({ port, connections });
  const child = Bun.spawn([process.execPath, script, order], {
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  const reader = child.stdout.getReader();
  const read = async () => new TextDecoder().decode((await reader.read()).value);
  if (!(await read()).startsWith("ready")) throw new Error("The connections could not be opened.");
  return {
    end: async () => {
      await child.stdin.end();
      return Number(await read());
    },
  };
}

/** Open files that the server and the clients need each. */
function requireFiles(count: number): void {
  const limits = readFileSync("/proc/self/limits", "latin1");
  const most = Number(/^Max open files +\d+ +(\d+)/m.exec(limits)?.[1] ?? Infinity);
  if (most < count)
    throw new Unready(`${count} open files are needed; the limit is ${most}: ulimit -n ${count}`);
}

function goalsOf(before: State, during: State, closed: number): Goal[] {
  return [
    {
      name: "additional memory (PSS of all processes)",
      value: (during.memory.pss - before.memory.pss) / 1e6,
      most: MOST_GROWTH_MB,
      unit: " MB",
    },
    { name: "others' p99", value: during.others.p99Ms, most: MOST_P99_MS, unit: " ms" },
    goalOfNone("connections closed early", closed),
    goalOfNone("failed requests of other clients", before.others.failed + during.others.failed),
  ];
}

function tableOf(states: readonly State[]): Table {
  const head = ["", "RSS MB", "PSS MB", "others' p50 ms", "p99 ms", "failed"];
  const rows = states.map(({ name, memory, others }) => [
    name,
    formatMegabytes(memory.rss),
    formatMegabytes(memory.pss),
    formatNumber(others.p50Ms),
    formatNumber(others.p99Ms),
    String(others.failed),
  ]);
  return { title: "Idle connections", rows: [head, ...rows] };
}
