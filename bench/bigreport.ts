import type { Machine } from "./machine.ts";
import { formatGoals, formatNumber, formatTable, type Goal } from "./table.ts";

/** All that one run found out: the file in bench/results. */
export interface BigFilesResult {
  readonly at: string;
  readonly machine: Machine;
  readonly trips: readonly Trip[];
}

/** Files on their way; memory in bytes. */
export interface Trip {
  readonly name: string;
  /** Resident, at rest. */
  readonly before: number;
  /** From there to the highest. */
  readonly growth: number;
  readonly bytesPerSecond: number;
  readonly cpuMsPerGibibyte: number;
}

const MOST_FOR_ONE = 64;
const MOST_FOR_MANY = 150;

export function listBigGoals({ trips }: BigFilesResult): Goal[] {
  return trips.map(({ name, growth }) => ({
    name: `memory grown by ${name}`,
    value: growth / 1e6,
    most: name.startsWith("ten") ? MOST_FOR_MANY : MOST_FOR_ONE,
    unit: " MB",
  }));
}

export function formatBigReport(result: BigFilesResult): string {
  const { at, machine, trips } = result;
  const { cpu, cores, kernel, fsyncMs, load, bun, commit } = machine;
  const head = `Big files, ${at}, commit ${commit}
${cores} x ${cpu}, Linux ${kernel}, fsync ${formatNumber(fsyncMs)} ms, load before ${formatNumber(load)}, Bun ${bun}
`;
  const rows = trips.map(({ name, before, growth, bytesPerSecond, cpuMsPerGibibyte }) => [
    name,
    ...[before / 1e6, growth / 1e6, bytesPerSecond / 1e6, cpuMsPerGibibyte].map(formatNumber),
  ]);
  const names = ["", "RSS before MB", "growth MB", "MB/s", "CPU ms/GiB"];
  return [head, formatTable([names, ...rows]), formatGoals(listBigGoals(result))].join("\n");
}
