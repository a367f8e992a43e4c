import { invalid } from "../../problem.ts";
import { type Dimension, dimensionNames } from "../dimension.ts";
import { dayNumber, dayOf } from "../quarter.ts";
import { text } from "../text.en.ts";
import {
  allSince,
  type Calendar,
  calendarOf,
  dateAt,
  dayFrom,
  MAX_MONTHS,
  type Unit,
  units,
} from "./calendar.ts";

/** Ranges that have a name: `7d` and the like include today. */
export const ranges = ["today", "7d", "30d", "90d", "year", "all"] as const;
type RangeName = (typeof ranges)[number];

/** The period of a report, its bars, and the values that visits must have. */
export interface ReportQuery {
  readonly range: RangeName | { readonly firstDay: number; readonly lastDay: number };
  /** Null: what fits the range. */
  readonly unit: Unit | null;
  /** Values by their dimension; "" where nothing is known. */
  readonly filter: Filter;
}

export type Filter = Readonly<Partial<Record<Dimension, string>>>;

/** Parameters of an address, or options of a command, by name. */
export type ReportParameters = Readonly<Record<string, string | undefined>>;

/** The names of all parameters. */
export const reportParameters = ["range", "from", "to", "unit", ...dimensionNames] as const;

export const DEFAULT_RANGE: RangeName = "30d";

/** Longest value of a dimension that is looked for. */
const MAX_VALUE = 500;

/** What is reported if nothing is asked for. */
export const usualQuery: ReportQuery = { range: DEFAULT_RANGE, unit: null, filter: {} };

const DAYS = { today: 1, "7d": 7, "30d": 30, "90d": 90 } as const;

/** @throws Problem `invalid` on the parameter that is refused */
export function parseReportQuery(given: ReportParameters): ReportQuery {
  const filter = dimensionNames.flatMap((dimension) => {
    const value = given[dimension];
    if (value === undefined) return [];
    if (value.length > MAX_VALUE) throw invalid(dimension, text.range.tooLong(MAX_VALUE));
    return [[dimension, value]];
  });
  return {
    range: parseRange(given),
    unit: given.unit === undefined || given.unit === "" ? null : oneOf("unit", units, given.unit),
    filter: Object.fromEntries(filter),
  };
}

function parseRange({ range, from, to }: ReportParameters): ReportQuery["range"] {
  if (!from && !to) return range ? oneOf("range", ranges, range) : DEFAULT_RANGE;
  if (range) throw invalid("range", text.range.rangeOrDates);
  const [firstDay, lastDay] = [dateIn("from", from), dateIn("to", to)];
  if (firstDay > lastDay) throw invalid("to", text.range.backwards);
  return { firstDay, lastDay };
}

function oneOf<Name extends string>(field: string, names: readonly Name[], given: string): Name {
  const name = names.find((each) => each === given);
  if (name !== undefined) return name;
  throw invalid(field, text.range.oneOf(names.join(", ")));
}

function dateIn(field: string, given = ""): number {
  const day = dayFrom(given);
  if (day === null) throw invalid(field, text.range.noDate);
  return day;
}

/**
 * The bars of a query. A range that ends in the future ends today.
 * @param since the first day with visits, for all time
 * @throws Problem `invalid` where the range begins in the future or too long ago, or has too many bars
 */
export function calendarFor(
  { range, unit }: Pick<ReportQuery, "range" | "unit">,
  { zone, now, since }: { readonly zone: string; readonly now: number; readonly since: number },
): Calendar {
  const today = dayOf(now, zone);
  if (range === "all") return allSince(since, { zone, now, unit });
  const [firstDay, lastDay] = daysOf(range, today);
  if (firstDay > today) throw invalid("from", text.range.inFuture);
  if (today - firstDay > MAX_MONTHS * 30) throw invalid("from", text.range.tooOld(MAX_MONTHS / 12));
  const calendar = calendarOf({ zone, now, firstDay, lastDay: Math.min(lastDay, today), unit });
  if (calendar === null) throw invalid("unit", text.range.tooMany);
  return calendar;
}

function daysOf(
  range: Exclude<ReportQuery["range"], "all">,
  today: number,
): readonly [firstDay: number, lastDay: number] {
  if (typeof range === "object") return [range.firstDay, range.lastDay];
  if (range !== "year") return [today - DAYS[range] + 1, today];
  return [dayNumber(dateAt(today).subtract({ years: 1 })) + 1, today];
}

/** Whether only visits with some values are counted, which only single visits tell. */
export function isFiltered(filter: Filter): boolean {
  return Object.keys(filter).length > 0;
}
