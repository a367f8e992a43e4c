import { type CompiledQuery, type RawBuilder, sql } from "kysely";
import type { Clock } from "../../clock.ts";
import type { Database } from "../../database/database.ts";
import { type Dialect, sumOfCounts } from "../../database/dialect.ts";
import { prepareShapes } from "../../database/prepared.ts";
import type { Link } from "../../links/link.ts";
import { type Actor, may } from "../../policy.ts";
import { Problem } from "../../problem.ts";
import { type Dimension, dimensions, OTHERS } from "../dimension.ts";
import { dayOf, QUARTER_MS, quarterOf } from "../quarter.ts";
import { text } from "../text.en.ts";
import { HUMAN } from "../visit.ts";
import { allSince, type Calendar, lastDays } from "./calendar.ts";

/** Period of a report: thirty days including today, or all time. */
export type Period = "month" | "all";

/** Visits of one day or month. */
export interface Bar {
  /** Its beginning, in milliseconds since 1970 UTC. */
  readonly from: number;
  readonly people: number;
  /** Crawlers, link previews and browsers that prefetch. */
  readonly machines: number;
}

/** Visits over time. */
export interface Timeline {
  readonly unit: Calendar["unit"];
  /** Oldest first; the last one is not over yet. */
  readonly bars: readonly Bar[];
  /** Whether the first one also counts everything before it. */
  readonly includesOlder: boolean;
}

/** Number of people with a common property. */
export interface Share {
  readonly name: string;
  readonly visits: number;
}

/** The most frequent properties of people, the most frequent first. */
export interface Ranking {
  readonly shares: readonly Share[];
  /** Visits of people with other properties. */
  readonly others: number;
}

/** Referrers, browsers and systems of people. */
export interface Origins {
  /** Hosts and apps of referrers; "" where there is none. */
  readonly referrers: Ranking;
  readonly browsers: Ranking;
  readonly systems: Ranking;
}

/** What became of a link. */
export interface LinkReport {
  readonly timeline: Timeline;
  readonly origins: Origins;
}

const DAYS = 30;
const TOP = 8;
const QUARTERS_A_DAY = 96;

/**
 * Counts saved visits: over time by quarter hours, so that days are those of the reader's time zone; by referrer, browser
 * and system by days of the site's.
 */
export class Reports {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #selectQuarters: ReturnType<typeof selectQuarters>;
  readonly #selectTop: ReturnType<typeof selectTop>;

  constructor({ database, clock }: { readonly database: Database; readonly clock: Clock }) {
    this.#database = database;
    this.#clock = clock;
    this.#selectQuarters = selectQuarters(database.dialect);
    this.#selectTop = selectTop(database.dialect);
  }

  /**
   * Returns a link's visits by day, or over a longer period by month, in the reader's time zone; and the referrers,
   * browsers and systems of its visitors. All time begins with the first visit.
   * @throws Problem `not_found`
   */
  async ofLink(actor: Actor, link: Link, period: Period, zone: string): Promise<LinkReport> {
    requireVisible(actor, link);
    const calendar = await this.#calendarOf(link, period, zone);
    const since = period === "all" ? null : dayOf(this.#clock(), zone) - DAYS + 1;
    const [quarters, referrers, browsers, systems] = await this.#database.readTogether("scan", [
      this.#quarters(period === "all" ? "link-all" : "link-since", link.id, calendar),
      this.#top("referrer", link, since),
      this.#top("browser", link, since),
      this.#top("system", link, since),
    ]);
    const origins = {
      referrers: rankingOf(referrers),
      browsers: rankingOf(browsers),
      systems: rankingOf(systems),
    };
    return { timeline: timelineOf(calendar, quarters), origins };
  }

  /**
   * Returns the visits of thirty days to all links of an owner, or of the site, including deleted links.
   * @throws Problem `forbidden` where the actor may not see them
   */
  async ofOwner(actor: Actor, ownerId: number | undefined, zone: string): Promise<Timeline> {
    const isAllowed =
      ownerId === undefined ? may(actor, "stats.see_all") : may(actor, "stats.see", { ownerId });
    if (!isAllowed) throw new Problem("forbidden", text.forbidden);
    const calendar = lastDays(DAYS, this.#clock(), zone);
    const [quarters] = await this.#database.readTogether("scan", [
      this.#quarters("owner-since", ownerId ?? ALL_OWNERS, calendar),
    ]);
    return timelineOf(calendar, quarters);
  }

  /** Counts the visits of the last 30 days to all links of an owner, by people. */
  async countVisits(ownerId: number): Promise<number> {
    const query = this.#database.scan
      .selectFrom("owner_quarter")
      .select(sumOfVisits.as("visits"))
      .where("owner_id", "=", ownerId)
      .where("class", "=", HUMAN)
      .where("quarter", ">", quarterOf(this.#clock()) - DAYS * QUARTERS_A_DAY);
    return (await query.executeTakeFirstOrThrow()).visits;
  }

  async #calendarOf({ id }: Link, period: Period, zone: string): Promise<Calendar> {
    if (period !== "all") return lastDays(DAYS, this.#clock(), zone);
    const first = await this.#database.scan
      .selectFrom("link_quarter")
      .select((of) => of.fn.min("quarter").as("quarter"))
      .where("link_id", "=", id)
      .executeTakeFirst();
    const now = this.#clock();
    return allSince((first?.quarter ?? Number.POSITIVE_INFINITY) * QUARTER_MS, now, zone);
  }

  #quarters(of: QuartersOf, id: number, { starts }: Calendar): CompiledQuery<CountedQuarters> {
    const first = beginningAt(starts[0] ?? 0);
    const values = { id, first, ...starts.slice(1).map(beginningAt) };
    return this.#selectQuarters(this.#database.scan, values, `${of}-${starts.length}`);
  }

  #top(dimension: Dimension, { id }: Link, since: number | null): CompiledQuery<CountedValue> {
    const values = { id, dimension: dimensions[dimension], since: since ?? 0 };
    return this.#selectTop(this.#database.scan, values, since === null ? "all" : "since");
  }
}

/** Owner id of the sums of all owners in `owner_quarter` and `owner_day`; no user has it. */
export const ALL_OWNERS = 0;

const sumOfVisits = sumOfCounts(sql`visits`);

/** Sum of all groups, also of those beyond a limit. */
const sumOfAll = sumOfCounts(sumOfVisits, sql`over ()`);

function requireVisible(actor: Actor, link: Link): void {
  if (!may(actor, "stats.see", link)) throw new Problem("not_found", text.noLink);
}

/** The first whole quarter hour of a day. */
function beginningAt(start: number): number {
  return Math.ceil(start / QUARTER_MS);
}

/** Whose quarter hours are counted, and whether only those since the first day. */
type QuartersOf = "link-all" | "link-since" | "owner-since";

/** Visits of a class of visitors in one day or month, by its index. */
interface CountedQuarters {
  readonly place: number;
  readonly class: number;
  readonly visits: number;
}

interface QuarterValues {
  readonly id: number;
  /** The first quarter hour. */
  readonly first: number;
  /** The first one of each day or month after it. */
  readonly [end: number]: number;
}

/** The query that counts the quarter hours of so many days or months. */
function selectQuarters({ inTime }: Dialect) {
  return prepareShapes<QuarterValues, CountedQuarters, `${QuartersOf}-${number}`>(
    (db, values, shape) => {
      const [of, since, count] = shape.split("-");
      const [table, id] = [sql.table(`${of}_quarter`), sql.ref(`${of}_id`)];
      const isSince = since === "all" ? sql`1 = 1` : sql`quarter >= ${values.first}`;
      const counted = sql<CountedQuarters>`
        select place, class, ${sumOfVisits} as visits from (
          select class, visits, ${placeIn(values, Number(count))} as place from ${table}
          where ${id} = ${values.id} and ${inTime("quarter")} and ${isSince}
        ) as quarters group by place, class`;
      return { compile: () => counted.compile(db) };
    },
  );
}

/** Index of the day or month that a quarter hour falls into. */
function placeIn(ends: QuarterValues, count: number): RawBuilder<number> {
  const last = sql.lit(count - 1);
  if (count === 1) return sql<number>`${last}`;
  const cases = Array.from(
    { length: count - 1 },
    (_, at) => sql`when quarter < ${ends[at]} then ${sql.lit(at)}`,
  );
  return sql<number>`case ${sql.join(cases, sql` `)} else ${last} end`;
}

function timelineOf(
  { unit, starts, includesOlder }: Calendar,
  counted: readonly CountedQuarters[],
): Timeline {
  const bars = starts.map((from) => ({ from, people: 0, machines: 0 }));
  for (const { place, class: classPlace, visits } of counted) {
    const bar = bars[place];
    if (bar !== undefined) bar[classPlace === HUMAN ? "people" : "machines"] += visits;
  }
  return { unit, bars, includesOlder };
}

/** Visits of people with one value; and of all values, also of those that are not among the first. */
interface CountedValue {
  readonly name: string | null;
  readonly visits: number;
  readonly all: number;
}

interface TopValues {
  readonly id: number;
  readonly dimension: number;
  /** The first day. */
  readonly since: number;
}

/** The query for the most frequent values of a link's visitors. */
function selectTop({ inTime }: Dialect) {
  return prepareShapes<TopValues, CountedValue, "all" | "since">((db, values, shape) =>
    db
      .selectFrom("link_day")
      .leftJoin("visit_value", "visit_value.id", "link_day.value_id")
      .select(["visit_value.value as name", sumOfVisits.as("visits"), sumOfAll.as("all")])
      .where("link_id", "=", values.id)
      .where("link_day.dimension", "=", values.dimension)
      .where(inTime("link_day.day"))
      .$if(shape === "since", (query) => query.where("link_day.day", ">=", values.since))
      .groupBy(["value_id", "visit_value.value"])
      .orderBy(sql`value_id = ${OTHERS}`)
      .orderBy("visits", "desc")
      .orderBy("name")
      .limit(TOP),
  );
}

function rankingOf(rows: readonly CountedValue[]): Ranking {
  const shares = rows.flatMap(({ name, visits }) => (name === null ? [] : [{ name, visits }]));
  const shown = shares.reduce((sum, { visits }) => sum + visits, 0);
  return { shares, others: (rows[0]?.all ?? 0) - shown };
}
