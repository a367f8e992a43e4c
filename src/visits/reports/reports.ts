import { type CompiledQuery, type RawBuilder, sql } from "kysely";
import type { Clock } from "../../clock.ts";
import type { Database } from "../../database/database.ts";
import { type KeySum, sumOfCounts } from "../../database/dialect.ts";
import { type Dimension, dimensionNames, OTHERS } from "../dimension.ts";
import { DAY_MS, dayOf, QUARTER_MS, QUARTERS_A_DAY, quarterOf } from "../quarter.ts";
import { HUMAN } from "../visit.ts";
import { type Calendar, startOfDay } from "./calendar.ts";
import {
  barSums,
  type Days,
  dayRows,
  type Quarters,
  quarterRows,
  quartersIn,
  readBarKey,
  singleRows,
  singleSums,
  uniqueRows,
  type ValueFilter,
} from "./counted-rows.ts";
import { type LinkName, LinkNames } from "./link-names.ts";
import type { Before, Ranking, Report, Subject } from "./report.ts";
import { ReportCache } from "./report-cache.ts";
import { calendarFor, isFiltered, type ReportQuery } from "./report-query.ts";
import { barsOf, type ClassSum, type DayVisitors, sumVisitors, totalsOf } from "./sums.ts";
import { ValueNames } from "./value-names.ts";

export interface ReportsParts {
  readonly database: Database;
  readonly clock: Clock;
  /** IANA name of the time zone of the site's days. */
  readonly zone: () => string;
  /** Days for which single visits are kept. */
  readonly retentionDays: () => number;
}

export interface ReportOptions {
  /** Values of each dimension. */
  readonly most: number;
  /** Default: all. */
  readonly tables?: readonly Dimension[];
  /** Time zone of the bars. Default: the site's, whose days those of dimensions and unique visitors always are. */
  readonly zone?: string | undefined;
}

/** How many people opened a link. */
export interface TopLink extends LinkName {
  readonly visits: number;
}

/** Links that are read because some are gone. */
const SPARE = 20;

/** Single visits that take a tenth of a second to add up by link. */
const MANY = 200_000;

const DAYS = 30;

const sumOfVisits = sumOfCounts(sql`visits`);
const sumOfVisitors = sumOfCounts(sql`visitors`);

/** What is read of one report. */
interface Asked {
  readonly subject: Subject;
  readonly filter: ValueFilter | null;
  readonly calendar: Calendar;
  readonly tables: readonly Dimension[];
  readonly most: number;
}

/**
 * Counts saved visits: from sums, which are kept for ever; with a filter from single visits, which are kept for some
 * time. Reports are kept in memory while nothing changes.
 */
export class Reports {
  readonly #parts: ReportsParts;
  readonly #names: ValueNames;
  readonly #links: LinkNames;
  readonly #cache: ReportCache;

  constructor(parts: ReportsParts) {
    this.#parts = parts;
    this.#names = new ValueNames(parts.database);
    this.#links = new LinkNames(parts.database);
    this.#cache = new ReportCache(parts);
  }

  /**
   * Counts the visits of a subject that its caller may see.
   * @throws Problem `invalid` on the range
   */
  async of(subject: Subject, query: ReportQuery, options: ReportOptions): Promise<Report> {
    const { most, tables = dimensionNames, zone = this.#parts.zone() } = options;
    const asked = { subject, query, most, tables, zone };
    return await this.#cache.keep(subject, asked, async () => {
      const { calendar, reachesFrom } = await this.#calendarOf(subject, query, zone);
      const filter = isFiltered(query.filter) ? await this.#names.idsOf(query.filter) : null;
      const counted = { subject, filter, calendar, tables, most };
      const before = this.#earlier(query, calendar, filter !== null);
      return { ...(await this.#count(counted, before)), reachesFrom };
    });
  }

  /**
   * The links of a subject that most people opened, by single visits: as far as these reach. Where there are very many,
   * they may be those of a minute ago.
   */
  async topLinks(subject: Subject, query: ReportQuery, most: number): Promise<readonly TopLink[]> {
    const { links } = await this.#cache.keep(
      subject,
      { topOf: subject, query, most },
      () => this.#countLinks(subject, query, most),
      ({ people }) => people > MANY,
    );
    return links;
  }

  async #countLinks(subject: Subject, query: ReportQuery, most: number) {
    const clipped = { ...query, unit: null };
    const { calendar } = await this.#calendarOf(subject, clipped, this.#parts.zone(), true);
    const filter = await this.#names.idsOf(query.filter);
    const byLink = {
      rows: sql`${singleRows(subject, quartersIn(calendar), filter)} and class = ${sql.lit(HUMAN)}`,
      count: sql.lit(1),
      keys: [{ key: sql`visit.link_id`, most: most + SPARE }],
    };
    const { dialect, scan } = this.#parts.database;
    const { rows } = await dialect.sumsBy(byLink).execute(scan);
    const names = await this.#links.of(rows.flatMap(({ key }) => key ?? []));
    const found = rows.flatMap(({ key, sum }): TopLink[] => {
      const link = names.get(key ?? 0);
      return link === undefined ? [] : [{ ...link, visits: sum }];
    });
    return {
      links: found.slice(0, most),
      people: rows.find(({ key }) => key === null)?.sum ?? 0,
    };
  }

  /** Counts the visits of the last 30 days to all links of an owner, by people. */
  async countVisits(ownerId: number): Promise<number> {
    const { database, clock } = this.#parts;
    const query = database.scan
      .selectFrom("owner_quarter")
      .select(sumOfVisits.as("visits"))
      .where("owner_id", "=", ownerId)
      .where("class", "=", HUMAN)
      .where("quarter", ">", quarterOf(clock()) - DAYS * QUARTERS_A_DAY);
    return (await query.executeTakeFirstOrThrow()).visits;
  }

  /** The first day of which all single visits are kept. */
  firstSingleDay(): number {
    const { clock, retentionDays, zone } = this.#parts;
    return dayOf(clock() - retentionDays() * DAY_MS, zone()) + 1;
  }

  /** The bars of a query, clipped to what single visits reach where these are counted. */
  async #calendarOf(
    subject: Subject,
    query: ReportQuery,
    zone: string,
    isSingle = isFiltered(query.filter),
  ): Promise<Pick<Report, "calendar" | "reachesFrom">> {
    const now = this.#parts.clock();
    const since = query.range === "all" ? await this.#firstDayOf(subject, zone) : 0;
    const calendar = calendarFor(query, { zone, now, since });
    const reach = this.firstSingleDay();
    if (!isSingle || (calendar.firstDay >= reach && !calendar.includesOlder))
      return { calendar, reachesFrom: null };
    const lastDay = Math.max(calendar.lastDay, reach);
    const range = { firstDay: reach, lastDay };
    return {
      calendar: calendarFor({ range, unit: null }, { zone, now, since }),
      reachesFrom: reach,
    };
  }

  async #firstDayOf(subject: Subject, zone: string): Promise<number> {
    const { clock, database } = this.#parts;
    const all = quarterRows(subject, { first: null, end: quarterOf(clock()) + 1 });
    const { rows } = await sql<{ quarter: number | null }>`
      select min(quarter) as quarter from ${all}`.execute(database.scan);
    const now = quarterOf(clock());
    const first = Math.min(rows[0]?.quarter ?? now, now) * QUARTER_MS;
    // Dates end at 8.64e15; what is older than the first month counts in that.
    return first < 0 ? 0 : dayOf(first, zone);
  }

  /** The period of the same length before: of one that is not over, only up to the same time. Null: not known. */
  #earlier(
    { range }: ReportQuery,
    { firstDay, lastDay, zone }: Calendar,
    isSingle: boolean,
  ): Earlier | null {
    if (range === "all") return null;
    const now = this.#parts.clock();
    const days = lastDay - firstDay + 1;
    if (isSingle && firstDay - days < this.firstSingleDay()) return null;
    const isOver = lastDay < dayOf(now, zone);
    const end = isOver
      ? startOfDay(firstDay, zone)
      : startOfDay(firstDay, zone) + (now - startOfDay(lastDay, zone)) - DAY_MS;
    return {
      quarters: {
        first: Math.ceil(startOfDay(firstDay - days, zone) / QUARTER_MS),
        end: isOver ? Math.ceil(end / QUARTER_MS) : quarterOf(end) + 1,
      },
      days: {
        firstDay: firstDay - days,
        lastDay: firstDay - (isOver ? 1 : 2),
        includesOlder: false,
      },
      lastSame: isOver ? lastDay : lastDay - 1,
    };
  }

  async #count(asked: Asked, before: Earlier | null): Promise<Omit<Report, "reachesFrom">> {
    const { calendar, filter } = asked;
    const [counted, earlier] = await Promise.all([
      filter === null ? this.#fromSums(asked) : this.#fromSingle(asked),
      before === null ? null : this.#countBefore(asked, before),
    ]);
    const uniqueSince =
      earlier?.unique == null
        ? null
        : sumVisitors((counted.unique ?? []).filter(({ day }) => day <= (before?.lastSame ?? 0)));
    const bars = barsOf(calendar, counted.bars, counted.unique);
    const classes = counted.bars.flatMap(({ key, sum }) =>
      key === null ? [] : [{ class: readBarKey(calendar, key).class, sum }],
    );
    const totals = totalsOf(classes, counted.unique);
    const rankings = await this.#rank(asked, counted.values, totals.people);
    return {
      calendar,
      bars,
      totals,
      before: earlier && { ...earlier, uniqueSince },
      tables: rankings,
    };
  }

  async #fromSums({ subject, calendar, tables, most }: Asked): Promise<Counted> {
    const { database } = this.#parts;
    const { dialect, scan } = database;
    const compile = <Row>(query: { compile(db: typeof scan): CompiledQuery<Row> }) =>
      query.compile(scan);
    const ofTables = tables.map((dimension) => {
      const rows = dayRows(subject, dimension, calendar);
      const keys = [{ key: sql`value_id`, most: most + 1 }];
      return compile(dialect.sumsBy({ rows, count: sql`visits`, keys }));
    });
    // On two threads or connections, since a year of the site takes tens of milliseconds.
    const half = Math.ceil(ofTables.length / 2);
    const [[bars, visitors, ...last], first] = await Promise.all([
      database.readTogether("scan", [
        compile(dialect.sumsBy(barSums(subject, calendar))),
        compile(visitorsByDay(subject, calendar)),
        ...ofTables.slice(half),
      ]),
      database.readTogether("scan", ofTables.slice(0, half)),
    ]);
    return { bars, unique: visitors, values: [...first, ...last] };
  }

  async #fromSingle({ subject, filter, calendar, tables, most }: Asked): Promise<Counted> {
    const { dialect, scan } = this.#parts.database;
    const sums = singleSums(subject, filter ?? {}, { calendar, tables, most: most + 1 });
    const { rows } = await dialect.sumsBy(sums).execute(scan);
    const [bars = [], ...values] = ["bars", ...tables].map((_, at) =>
      rows.filter(({ place }) => place === at),
    );
    return { bars, unique: null, values };
  }

  async #countBefore(
    { subject, filter }: Asked,
    { quarters, days }: Earlier,
  ): Promise<Omit<Before, "uniqueSince">> {
    const { database } = this.#parts;
    const counted =
      filter === null
        ? sql`${sumOfVisits} as sum from ${quarterRows(subject, quarters)}`
        : sql`count(*) as sum from ${singleRows(subject, quarters, filter)}`;
    const classes = sql<ClassSum>`select class, ${counted} group by class`;
    const isKnown = filter === null && days.firstDay <= days.lastDay;
    const [sums, unique] = await database.readTogether("scan", [
      classes.compile(database.scan),
      ...(isKnown ? [visitorsByDay(subject, days).compile(database.scan)] : []),
    ]);
    return totalsOf(sums, unique ?? null);
  }

  async #rank(
    { tables, most }: Asked,
    counted: readonly (readonly KeySum[])[],
    people: number,
  ): Promise<Report["tables"]> {
    const ids = counted.flatMap((sums) => sums.flatMap(({ key }) => key ?? []));
    const names = await this.#names.of(ids);
    return Object.fromEntries(
      tables.map((dimension, at) => [
        dimension,
        rankingOf(counted[at] ?? [], { names, people, most }),
      ]),
    );
  }
}

/** The period before that of a report, and the days of it of which unique visitors can be compared. */
interface Earlier {
  readonly quarters: Quarters;
  readonly days: Days;
  /** The last day of the period itself of which they are compared. */
  readonly lastSame: number;
}

interface Counted {
  readonly bars: readonly KeySum[];
  readonly unique: readonly DayVisitors[] | null;
  /** For each table. */
  readonly values: readonly (readonly KeySum[])[];
}

function visitorsByDay(subject: Subject, days: Days): RawBuilder<DayVisitors> {
  return sql<DayVisitors>`select day, ${sumOfVisitors} as visitors
    from ${uniqueRows(subject, days)} group by day`;
}

interface RankedBy {
  readonly names: ReadonlyMap<number, string>;
  readonly people: number;
  readonly most: number;
}

/** One more than is shown was asked for, so that what is not kept apart takes no place. */
function rankingOf(sums: readonly KeySum[], { names, people, most }: RankedBy): Ranking {
  const all = sums.find(({ key }) => key === null);
  const found = sums.flatMap(({ key, sum }) => {
    const value = key === null || key === OTHERS ? undefined : names.get(key);
    return value === undefined ? [] : [{ value, visits: sum }];
  });
  const shares = found.slice(0, most);
  const shown = shares.reduce((total, { visits }) => total + visits, 0);
  const known = all?.sum ?? 0;
  const hasOthers = sums.some(({ key }) => key === OTHERS);
  return {
    shares,
    others: known - shown,
    unknown: Math.max(0, people - known),
    values: (all?.keys ?? 0) - (hasOthers ? 1 : 0),
  };
}
