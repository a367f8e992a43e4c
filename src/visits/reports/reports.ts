import { type RawBuilder, type SelectQueryBuilder, sql } from "kysely";
import type { Clock } from "../../clock.ts";
import type { Database } from "../../database/database.ts";
import { sumOfCounts } from "../../database/dialect.ts";
import type { Schema } from "../../database/schema.ts";
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

  constructor({ database, clock }: { readonly database: Database; readonly clock: Clock }) {
    this.#database = database;
    this.#clock = clock;
  }

  /**
   * Returns a link's visits by day, or over a longer period by month, in the reader's time zone. All time begins with
   * the first visit.
   * @throws Problem `not_found`
   */
  async ofLink(actor: Actor, link: Link, period: Period, zone: string): Promise<Timeline> {
    requireVisible(actor, link);
    const calendar = await this.#calendarOf(link, period, zone);
    const quarters = this.#database.scan
      .selectFrom("link_quarter")
      .select(["class", "visits", placeIn(calendar).as("place")])
      .where("link_id", "=", link.id)
      .where(this.#database.dialect.inTime("quarter"))
      .$if(period !== "all", (query) => query.where("quarter", ">=", firstQuarter(calendar)));
    return await this.#count(calendar, quarters);
  }

  /**
   * Returns the referrers, browsers and systems of a link's visitors.
   * @throws Problem `not_found`
   */
  async originsOf(actor: Actor, link: Link, period: Period, zone: string): Promise<Origins> {
    requireVisible(actor, link);
    const since = period === "all" ? null : dayOf(this.#clock(), zone) - DAYS + 1;
    const [referrers, browsers, systems] = await Promise.all([
      this.#top("referrer", link, since),
      this.#top("browser", link, since),
      this.#top("system", link, since),
    ]);
    return { referrers, browsers, systems };
  }

  /**
   * Returns the visits of thirty days to all links of an owner, or of the site, including deleted links.
   * @throws Problem `forbidden` where the actor may not see them
   */
  async ofOwner(actor: Actor, ownerId: number | undefined, zone: string): Promise<Timeline> {
    const isAllowed =
      ownerId === undefined ? may(actor, "link.list_all") : may(actor, "link.list", { ownerId });
    if (!isAllowed) throw new Problem("forbidden", text.forbidden);
    const calendar = lastDays(DAYS, this.#clock(), zone);
    const quarters = this.#database.scan
      .selectFrom("owner_quarter")
      .select(["class", "visits", placeIn(calendar).as("place")])
      .where("owner_id", "=", ownerId ?? ALL_OWNERS)
      .where(this.#database.dialect.inTime("quarter"))
      .where("quarter", ">=", firstQuarter(calendar));
    return await this.#count(calendar, quarters);
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

  async #count(
    { unit, starts, includesOlder }: Calendar,
    quarters: PlacedQuarters,
  ): Promise<Timeline> {
    const counted = await this.#database.scan
      .selectFrom(quarters.as("quarters"))
      .select(["place", "class", sumOfVisits.as("visits")])
      .groupBy(["place", "class"])
      .execute();
    const bars = starts.map((from) => ({ from, people: 0, machines: 0 }));
    for (const { place, class: classPlace, visits } of counted) {
      const bar = bars[place];
      if (bar !== undefined) bar[classPlace === HUMAN ? "people" : "machines"] += visits;
    }
    return { unit, bars, includesOlder };
  }

  async #top(dimension: Dimension, link: Link, sinceDay: number | null): Promise<Ranking> {
    const rows = await this.#database.scan
      .selectFrom("link_day")
      .leftJoin("visit_value", "visit_value.id", "link_day.value_id")
      .select(["visit_value.value as name", sumOfVisits.as("visits"), sumOfAll.as("all")])
      .where("link_id", "=", link.id)
      .where("link_day.dimension", "=", dimensions[dimension])
      .where(this.#database.dialect.inTime("link_day.day"))
      .$if(sinceDay !== null, (query) => query.where("link_day.day", ">=", sinceDay))
      .groupBy(["value_id", "visit_value.value"])
      .orderBy(sql`value_id = ${OTHERS}`)
      .orderBy("visits", "desc")
      .orderBy("name")
      .limit(TOP)
      .execute();
    const shares = rows.flatMap(({ name, visits }) => (name === null ? [] : [{ name, visits }]));
    const shown = shares.reduce((sum, { visits }) => sum + visits, 0);
    return { shares, others: (rows[0]?.all ?? 0) - shown };
  }
}

/** Owner id of the sums of all owners in `owner_quarter` and `owner_day`; no user has it. */
export const ALL_OWNERS = 0;

/** Quarter hours, each with the index of its day or month. */
type PlacedQuarters = SelectQueryBuilder<
  Schema,
  never,
  { class: number; visits: number; place: number }
>;

const sumOfVisits = sumOfCounts(sql`visits`);

/** Sum of all groups, also of those beyond a limit. */
const sumOfAll = sumOfCounts(sumOfVisits, sql`over ()`);

function requireVisible(actor: Actor, link: Link): void {
  if (!may(actor, "link.see", link)) throw new Problem("not_found", text.noLink);
}

function firstQuarter({ starts }: Calendar): number {
  return beginningAt(starts[0] ?? 0);
}

/** The first whole quarter hour of a day. */
function beginningAt(start: number): number {
  return Math.ceil(start / QUARTER_MS);
}

/** Index of the calendar's day or month that a quarter hour falls into. */
function placeIn({ starts }: Calendar): RawBuilder<number> {
  const last = indexOf(starts.length - 1);
  const ends = starts.slice(1);
  if (ends.length === 0) return sql<number>`${last}`;
  const cases = ends.map((end, at) => sql`when quarter < ${beginningAt(end)} then ${indexOf(at)}`);
  return sql<number>`case ${sql.join(cases, sql` `)} else ${last} end`;
}

function indexOf(place: number): RawBuilder<number> {
  return sql<number>`cast(${place} as integer)`;
}
