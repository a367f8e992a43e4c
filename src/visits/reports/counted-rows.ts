import { type RawBuilder, sql } from "kysely";
import type { SumsBy } from "../../database/dialect.ts";
import { type Dimension, dimensionNames, dimensions } from "../dimension.ts";
import { firstVisitId, QUARTERS_A_DAY } from "../quarter.ts";
import { CLASSES } from "../sum-columns.ts";
import { HUMAN } from "../visit.ts";
import { type Calendar, offsetsOf } from "./calendar.ts";
import { ALL_OWNERS, type Subject } from "./report.ts";

/** Ids of the values that visits must have. */
export type ValueFilter = Readonly<Partial<Record<Dimension, number>>>;

/** Quarter hours from the first one to before the end; null: from the beginning. */
export interface Quarters {
  readonly first: number | null;
  readonly end: number;
}

/**
 * Keys of bars are made of the slot, from the first one on so that they are small, and the class: returns the slot, and
 * the index of the class.
 */
export function readBarKey(
  { slots }: Calendar,
  key: number,
): { readonly slot: number; readonly class: number } {
  const after = Math.floor(key / CLASSES);
  return { slot: after + (slots[0] ?? 0), class: key - after * CLASSES };
}

/** The quarter hours of a calendar, with everything before them if its first bar has that. */
export function quartersIn({ includesOlder, firstQuarter, endQuarter }: Calendar): Quarters {
  return { first: includesOlder ? null : firstQuarter, end: endQuarter };
}

/** The rows of sums by quarter hours: what follows `from`. */
export function quarterRows(subject: Subject, { first, end }: Quarters): RawBuilder<unknown> {
  const since = first === null ? sql`` : sql`and quarter >= ${first}`;
  return sql`${rowsOf(subject, "quarter")} and quarter < ${end} ${since}`;
}

/** The rows of sums by days and values of a dimension. */
export function dayRows(
  subject: Subject,
  dimension: Dimension,
  calendar: Calendar,
): RawBuilder<unknown> {
  const ofDimension = sql`${rowsOf(subject, "day")} and dimension = ${dimensions[dimension]}`;
  return sql`${ofDimension} and ${inDays(calendar)}`;
}

/** Days of a period, which are those of a calendar. */
export type Days = Pick<Calendar, "firstDay" | "lastDay" | "includesOlder">;

/** The rows of unique visitors by days. */
export function uniqueRows(subject: Subject, days: Days): RawBuilder<unknown> {
  return sql`${rowsOf(subject, "unique")} and ${inDays(days)}`;
}

function inDays({ includesOlder, firstDay, lastDay }: Days): RawBuilder<unknown> {
  const since = includesOlder ? sql`` : sql`and day >= ${firstDay}`;
  return sql`day <= ${lastDay} ${since}`;
}

function rowsOf(subject: Subject, table: "quarter" | "day" | "unique"): RawBuilder<unknown> {
  const of = subject.of === "owner" ? "owner" : "link";
  const id = sql.ref(`${of}_id`);
  const isOf = subject.of === "tag" ? sql`in ${linksWith(subject.ids)}` : sql`= ${subject.id}`;
  return sql`${sql.table(`${of}_${table}`)} where ${id} ${isOf}`;
}

function linksWith(tagIds: readonly number[]): RawBuilder<unknown> {
  const some = tagIds.length === 0 ? sql`null` : sql.join(tagIds);
  return sql`(select link_id from link_tag join link on link.id = link_id
    where tag_id in (${some}) and deleted_at is null)`;
}

/** Adds the rows of quarter hours up by bar and class. */
export function barSums(subject: Subject, calendar: Calendar): SumsBy {
  return {
    rows: quarterRows(subject, quartersIn(calendar)),
    count: sql`visits`,
    keys: [{ key: barKey(calendar, sql`quarter`), most: EVERY }],
  };
}

/** Adds single visits up by bar and class, and by each of some dimensions those of people. */
export function singleSums(
  subject: Subject,
  filter: ValueFilter,
  { calendar, tables, most }: SingleSumsParts,
): SumsBy {
  const values = tables.map((dimension) => ({
    key: sql`case when class = ${sql.lit(HUMAN)} then ${sql.ref(dimension)} end`,
    most,
  }));
  return {
    rows: singleRows(subject, quartersIn(calendar), filter),
    count: sql.lit(1),
    keys: [{ key: barKey(calendar, QUARTER_OF_VISIT), most: EVERY }, ...values],
  };
}

interface SingleSumsParts {
  readonly calendar: Calendar;
  readonly tables: readonly Dimension[];
  readonly most: number;
}

/** As many keys as there are. */
const EVERY = 1_000_000_000;

const QUARTER_OF_VISIT = sql`visit.id / ${sql.lit(firstVisitId(1))}`;

/** A bar's slot, quarter hour or day of the zone, and the class of visitors. */
function barKey(calendar: Calendar, quarter: RawBuilder<unknown>): RawBuilder<unknown> {
  const slot = calendar.unit === "hour" ? quarter : dayOfQuarter(calendar, quarter);
  return sql`(${slot} - ${sql.lit(calendar.slots[0] ?? 0)}) * ${sql.lit(CLASSES)} + class`;
}

function dayOfQuarter(calendar: Calendar, quarter: RawBuilder<unknown>): RawBuilder<unknown> {
  const offsets = offsetsOf(calendar);
  const last = sql.lit(offsets.at(-1)?.quarters ?? 0);
  const earlier = offsets.slice(0, -1).map(({ quarters }, at) => {
    const until = sql.lit(offsets[at + 1]?.from ?? 0);
    return sql`when ${quarter} < ${until} then ${sql.lit(quarters)}`;
  });
  const offset =
    earlier.length === 0 ? last : sql`case ${sql.join(earlier, sql` `)} else ${last} end`;
  return sql`(${quarter} + ${offset}) / ${sql.lit(QUARTERS_A_DAY)}`;
}

/** Single visits with all values of a filter. Those of a link are found by the quarter hours in which it was opened. */
export function singleRows(
  subject: Subject,
  { first, end }: Quarters,
  filter: ValueFilter,
): RawBuilder<unknown> {
  const is = dimensionNames.flatMap((dimension) => {
    const id = filter[dimension];
    return id === undefined ? [] : [sql`and ${sql.ref(dimension)} = ${id}`];
  });
  const since = firstVisitId(first ?? 0);
  const conditions = sql`visit.id >= ${since} and visit.id < ${firstVisitId(end)} ${sql.join(is, sql` `)}`;
  if (subject.of === "owner" && subject.id === ALL_OWNERS) return sql`visit where ${conditions}`;
  if (subject.of === "tag")
    return sql`visit where ${conditions} and visit.link_id in ${linksWith(subject.ids)}`;
  const quarter = sql`cast(opened.quarter as bigint)`;
  const perQuarter = sql.lit(firstVisitId(1));
  const links =
    subject.of === "link"
      ? sql`= ${subject.id}`
      : sql`in (select id from link where owner_id = ${subject.id})`;
  return sql`(select distinct quarter from ${quarterRows(subject, { first, end })}) as opened
    cross join visit where visit.id >= ${quarter} * ${perQuarter}
    and visit.id < (${quarter} + 1) * ${perQuarter} and ${conditions} and visit.link_id ${links}`;
}
