/** @jsxImportSource #markup */
import { LRUCache } from "lru-cache";
import { formatCount, formatPercent } from "../../text/format.ts";
import { intlLocale } from "../../text/language.ts";
import type { Unit } from "../../visits/reports/calendar.ts";
import type { Report } from "../../visits/reports/report.ts";
import { BarChart } from "../ui/bar-chart.tsx";
import type { Child } from "../ui/markup/markup.ts";
import { text } from "./text.en.ts";

interface VisitChartProps {
  readonly title: string;
  readonly report: Report;
}

/** Chart of visits by people over time; its table has all classes of visitors. */
export function VisitChart({ title, report }: VisitChartProps) {
  const { calendar, bars } = report;
  const formatDate = datesOf(calendar.unit, calendar.zone);
  const hasUnique = bars.some(({ unique }) => unique !== null && unique > 0);
  return (
    <BarChart
      title={title}
      unit={text.unit}
      columns={[
        text.people,
        ...(hasUnique ? [text.unique] : []),
        text.bots,
        text.previews,
        text.prefetches,
      ]}
      bars={bars.map(({ from, people, unique, machines, bots, previews, prefetches }, at) => ({
        label:
          at === 0 && calendar.includesOlder ? text.andEarlier(formatDate(from)) : formatDate(from),
        value: people,
        details: [
          ...(hasUnique ? [text.uniques(unique ?? 0)] : []),
          ...(machines > 0 ? [text.machinesOf(machines)] : []),
        ],
        cells: [people, ...(hasUnique ? [unique ?? 0] : []), bots, previews, prefetches],
      }))}
    />
  );
}

const partsOf = {
  hour: { hour: "2-digit", minute: "2-digit", day: "numeric", month: "short" },
  day: { day: "numeric", month: "short" },
  week: { day: "numeric", month: "short", year: "numeric" },
  month: { month: "short", year: "numeric" },
} as const satisfies Record<Unit, Intl.DateTimeFormatOptions>;

/** How dates of a zone are written; each was written before, until the day is over. */
const formats = new LRUCache<string, (at: number) => string>({ max: 200 });

function datesOf(unit: Unit, timeZone: string): (at: number) => string {
  const locale = intlLocale();
  const key = `${locale} ${unit} ${timeZone}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const dates = new Intl.DateTimeFormat(locale, { ...partsOf[unit], timeZone });
  const written = new LRUCache<number, string>({
    max: 400,
    memoMethod: (at) => dates.format(at),
  });
  const format = (at: number) => written.memo(at);
  formats.set(key, format);
  return format;
}

/** Sums of a report: people first, others apart; each with its change. */
export function ReportFigures({ report: { totals, before } }: { report: Report }) {
  const { people, unique, bots, previews, prefetches } = totals;
  return (
    <dl class="figures">
      <Figure label={text.people} count={people}>
        <Change from={before?.people} to={people} />
      </Figure>
      {unique !== null && (
        <Figure label={text.unique} count={unique}>
          <Change from={before?.unique} to={before?.uniqueSince ?? 0} />
        </Figure>
      )}
      <Figure label={text.bots} count={bots}>
        <Change from={before?.bots} to={bots} />
      </Figure>
      <Figure label={text.previews} count={previews} />
      {prefetches > 0 && <Figure label={text.prefetches} count={prefetches} />}
    </dl>
  );
}

/** @param from the count of the period before; null or absent: not known */
function Change({ from, to }: { readonly from: number | null | undefined; readonly to: number }) {
  return from == null || from + to === 0 ? null : <dd class="change">{changeOf(to, from)}</dd>;
}

function changeOf(count: number, before: number): string {
  if (count === before) return text.change.same;
  if (before === 0) return text.change.from(before);
  const percent = formatPercent(Math.abs(count / before - 1));
  return count > before ? text.change.more(percent) : text.change.less(percent);
}

/** Whether nothing was opened: then there is no chart. */
export function isEmpty({ totals }: Report): boolean {
  return totals.people + totals.machines === 0;
}

interface FigureProps {
  readonly label: string;
  readonly count: number;
  readonly children?: Child;
}

function Figure({ label, count, children }: FigureProps) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{formatCount(count)}</dd>
      {children}
    </div>
  );
}

/** Large numbers with their labels. */
export function Figures({
  counts,
}: {
  counts: readonly (readonly [label: string, count: number])[];
}) {
  return (
    <dl class="figures">
      {counts.map(([label, count]) => (
        <Figure label={label} count={count} />
      ))}
    </dl>
  );
}
