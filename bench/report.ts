import type { Result } from "./bench.ts";
import { warnIfBusy } from "./machine/alone.ts";
import { formatMarkdownTable, formatNumber, formatTable, goalRows } from "./table.ts";

/** A result as one reads it on a terminal. */
export function formatResult(result: Result): string {
  const { setup, tables, notes, goals, machine } = result;
  return [
    `${headOf(result)}\n${setup}\n${describe(result)}\n`,
    ...tables.map(({ title, rows }) => `${title}\n${formatTable(rows)}`),
    notes.map((note) => `${note}\n`).join(""),
    formatTable(goalRows(goals)) + warnIfBusy(machine.load),
  ]
    .filter((part) => part !== "")
    .join("\n");
}

/** Results as docs/performance.md shows them. */
export function formatMarkdown(results: readonly Result[]): string {
  return results.map(formatSection).join("\n");
}

function formatSection(result: Result): string {
  const { bench, setup, tables, notes, goals, machine } = result;
  return [
    `### ${bench}\n`,
    `${setup} ${describe(result)}; ${result.at.slice(0, 16).replace("T", " ")} UTC. ${warnIfBusy(machine.load)}`.trim() +
      "\n",
    formatMarkdownTable(goalRows(goals)),
    ...tables.map(({ title, rows }) => `${title}\n\n${formatMarkdownTable(rows)}`),
    notes.map((note) => `${note}\n`).join(""),
  ]
    .filter((part) => part !== "")
    .join("\n");
}

function headOf({ bench, at, quick }: Result): string {
  return quick
    ? `${bench}, quick, ${at}: it works, and its figures say nothing`
    : `${bench}, ${at}`;
}

function describe({ machine }: Result): string {
  const { cpu, cores, memoryGigabytes, kernel, fsyncMs, load, bun, nginx, wrk, commit } = machine;
  return `${cores} x ${cpu}, ${memoryGigabytes} GB, Linux ${kernel}, fsync ${formatNumber(fsyncMs)} ms, load before ${formatNumber(load)}, Bun ${bun}, nginx ${nginx}, wrk ${wrk}, commit ${commit}`;
}
