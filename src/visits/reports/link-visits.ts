import { type RawBuilder, sql } from "kysely";
import type { Columns, Database, Trx } from "../../database/database.ts";
import { sumOfCounts } from "../../database/dialect.ts";
import { type Dimension, type DimensionValue, dimensionAt, OTHERS } from "../dimension.ts";
import { addToLinkDays, addToLinkQuarters } from "../saving/visit-sums.ts";
import { VisitValues } from "../saving/visit-values.ts";
import { type VisitorClass, visitorClasses } from "../visit.ts";

/** Visits to a link in one quarter hour by one class of visitors. `quarter` counts quarter hours since 1970 UTC. */
export interface LinkQuarter {
  readonly linkId: number;
  readonly quarter: number;
  readonly class: VisitorClass;
  readonly visits: number;
}

/** Visits by people to a link on one day with one value of a dimension. `day` counts days since 1970-01-01. */
export interface LinkDay {
  readonly linkId: number;
  readonly day: number;
  readonly dimension: Dimension;
  /** Null: all that are not kept apart. */
  readonly value: string | null;
  readonly visits: number;
}

/** Quarter hours of links as columns of one length. */
export interface QuarterColumns {
  readonly linkIds: Float64Array;
  readonly quarters: Float64Array;
  /** Indexes in `visitorClasses`. */
  readonly classes: Float64Array;
  readonly visits: Float64Array;
}

/** Days of links as columns of one length; `places` are indexes of a separate list of values. */
export interface DayColumns {
  readonly linkIds: Float64Array;
  readonly days: Float64Array;
  readonly dimensions: Float64Array;
  /** -1: not kept apart. */
  readonly places: Float64Array;
  readonly visits: Float64Array;
}

/** All visits by people to a link. */
export interface LinkTotal {
  readonly linkId: number;
  readonly visits: number;
  /** Milliseconds since 1970 UTC. */
  readonly lastVisitAt: number;
}

/** Visits of imported links. */
export interface ImportedVisits {
  readonly quarters: QuarterColumns;
  readonly values: readonly DimensionValue[];
  readonly days: DayColumns;
  readonly totals: readonly LinkTotal[];
}

const sumOfVisits = sumOfCounts(sql`visits`);

/** The quarter hours and days of a restore. */
export interface Times {
  readonly quarters: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
}

type Write = (portion: (trx: Trx) => Promise<void>) => Promise<void>;
type Names = RawBuilder<unknown>;

/** A kind of sums: its name is also that of the column with the time. */
interface Raised {
  readonly name: "quarter" | "day";
  readonly keys: readonly string[];
  readonly times: ReadonlySet<number>;
}

/** Sums of an owner that one transaction raises. */
const RAISED = 500;

/** Number of rows per page, and of links per query. */
const PAGE = 5000;
const LINKS = 500;

/** On this day all values became known that count for no limit. */
const LONG_AGO = 0;

/** Visits of links as backups contain them. */
export class LinkVisits {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Reads all quarter hours of links in pages, link by link. */
  async *quartersOf(linkIds: readonly number[]): AsyncGenerator<LinkQuarter[]> {
    for (const some of inPortions(linkIds)) {
      let after = { link_id: 0, quarter: 0, class: 0 };
      for (;;) {
        const rows = await this.#database.read
          .selectFrom("link_quarter")
          .select(["link_id", "quarter", "class", "visits"])
          .where("link_id", "in", some)
          .where("link_id", ">=", after.link_id)
          .where(isAfter(after))
          .orderBy("link_id")
          .orderBy("quarter")
          .orderBy("class")
          .limit(PAGE)
          .execute();
        const last = rows.at(-1);
        if (last === undefined) break;
        after = last;
        yield rows.map((row) => ({
          linkId: row.link_id,
          quarter: row.quarter,
          class: visitorClasses[row.class] ?? "human",
          visits: row.visits,
        }));
      }
    }
  }

  /** Reads all days of links in pages, link by link. */
  async *daysOf(linkIds: readonly number[]): AsyncGenerator<LinkDay[]> {
    for (const some of inPortions(linkIds)) {
      let after = { link_id: 0, dimension: 0, day: 0, value_id: 0 };
      for (;;) {
        const rows = await this.#readDays(some, after);
        const last = rows.at(-1);
        if (last === undefined) break;
        after = last;
        yield rows.flatMap((row) => {
          const dimension = dimensionAt(row.dimension);
          const { link_id: linkId, day, value, visits } = row;
          return dimension === undefined ? [] : [{ linkId, day, dimension, value, visits }];
        });
      }
    }
  }

  #readDays(
    linkIds: readonly number[],
    after: { link_id: number; dimension: number; day: number; value_id: number },
  ) {
    return this.#database.read
      .selectFrom("link_day")
      .leftJoin("visit_value", "visit_value.id", "link_day.value_id")
      .select(["link_id", "link_day.dimension", "link_day.day", "value_id", "value", "visits"])
      .where("link_id", "in", linkIds)
      .where("link_id", ">=", after.link_id)
      .where(
        sql<boolean>`(link_id, link_day.dimension, link_day.day, value_id) >
          (${after.link_id}, ${after.dimension}, ${after.day}, ${after.value_id})`,
      )
      .orderBy("link_id")
      .orderBy("link_day.dimension")
      .orderBy("link_day.day")
      .orderBy("value_id")
      .limit(PAGE)
      .execute();
  }

  /**
   * Adds visits of links, but not to the sums of their owner: `raiseOwner` does so at the end of a restore. The columns
   * must not be used afterwards.
   */
  async addToLinks(trx: Trx, imported: ImportedVisits): Promise<void> {
    await this.#addQuarters(trx, imported.quarters);
    await this.#addDays(trx, imported);
    const { totals } = imported;
    if (totals.length === 0) return;
    await this.#database.append(trx, "link_total", {
      link_id: Float64Array.from(totals, ({ linkId }) => linkId),
      visits: Float64Array.from(totals, ({ visits }) => visits),
      last_visit_at: Float64Array.from(totals, ({ lastVisitAt }) => lastVisitAt),
    });
  }

  /**
   * Makes the sums of an owner, and of all owners, at least those of their links, so that restoring twice counts once.
   * They are read without a transaction, and written by `write` in portions.
   */
  async raiseOwner(ownerId: number, { quarters, days }: Times, write: Write): Promise<void> {
    const ofQuarters = { name: "quarter", keys: ["quarter", "class"], times: quarters } as const;
    const ofDays = { name: "day", keys: ["dimension", "day", "value_id"], times: days } as const;
    for (const raised of [ofQuarters, ofDays]) {
      if (raised.times.size === 0) continue;
      const columns = namesOf(raised.keys);
      const [links, owners] = ["link", "owner"].map((of) => sql.table(`${of}_${raised.name}`));
      const ofLinks = sql`${links} join link on link.id = link_id where owner_id = ${ownerId}`;
      await this.#raise(ownerId, raised, { from: ofLinks, columns, write });
      const ofOwners = sql`${owners} where owner_id <> 0`;
      await this.#raise(0, raised, { from: ofOwners, columns, write });
    }
  }

  async #raise(
    ownerId: number,
    { name, keys, times }: Raised,
    { from, columns, write }: { from: RawBuilder<unknown>; columns: Names; write: Write },
  ): Promise<void> {
    const { rows } = await sql<Record<string, number>>`select ${columns}, ${sumOfVisits} as visits
      from ${from} group by ${columns} order by ${columns}`.execute(this.#database.scan);
    const raised = rows.filter((row) => times.has(row[name] ?? -1));
    const owner = sql.table(`owner_${name}`);
    for (let at = 0; at < raised.length; at += RAISED) {
      const values = raised
        .slice(at, at + RAISED)
        .map((row) => sql`(${sql.join([ownerId, ...keys.map((key) => row[key]), row.visits])})`);
      await write(async (trx) => {
        await sql`insert into ${owner} (owner_id, ${columns}, visits) values ${sql.join(values)}
          on conflict (owner_id, ${columns}) do update set visits = case
            when excluded.visits > ${owner}.visits then excluded.visits
            else ${owner}.visits end`.execute(trx);
      });
    }
  }

  async #addQuarters(trx: Trx, quarters: QuarterColumns): Promise<void> {
    if (quarters.quarters.length === 0) return;
    const given = await this.#given(trx, "given_quarters", {
      link_id: quarters.linkIds,
      quarter: quarters.quarters,
      class: quarters.classes,
      visits: quarters.visits,
    });
    await addToLinkQuarters(trx, given);
  }

  async #addDays(trx: Trx, { values, days }: ImportedVisits): Promise<void> {
    if (days.days.length === 0) return;
    const ids = await new VisitValues().findOrAdd(trx, values, LONG_AGO);
    const given = await this.#given(trx, "given_days", {
      link_id: days.linkIds,
      dimension: days.dimensions,
      day: days.days,
      value_id: days.places.map((place) => ids.get(place) ?? OTHERS),
      visits: days.visits,
    });
    await addToLinkDays(trx, given);
  }

  #given(trx: Trx, name: string, columns: Columns) {
    return this.#database.rowsOf(trx, name, columns);
  }
}

function namesOf(columns: readonly string[]): Names {
  return sql.join(columns.map((column) => sql.ref(column)));
}

function* inPortions(linkIds: readonly number[]): Generator<number[]> {
  const inOrder = linkIds.toSorted((a, b) => a - b);
  for (let at = 0; at < inOrder.length; at += LINKS) yield inOrder.slice(at, at + LINKS);
}

function isAfter(row: { link_id: number; quarter: number; class: number }): RawBuilder<boolean> {
  return sql<boolean>`(link_id, quarter, class) > (${row.link_id}, ${row.quarter}, ${row.class})`;
}
