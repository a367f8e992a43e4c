/** @jsxImportSource #markup */

import { LRUCache } from "lru-cache";
import { formatCount } from "../../text/format.ts";
import { intlLocale } from "../../text/language.ts";
import { nameReferrer } from "../../visits/referrer.ts";
import type { Origins, Ranking, Share, Timeline } from "../../visits/reports/reports.ts";
import { BarChart } from "../ui/bar-chart.tsx";
import { text } from "./text.en.ts";

interface VisitChartProps {
  readonly title: string;
  readonly timeline: Timeline;
  /** IANA name of the zone whose days these are. */
  readonly zone: string;
}

/** Chart of visits by people over time. */
export function VisitChart({ title, timeline, zone }: VisitChartProps) {
  const { unit, bars, includesOlder } = timeline;
  const formatDate = datesOf(unit, zone);
  return (
    <BarChart
      title={title}
      unit={text.visits.unit}
      bars={bars.map(({ from, people }, at) => ({
        label:
          at === 0 && includesOlder ? text.visits.andEarlier(formatDate(from)) : formatDate(from),
        value: people,
      }))}
    />
  );
}

const partsOf = {
  day: { day: "numeric", month: "short" },
  month: { month: "short", year: "numeric" },
} as const satisfies Record<Timeline["unit"], Intl.DateTimeFormatOptions>;

/** How dates of a zone are written; each was written before, until the day is over. */
const formats = new LRUCache<string, (at: number) => string>({ max: 200 });

function datesOf(unit: Timeline["unit"], timeZone: string): (at: number) => string {
  const locale = intlLocale();
  const key = `${locale} ${unit} ${timeZone}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const dates = new Intl.DateTimeFormat(locale, { ...partsOf[unit], timeZone });
  const written = new LRUCache<number, string>({
    max: 300,
    memoMethod: (at) => dates.format(at),
  });
  const format = (at: number) => written.memo(at);
  formats.set(key, format);
  return format;
}

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
  const nameOf = (name: string) => (name === "" ? text.visits.direct : nameReferrer(name));
  return (
    <div class="row">
      <RankingList title={text.visits.referrers} ranking={origins.referrers} nameOf={nameOf} />
      <RankingList title={text.visits.browsers} ranking={origins.browsers} />
      <RankingList title={text.visits.systems} ranking={origins.systems} />
    </div>
  );
}

interface RankingListProps {
  readonly title: string;
  readonly ranking: Ranking;
  readonly nameOf?: (name: string) => string;
}

function RankingList({ title, ranking, nameOf = (name) => name }: RankingListProps) {
  const { shares, others } = ranking;
  return (
    <section class="col-md-4 mb-3">
      <h3 class="h6">{title}</h3>
      <ol class="shares">
        {shares.map(({ name, visits }) => (
          <ShareRow name={nameOf(name)} visits={visits} />
        ))}
        {others > 0 && <ShareRow name={text.visits.others} visits={others} />}
      </ol>
    </section>
  );
}

function ShareRow({ name, visits }: Share) {
  return (
    <li>
      <bdi class="one-line">{name}</bdi>
      <span>{formatCount(visits)}</span>
    </li>
  );
}
