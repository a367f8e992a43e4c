import type { Finding } from "../bench.ts";
import { formatMegabytes, formatNumber, type Goal, goalOfNone, type Table } from "../table.ts";
import type { AttackResult } from "./attacks.ts";
import { type ProbeName, probeNames, type Watch } from "./watch.ts";

/** What everybody noticed while one attack ran. */
export interface AttackRow extends Watch, AttackResult {
  readonly name: string;
  /** The same right before it, without an attack. */
  readonly idle: Watch;
}

const MOST_MS: Readonly<Record<ProbeName, number>> = {
  health: 100,
  redirect: 100,
  home: 500,
  create: 200,
};
const MOST_GROWTH_MB = 200;

export function describeAttacks(rows: readonly AttackRow[]) {
  return {
    tables: [tableOfTimes(rows), tableOfMemory(rows)],
    notes: [
      "Timer: by how much the watching program's own timer was late at most; the machine adds as much to any time.",
      "Creating a link waits for the disk. RSS counts pages that processes share once for each.",
    ],
    goals: rows.flatMap(goalsOf),
    figures: { rows },
  } satisfies Omit<Finding, "setup">;
}

function goalsOf({ name, probes, before, highest, after }: AttackRow): Goal[] {
  return [
    ...probes.map((probe) => ({
      name: `${name}: longest ${probe.name}`,
      value: probe.longestMs,
      most: MOST_MS[probe.name],
      unit: " ms",
    })),
    goalOfNone(
      `${name}: failed requests of others`,
      probes.reduce((sum, { failed }) => sum + failed, 0),
    ),
    {
      name: `${name}: RSS at most`,
      value: (highest - before) / 1e6,
      most: MOST_GROWTH_MB,
      unit: " MB",
    },
    {
      name: `${name}: RSS afterwards`,
      value: (after - before) / 1e6,
      most: MOST_GROWTH_MB / 4,
      unit: " MB",
    },
  ];
}

/** p99 and longest of each kind of request. */
function tableOfTimes(rows: readonly AttackRow[]): Table {
  const head = ["ms: p99/longest", ...probeNames, "failed", "timer", "seconds", "the attacker got"];
  const lines = rows.flatMap((row) => [
    [row.name, ...timesOf(row), formatAnswers(row.answers)],
    ["  idle, before", ...timesOf(row.idle), ""],
  ]);
  return { title: "Others' requests during an attack", rows: [head, ...lines] };
}

function timesOf({ probes, lateMs, seconds }: Watch): string[] {
  const times = probes.map(
    ({ p99Ms, longestMs }) => `${formatNumber(p99Ms)}/${formatNumber(longestMs)}`,
  );
  const failed = probes.reduce((sum, { failed }) => sum + failed, 0);
  return [...times, String(failed), formatNumber(lateMs), formatNumber(seconds)];
}

function formatAnswers(answers: AttackRow["answers"]): string {
  return Object.entries(answers)
    .map(([answer, count]) => `${count} × ${answer}`)
    .join(", ");
}

function tableOfMemory(rows: readonly AttackRow[]): Table {
  const head = ["MB", "RSS before", "highest", "after", "attacker's disk"];
  const lines = rows.map(({ name, before, highest, after, diskBytes }) => [
    name,
    ...[before, highest, after, diskBytes].map(formatMegabytes),
  ]);
  return { title: "Memory and disk", rows: [head, ...lines] };
}
