import { until } from "../../until.ts";
import type { Cluster } from "../cluster.ts";
import type { Load } from "./load.ts";
import { TrackedLink } from "./tracked-link.ts";

export interface Verdict {
  readonly lost: readonly string[];
  readonly answered: number;
  readonly counted: number;
  /** Visits that were counted and not answered: their answers were cut off, or never sent. */
  readonly doubtful: number;
  readonly wrongCounts: readonly string[];
}

interface Row {
  readonly code: string;
  readonly target: string | null;
  readonly visits: number;
}

const ROWS = `select short_code as code, target, coalesce(t.visits, 0)::int as visits
  from link left join link_total as t on t.link_id = link.id`;

/** Compares the database with what clients were told; the load is paused meanwhile. */
export async function verify(cluster: Cluster, load: Load): Promise<Verdict> {
  const sure = sureVisits(cluster, load);
  let rows = await readRows(cluster);
  await until(
    async () => {
      rows = await readRows(cluster);
      return load.links.every((link) => (rows.get(link.code)?.visits ?? 0) >= link.answered);
    },
    { what: "all visits in the database", seconds: 30 },
  ).catch(() => {});
  const lost = load.links.flatMap((link) => {
    const row = rows.get(link.code);
    if (row === undefined) return [`${link.code} is gone`];
    return link.settle(TrackedLink.versionOf(row.target ?? "")) ?? [];
  });
  for (const code of load.created) if (!rows.has(code)) lost.push(`${code} is gone`);
  const countOf = (code: string) => rows.get(code)?.visits ?? 0;
  const wrongCounts = load.links.flatMap(({ code, answered, unknown }) => {
    const most = Math.max(answered + unknown, sure.get(code) ?? 0) + (sure.get(`${code}?`) ?? 0);
    const counted = countOf(code);
    return counted >= answered && counted <= most
      ? []
      : [`${code}: ${answered} answered, ${counted} counted, at most ${most}`];
  });
  const answered = sum(load.links.map((link) => link.answered));
  const counted = sum(load.links.map(({ code }) => countOf(code)));
  return { lost, answered, counted, doubtful: counted - answered, wrongCounts };
}

async function readRows(cluster: Cluster): Promise<Map<string, Row>> {
  const rows = await cluster.primary.sql<{ code: string; target: string; visits: number }>(ROWS);
  return new Map(rows.map((row) => [row.code, row]));
}

/** How often nginx sent an opening to a further node: by `CODE?`, since the first one may have counted it, too. */
function sureVisits(cluster: Cluster, _load: Load): Map<string, number> {
  const repeated = new Map<string, number>();
  for (const line of cluster.balancer.attempts) {
    const [path = "", , ...statuses] = line.split(" ");
    if (statuses.length < 2) continue;
    const key = `${path.slice(1)}?`;
    repeated.set(key, (repeated.get(key) ?? 0) + statuses.length - 1);
  }
  return repeated;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
