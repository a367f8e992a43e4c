/** @jsxImportSource hono/jsx */

import { formatCount } from "../../text/format.ts";
import { intlLocale } from "../../text/language.ts";
import type { Origins, Share, Timeline } from "../../visits/reports/reports.ts";
import { BarChart } from "../ui/bar-chart.tsx";
import { text } from "./text.en.ts";

interface VisitChartProps {
  readonly title: string;
  readonly timeline: Timeline;
  /** IANA name of the zone whose days these are. */
  readonly zone: string;
}

/** Chart of visits by people over time. */
export function VisitChart({ title, timeline: { unit, bars }, zone }: VisitChartProps) {
  const dates = new Intl.DateTimeFormat(intlLocale(), { ...partsOf[unit], timeZone: zone });
  return (
    <BarChart
      title={title}
      unit={text.visits.unit}
      bars={bars.map(({ from, people }) => ({ label: dates.format(from), value: people }))}
    />
  );
}

const partsOf = {
  day: { day: "numeric", month: "short" },
  month: { month: "short", year: "numeric" },
} as const satisfies Record<Timeline["unit"], Intl.DateTimeFormatOptions>;

/** Sums of a timeline: visits by people, and by bots and previews. */
export function sumOf({ bars }: Timeline): { people: number; machines: number } {
  return bars.reduce(
    (sum, { people, machines }) => ({
      people: sum.people + people,
      machines: sum.machines + machines,
    }),
    { people: 0, machines: 0 },
  );
}

/** Large numbers with their labels. */
export function Figures({
  counts,
}: {
  counts: readonly (readonly [label: string, count: string])[];
}) {
  return (
    <dl class="figures">
      {counts.map(([label, count]) => (
        <div>
          <dt>{label}</dt>
          <dd>{count}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Referrers, browsers and operating systems of visitors. */
export function OriginLists({ origins }: { origins: Origins }) {
  const named = origins.referrers.map(({ name, visits }) => ({
    name: name === "" ? text.visits.direct : name,
    visits,
  }));
  return (
    <div class="row">
      <ShareList title={text.visits.referrers} shares={named} />
      <ShareList title={text.visits.browsers} shares={origins.browsers} />
      <ShareList title={text.visits.systems} shares={origins.systems} />
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
