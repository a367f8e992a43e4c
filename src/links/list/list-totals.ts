import { type CompiledQuery, type RawBuilder, sql } from "kysely";
import type { Clock } from "../../clock.ts";
import type { Database } from "../../database/database.ts";
import { type Dialect, sumOfCounts } from "../../database/dialect.ts";
import { prepareShapes } from "../../database/prepared.ts";
import type { LinkStatus } from "../link.ts";
import { type ListedLink, listedFrom } from "../rows/link-columns.ts";
import { hasStatus } from "./filter.ts";
import { linksOf } from "./kind-counts.ts";
import { selectNewest } from "./whole-list.ts";

/** Totals of the links of an owner, or of all links. */
export interface LinkTotals {
  readonly links: number;
  readonly live: number;
  readonly visits: number;
}

/** The newest links of an owner, or of all, and totals of all of them. */
export interface Overview {
  readonly newest: readonly ListedLink[];
  readonly totals: LinkTotals;
}

/** From this many links on, their visits are summed up along the ranks, which may be a little behind. */
const MANY = 10_000;

/** Counts along indexes alone, so that a million links take some tens of milliseconds. */
export class TotalsCounter {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #select: ReturnType<typeof selectTotals>;

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.#select = selectTotals(database.dialect);
  }

  async of(ownerId: number | undefined): Promise<LinkTotals> {
    const [rows] = await this.#database.readTogether("read", [this.#query(ownerId)]);
    return totalsFrom(rows);
  }

  /** The same with the newest links, in one read. */
  async withNewest(ownerId: number | undefined, count: number): Promise<Overview> {
    const [newest, rows] = await this.#database.readTogether("read", [
      selectNewest(this.#database.read, ownerId, count),
      this.#query(ownerId),
    ]);
    return { newest: newest.map(listedFrom), totals: totalsFrom(rows) };
  }

  #query(ownerId: number | undefined): CompiledQuery<Row> {
    const values = { ownerId: ownerId ?? 0, now: this.#clock() };
    return this.#select(this.#database.read, values, ownerId === undefined ? "all" : "own");
  }
}

function totalsFrom([row]: readonly Row[]): LinkTotals {
  const { links, notLive, visits } = row ?? { links: 0, notLive: 0, visits: 0 };
  return { links, live: links - notLive, visits };
}

interface Values {
  readonly ownerId: number;
  readonly now: number;
}

interface Row extends Pick<LinkTotals, "links" | "visits"> {
  readonly notLive: number;
}

function selectTotals(dialect: Dialect) {
  return prepareShapes<Values, Row, "all" | "own">((db, { ownerId, now }, shape) => {
    const owner = shape === "all" ? undefined : ownerId;
    const owned = ownedBy(owner);
    // Computed, so that no database prefers the index of owners: that of expiries holds all this asks.
    const ownedAsRead = ownedBy(owner, sql`owner_id + 0`);
    const counts = [
      countOf("disabled", now, owned),
      countOf("expired", now, ownedAsRead),
      countOf("scheduled", now, ownedAsRead),
      countOf("limit_reached", now, ownedAsRead),
    ];
    const notLive = sql.join(counts, sql` + `);
    const totals = sql<Row>`
      select links, ${notLive} as "notLive",
        case when links > ${sql.lit(MANY)} then (${sumRanks(owned)}) else (${sumTotals(owned)}) end as visits
      from (select ${linksOf(dialect, owner)} as links) as counted`;
    return { compile: () => totals.compile(db) };
  });
}

function countOf(status: LinkStatus, now: number, owned: RawBuilder<boolean>): RawBuilder<number> {
  return sql`(select count(*) from link_search as s where ${hasStatus(status, now)} and ${owned})`;
}

const sumOfVisits = sumOfCounts(sql`visits`);

function sumRanks(owned: RawBuilder<boolean>): RawBuilder<unknown> {
  return sql`select ${sumOfVisits} from link_rank where visits > 0 and ${owned}`;
}

function sumTotals(owned: RawBuilder<boolean>): RawBuilder<unknown> {
  return sql`select ${sumOfVisits}
    from link_search as s join link_total as t on t.link_id = s.link_id where ${owned}`;
}

function ownedBy(
  ownerId: number | undefined,
  owner: RawBuilder<unknown> = sql`owner_id`,
): RawBuilder<boolean> {
  return ownerId === undefined ? sql`1 = 1` : sql`${owner} = ${ownerId}`;
}
