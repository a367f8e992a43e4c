/** @jsxImportSource #markup */
import { formatCount, formatPercent } from "../../text/format.ts";
import { type Dimension, dimensionNames } from "../../visits/dimension.ts";
import type { Ranking, Report } from "../../visits/reports/report.ts";
import { type Child, html } from "../ui/markup/markup.ts";
import { addressOf, type StatsView } from "./stats-view.ts";
import { text } from "./text.en.ts";
import { labelOf, unknownLabel } from "./value-label.ts";

/** Rows of a table among others. */
export const TOP = 8;

interface BreakdownsProps {
  readonly view: StatsView;
  readonly report: Report;
  /** Whether at most two are beside each other. */
  readonly isNarrow?: boolean;
}

/** Tables of what is known of people; those of campaigns only where there are any. */
export function Breakdowns({ view, report, isNarrow = false }: BreakdownsProps) {
  const tables = dimensionNames.flatMap((dimension) => {
    const ranking = report.tables[dimension];
    return ranking === undefined || ranking.shares.length + ranking.others === 0
      ? []
      : [{ dimension, ranking }];
  });
  return (
    <div class="row">
      {tables.map(({ dimension, ranking }) => (
        <section class={isNarrow ? "col-md-6" : "col-md-6 col-xl-4 mb-4"}>
          <h3 class="h6">{text.dimensions[dimension]}</h3>
          <ShareList
            view={view}
            dimension={dimension}
            ranking={ranking}
            people={report.totals.people}
          />
          {ranking.values > ranking.shares.length && (
            <a href={addressOf(view, {}, { table: dimension })}>
              {text.all(ranking.values)}
              <span class="visually-hidden"> {text.dimensions[dimension]}</span>
            </a>
          )}
        </section>
      ))}
    </div>
  );
}

interface ShareListProps {
  readonly view: StatsView;
  readonly dimension: Dimension;
  readonly ranking: Ranking;
  /** All visits by people, of which each value has a share. */
  readonly people: number;
}

/** Values with bars and per cent; each filters everything. */
export function ShareList({ view, dimension, ranking, people }: ShareListProps) {
  const { shares, others, unknown } = ranking;
  const { filter } = view.query;
  const linkOf = (value: string, label: string): Child =>
    filter[dimension] === undefined ? (
      <a
        class="one-line"
        href={addressOf(view, { filter: { ...filter, [dimension]: value } })}
        title={text.filter.by(text.dimension[dimension], label)}
      >
        <bdi>{label}</bdi>
      </a>
    ) : (
      <bdi class="one-line">{label}</bdi>
    );
  return (
    <ol class="shares">
      {shares.map(({ value, visits }) =>
        shareRow(linkOf(value, labelOf(dimension, value)), visits, people),
      )}
      {others > 0 && shareRow(text.others, others, people)}
      {unknown > 0 && shareRow(unknownLabel(dimension), unknown, people)}
    </ol>
  );
}

/** A value, its visits and their share, with a bar behind them. */
export function shareRow(label: Child, visits: number, all: number): Child {
  const share = all === 0 ? 0 : Math.min(visits / all, 1);
  const width = Math.round(share * 1000);
  return html`<li><svg class=share-bar viewBox="0 0 1000 1" preserveAspectRatio=none aria-hidden=true><path d="M0 0h${width}v1h-${width}z"/></svg>${label} <span>${formatCount(visits)}</span> <span class=share>${formatPercent(share)}</span></li>`;
}
