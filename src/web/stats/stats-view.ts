import { href, withQuery } from "../../http/urls.ts";
import { type Dimension, dimensionNames } from "../../visits/dimension.ts";
import { isoDate } from "../../visits/reports/calendar.ts";
import {
  DEFAULT_RANGE,
  parseReportQuery,
  type ReportQuery,
  reportParameters,
  usualQuery,
} from "../../visits/reports/report-query.ts";
import { text } from "./text.en.ts";

/** What a page of statistics shows; its address says all of it. */
export interface StatsView {
  /** The address without parameters. */
  readonly path: string;
  readonly query: ReportQuery;
}

/** @throws Problem `invalid` on a parameter */
export function readQuery(search: URLSearchParams): ReportQuery {
  const given = reportParameters.map((name) => [name, search.get(name) ?? undefined] as const);
  return parseReportQuery(Object.fromEntries(given));
}

/** The parameters of a query; those that are as usual are left out. */
function parametersOf({ range, unit, filter }: ReportQuery): Record<string, string | null> {
  const dates =
    typeof range === "object"
      ? { from: isoDate(range.firstDay), to: isoDate(range.lastDay) }
      : { range: range === DEFAULT_RANGE ? null : range };
  return { ...dates, unit, ...filter };
}

/** The address of a view with some changes. */
export function addressOf(
  { path, query }: StatsView,
  changes: Partial<ReportQuery> = {},
  beside: Readonly<Record<string, string>> = {},
): string {
  return withQuery(path, { ...parametersOf({ ...query, ...changes }), ...beside });
}

/** The filter without one of its dimensions. */
export function without(
  filter: ReportQuery["filter"],
  dimension: Dimension,
): ReportQuery["filter"] {
  return Object.fromEntries(Object.entries(filter).filter(([name]) => name !== dimension));
}

/** The dimensions of a filter in their order. */
export function filtered(filter: ReportQuery["filter"]): Dimension[] {
  return dimensionNames.filter((dimension) => filter[dimension] !== undefined);
}

/** The statistics of a link. */
export function linkStatsView(shortCode: string): StatsView {
  return { path: href("linkStats", { shortCode }), query: usualQuery };
}

/** The title of the period. */
export function periodOf({ range }: ReportQuery): string {
  if (typeof range === "string") return text.periods[range];
  return text.periods.between(isoDate(range.firstDay), isoDate(range.lastDay));
}
