/** @jsxImportSource #markup */
import type { Call, Handler } from "../../http/call.ts";
import { Problem } from "../../problem.ts";
import { type Dimension, dimensionNames } from "../../visits/dimension.ts";
import { isoDate } from "../../visits/reports/calendar.ts";
import { quartersIn } from "../../visits/reports/counted-rows.ts";
import type { Report } from "../../visits/reports/report.ts";
import { isFiltered } from "../../visits/reports/report-query.ts";
import type { TopLink } from "../../visits/reports/reports.ts";
import type { SingleVisit } from "../../visits/reports/single-visits.ts";
import { Empty } from "../ui/empty.tsx";
import { PageHead, show } from "../ui/layout/layout.tsx";
import { Pager } from "../ui/list/pager.tsx";
import type { Child } from "../ui/markup/markup.ts";
import { Breakdowns, ShareList, TOP } from "./breakdown.tsx";
import { LastVisits, TopLinks } from "./last-visits.tsx";
import { Controls, Downloads } from "./stats-controls.tsx";
import { downloadTable } from "./stats-download.ts";
import { linkStats, type StatsSubject, siteStats, tagStats, userStats } from "./stats-subject.tsx";
import { addressOf, periodOf, readQuery, type StatsView } from "./stats-view.ts";
import { text } from "./text.en.ts";
import { isEmpty, ReportFigures, VisitChart } from "./visit-chart.tsx";

/** Handles the pages of statistics, and what they offer for download. */
export const stats = {
  ofSite: (call) => answer(call, siteStats(call)),
  ofUser: async (call) => answer(call, await userStats(call)),
  ofTag: async (call) => answer(call, await tagStats(call)),
  ofLink: async (call) => answer(call, await linkStats(call)),
} satisfies Record<string, Handler>;

/** Rows of a page of one table; last visits and links beside the others. */
const PAGE = 100;
const LAST = 10;

async function answer(call: Call, subject: StatsSubject): Promise<Response> {
  const { searchParams } = call.url;
  const view: StatsView = { path: subject.path, query: readQuery(searchParams) };
  const format = searchParams.get("format");
  const table = searchParams.get("table");
  if (format !== null) return await downloadTable(call, { subject, view, table, format });
  const found = dimensionNames.find((dimension) => dimension === table);
  if (found !== undefined) return await showTable(call, { subject, view, dimension: found });
  if (table !== null && table !== "") throw new Problem("not_found", text.unknownTable);
  return await showAll(call, { subject, view });
}

interface Shown {
  readonly subject: StatsSubject;
  readonly view: StatsView;
}

async function showAll(call: Call, { subject, view }: Shown): Promise<Response> {
  const { reports, singles } = call.app.visits;
  const { query } = view;
  const report = await reports.of(subject.subject, query, { most: TOP });
  const hasLinks = subject.subject.of !== "link";
  const quarters = quartersIn(report.calendar);
  const selection = { subject: subject.subject, quarters, filter: query.filter };
  const [links, last]: [readonly TopLink[], readonly SingleVisit[]] =
    report.totals.people === 0
      ? [[], []]
      : await Promise.all([
          hasLinks ? reports.topLinks(subject.subject, query, LAST) : [],
          singles.last(selection, LAST),
        ]);
  return await page(
    call,
    { subject, view, report },
    <>
      <ReportFigures report={report} />
      {isEmpty(report) ? (
        <NoVisits view={view} />
      ) : (
        <>
          <VisitChart title={periodOf(query)} report={report} />
          <div class="mt-4">
            <Breakdowns view={view} report={report} />
          </div>
          {links.length > 0 && (
            <section>
              <h2 class="h4 mb-3">{text.links}</h2>
              <TopLinks links={links} people={report.totals.people} />
            </section>
          )}
          <LastVisits visits={last} zone={report.calendar.zone} hasLinks={hasLinks} />
        </>
      )}
    </>,
  );
}

function NoVisits({ view }: { readonly view: StatsView }) {
  return (
    <Empty title={text.empty.title}>
      <p>{isFiltered(view.query.filter) ? text.empty.filtered : text.empty.hint}</p>
    </Empty>
  );
}

type TableProps = Shown & { readonly dimension: Dimension };

/** All values of one dimension, in pages. */
async function showTable(call: Call, { subject, view, dimension }: TableProps): Promise<Response> {
  const { searchParams } = call.url;
  const place = /^\d{1,6}$/.test(searchParams.get("page") ?? "")
    ? Number(searchParams.get("page"))
    : 1;
  const number = Math.max(1, place);
  const report = await call.app.visits.reports.of(subject.subject, view.query, {
    most: number * PAGE,
    tables: [dimension],
  });
  const ranking = report.tables[dimension];
  const first = (number - 1) * PAGE;
  const shares = ranking?.shares.slice(first) ?? [];
  const isLast = (ranking?.values ?? 0) <= number * PAGE;
  const to = (at: number) => addressOf(view, {}, { table: dimension, page: `${at}` });
  return await page(
    call,
    { subject, view, report },
    <>
      <h2 class="h4">{text.dimensions[dimension]}</h2>
      {ranking === undefined || shares.length === 0 ? (
        <Empty title={text.empty.table} />
      ) : (
        <>
          <p>{text.rows(first + 1, first + shares.length, ranking.values)}</p>
          <ShareList
            view={view}
            dimension={dimension}
            ranking={
              isLast ? { ...ranking, shares } : { ...ranking, shares, others: 0, unknown: 0 }
            }
            people={report.totals.people}
          />
        </>
      )}
      <Pager previous={number > 1 ? to(number - 1) : null} next={isLast ? null : to(number + 1)} />
      <a href={addressOf(view)}>{text.back}</a>
    </>,
  );
}

/** The bundled table of countries, which answers for what the operator's own does not know. */
const COUNTRIES_FROM = "https://lite.ip2location.com";

/** With htmx, another view takes the place of this one, and the page stays where it is. */
const swapping = {
  "hx-boost:inherited": "true",
  "hx-target:inherited": "#stats",
  "hx-select:inherited": "#stats",
  "hx-swap:inherited": "outerHTML",
};

type PageProps = Shown & { readonly report: Report };

function page(call: Call, { subject, view, report }: PageProps, content: Child) {
  const tables = [
    ["series", text.download.series] as const,
    ...dimensionNames.map((dimension) => [dimension, text.dimensions[dimension]] as const),
    ["visits", text.download.visits] as const,
  ];
  return show(
    call,
    {
      title: `${text.title} ${subject.tabName}`.trim(),
      sheets: ["stats.css", "list.css"],
      scripts: ["htmx.js", "stats.js"],
    },
    <div id="stats" {...swapping}>
      <PageHead title={subject.heading}>
        <Downloads view={view} tables={tables} />
      </PageHead>
      <Controls view={view} report={report} />
      {report.reachesFrom !== null && (
        <p class="callout">{text.reach(isoDate(report.reachesFrom))}</p>
      )}
      <section class="visits">
        <h2 class="visually-hidden">{periodOf(view.query)}</h2>
        {content}
        <p class="stats-note">{text.zone(report.calendar.zone)}</p>
        {call.settings["visits.countries"] && (
          <p class="stats-note">
            <a href={COUNTRIES_FROM}>{text.countriesFrom}</a>
          </p>
        )}
      </section>
    </div>,
  );
}
