/** @jsxImportSource hono/jsx */

import { formatCount } from "../../text/format.ts";
import type { Origins, Share, Timeline } from "../../visits/reports/reports.ts";
import { BarChart } from "../ui/bar-chart.tsx";

interface VisitChartProps {
  readonly title: string;
  readonly timeline: Timeline;
  /** IANA name of the zone whose days these are. */
  readonly zone: string;
}

/** Visits of people over time as a drawing. */
export function VisitChart({ title, timeline: { unit, bars }, zone }: VisitChartProps) {
  const dates = new Intl.DateTimeFormat("en-GB", { ...partsOf[unit], timeZone: zone });
  return (
    <BarChart
      title={title}
      unit="visits"
      bars={bars.map(({ from, people }) => ({ label: dates.format(from), value: people }))}
    />
  );
}

const partsOf = {
  day: { day: "numeric", month: "short" },
  month: { month: "short", year: "numeric" },
} as const satisfies Record<Timeline["unit"], Intl.DateTimeFormatOptions>;

/** All visits of a timeline: of people, and of all else. */
export function sumOf({ bars }: Timeline): { people: number; machines: number } {
  return bars.reduce(
    (sum, { people, machines }) => ({
      people: sum.people + people,
      machines: sum.machines + machines,
    }),
    { people: 0, machines: 0 },
  );
}

/** Large numbers, each with what it counts. */
export function Figures({
  counts,
}: {
  counts: readonly (readonly [what: string, count: string])[];
}) {
  return (
    <dl class="figures">
      {counts.map(([what, count]) => (
        <div>
          <dt>{what}</dt>
          <dd>{count}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Where people came from and what they came with. */
export function OriginLists({ origins }: { origins: Origins }) {
  const named = origins.referrers.map(({ name, visits }) => ({
    name: name === "" ? "Typed, or not told" : name,
    visits,
  }));
  return (
    <div class="row">
      <ShareList title="Came from" shares={named} />
      <ShareList title="Browsers" shares={origins.browsers} />
      <ShareList title="Systems" shares={origins.systems} />
    </div>
  );
}

function ShareList({ title, shares }: { title: string; shares: readonly Share[] }) {
  return (
    <section class="col-md-4 mb-3">
      <h3 class="h6">{title}</h3>
      <ol class="shares">
        {shares.map(({ name, visits }) => (
          <li>
            <bdi class="one-line">{name}</bdi>
            <span>{formatCount(visits)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}
