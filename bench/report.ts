import type { Result } from "./bench.ts";
import { warnIfBusy } from "./machine/take-machine.ts";
import { formatMarkdownTable, formatNumber, formatTable, tablesOfGoals } from "./table.ts";

/** A result as text for the terminal. */
export function formatResult(result: Result): string {
  const { setup, tables, notes, goals, machine } = result;
  const parts = [
    `${headOf(result)}\n${setup}\n${describe(result)}`,
    ...tables.map(({ title, rows }) => `${title}\n${formatTable(rows)}`),
    ...notes,
    ...tablesOfGoals(goals).map(({ title, rows }) => `${title}\n${formatTable(rows)}`),
    warnIfBusy(machine.load),
  ];
  return joinParts(parts);
}

/** Results in Markdown, for docs/performance.md. */
export function formatMarkdown(results: readonly Result[]): string {
  return results.map(formatSection).join("\n");
}

function formatSection(result: Result): string {
  const { bench, at, setup, tables, notes, goals, machine } = result;
  const when = `${at.slice(0, 16).replace("T", " ")} UTC`;
  const all = [...tablesOfGoals(goals), ...tables];
  const parts = [
    `### ${bench}`,
    setup,
    `${describe(result)}; ${when}. ${warnIfBusy(machine.load)}`,
    ...all.map(({ title, rows }) => `${title}:\n\n${formatMarkdownTable(rows)}`),
    ...notes,
  ];
  return joinParts(parts);
}

/** Parts with an empty line between them. */
function joinParts(parts: readonly string[]): string {
  const filled = parts.map((part) => part.trimEnd()).filter((part) => part !== "");
  return `${filled.join("\n\n")}\n`;
}

function headOf({ bench, at, quick }: Result): string {
  return quick
    ? `${bench}, quick, ${at}: a test run, the figures are not meaningful`
    : `${bench}, ${at}`;
}

function describe({ machine }: Result): string {
  const { cpu, cores, memoryGigabytes, kernel, fsyncMs, load, bun, nginx, wrk, commit } = machine;
  return `${cores} x ${cpu}, ${memoryGigabytes} GB, Linux ${kernel}, fsync ${formatNumber(fsyncMs)} ms, load average before ${formatNumber(load)}, Bun ${bun}, nginx ${nginx}, wrk ${wrk}, commit ${commit}`;
}
