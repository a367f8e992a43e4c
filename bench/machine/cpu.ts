import { readdirSync, readFileSync, writeFileSync } from "node:fs";

/** /proc counts CPU time in ticks of USER_HZ, which is 100 on every Linux that Bun runs on. */
const TICK_MICROS = 10_000;

/** CPU time of a process with all threads and descendants, in microseconds. */
export function readCpuMicros(pid: number): number {
  const ticks = readTree(pid).reduce((sum, { ticks }) => sum + ticks, 0);
  return ticks * TICK_MICROS;
}

/** Work after a load may begin this much later: under load, visits are saved every four seconds. */
const TRAIL_MS = 4600;
const REST_MS = 100;

/** Waits until a process is idle, so that work after a load is charged to that load. */
export async function settle(pid: number): Promise<void> {
  await Bun.sleep(TRAIL_MS);
  for (let tries = 0; tries < 50; tries++) {
    const before = readCpuMicros(pid);
    await Bun.sleep(REST_MS);
    if (readCpuMicros(pid) - before <= TICK_MICROS) return;
  }
}

export interface Thread {
  readonly name: string;
  readonly cpuMicros: number;
}

/** The current threads of a process, with the CPU time of each. */
export function readThreads(pid: number): Thread[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((thread) => {
    const folder = `/proc/${pid}/task/${thread}`;
    const name = `${readOrEmpty(`${folder}/comm`).trim()} ${thread}`;
    return readStat(folder).map(({ ticks }) => ({ name, cpuMicros: ticks * TICK_MICROS }));
  });
}

/** Memory of a process and its descendants, in bytes. */
export interface Memory {
  readonly rss: number;
  /** Proportional set size: shared pages are divided among their processes. */
  readonly pss: number;
  /** Peak of `rss` since the start or the last `resetPeak`. */
  readonly peak: number;
  /** Highest peak of a single process. */
  readonly largestPeak: number;
}

export function readMemory(pid: number): Memory {
  const pids = readTree(pid).map((one) => one.pid);
  const bytesOf = (file: string, key: string) =>
    pids.map((one) => readKilobytes(`/proc/${one}/${file}`, key) * 1024);
  const peaks = bytesOf("status", "VmHWM");
  return {
    rss: sum(bytesOf("smaps_rollup", "Rss")),
    pss: sum(bytesOf("smaps_rollup", "Pss")),
    peak: sum(peaks),
    largestPeak: Math.max(...peaks),
  };
}

/** The same `rss`, read in a fraction of the time. */
export function readRss(pid: number): number {
  return readStatus(pid, "VmRSS");
}

/** Memory that is not of files: a database that SQLite maps counts to `rss` as far as it was read. */
export function readAnonymous(pid: number): number {
  return readStatus(pid, "RssAnon");
}

function readStatus(pid: number, key: string): number {
  return sum(readTree(pid).map((one) => readKilobytes(`/proc/${one.pid}/status`, key) * 1024));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Resets the peak of a process and its descendants (proc(5), clear_refs). */
export function resetPeak(pid: number): void {
  for (const one of readTree(pid)) writeFileSync(`/proc/${one.pid}/clear_refs`, "5");
}

interface Stat {
  readonly parent: number;
  readonly ticks: number;
}

function readTree(root: number): (Stat & { pid: number })[] {
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => readStat(`/proc/${pid}`).map((stat) => ({ ...stat, pid: Number(pid) })));
  const tree = all.filter(({ pid }) => pid === root);
  for (const { pid } of tree) tree.push(...all.filter(({ parent }) => parent === pid));
  return tree;
}

/** Empty if the process has ended. proc(5): ppid is field 4; utime, stime and those of ended children are fields 14 to 17. */
function readStat(folder: string): Stat[] {
  const text = readOrEmpty(`${folder}/stat`);
  const fields = text
    .slice(text.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number);
  const [utime = 0, stime = 0, cutime = 0, cstime = 0] = fields.slice(11, 15);
  const ticks = utime + stime + cutime + cstime;
  return text === "" ? [] : [{ parent: fields[1] ?? 0, ticks }];
}

function readKilobytes(file: string, key: string): number {
  return Number(new RegExp(`^${key}:\\s+(\\d+) kB`, "m").exec(readOrEmpty(file))?.[1] ?? 0);
}

/** A process may end between the listing and the reading. */
function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}
