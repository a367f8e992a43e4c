import { type RawBuilder, sql } from "kysely";
import type { Database, Trx } from "../../database/database.ts";
import { sumOfCounts } from "../../database/dialect.ts";
import { findOrAddVisitor } from "../hourly-sums.ts";
import type { Visitor, VisitorClass } from "../visit.ts";

/** Visits to a link in one hour by one kind of visitor. `hour` counts hours since 1970 UTC. */
export interface LinkHour {
  readonly linkId: number;
  readonly hour: number;
  readonly visitor: Visitor;
  readonly visits: number;
}

/** Link hours as columns of one length; `places` are indexes of a separate list of visitors. */
export interface HourColumns {
  readonly linkIds: Float64Array;
  readonly hours: Float64Array;
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
  readonly visitors: readonly Visitor[];
  readonly hours: HourColumns;
  readonly totals: readonly LinkTotal[];
}

interface OwnerHour {
  readonly hour: number;
  readonly class: VisitorClass;
  readonly visits: number;
}

interface Raise {
  readonly ownerId: number;
  readonly sums: RawBuilder<OwnerHour>;
  readonly hours: ReadonlySet<number>;
  readonly write: (portion: (trx: Trx) => Promise<void>) => Promise<void>;
}

/** Hours of an owner that one transaction raises. */
const RAISED = 500;

/** Number of rows per page, and of links per query. */
const PAGE = 5000;
const LINKS = 500;

/** Visits of links as backups contain them: by hour and kind of visitor. */
export class LinkHours {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Reads all hours of links in pages, link by link. */
  async *of(linkIds: readonly number[]): AsyncGenerator<LinkHour[]> {
    const inOrder = linkIds.toSorted((a, b) => a - b);
    for (let at = 0; at < inOrder.length; at += LINKS) {
      yield* this.#pagesOf(inOrder.slice(at, at + LINKS));
    }
  }

  async *#pagesOf(linkIds: readonly number[]): AsyncGenerator<LinkHour[]> {
    let after = { linkId: 0, hour: 0, visitorId: 0 };
    for (;;) {
      const rows = await this.#readPage(linkIds, after);
      const last = rows.at(-1);
      if (last === undefined) return;
      after = { linkId: last.link_id, hour: last.hour, visitorId: last.visitor_id };
      yield rows.map((row) => ({
        linkId: row.link_id,
        hour: row.hour,
        visits: row.visits,
        visitor: {
          class: row.class,
          referrerHost: row.referrer_host,
          browser: row.browser,
          system: row.system,
        },
      }));
    }
  }

  #readPage(
    linkIds: readonly number[],
    { linkId, hour, visitorId }: { linkId: number; hour: number; visitorId: number },
  ) {
    return this.#database.read
      .selectFrom("visit_hour")
      .innerJoin("visitor", "visitor.id", "visit_hour.visitor_id")
      .select(["link_id", "hour", "visitor_id", "visits"])
      .select(["class", "referrer_host", "browser", "system"])
      .where("link_id", "in", linkIds)
      .where("link_id", ">=", linkId)
      .where(sql<boolean>`(link_id, hour, visitor_id) > (${linkId}, ${hour}, ${visitorId})`)
      .orderBy("link_id")
      .orderBy("hour")
      .orderBy("visitor_id")
      .limit(PAGE)
      .execute();
  }

  /**
   * Adds the visits that imported links had elsewhere. The hours of their owner, and of all owners, become at least the
   * sums of their links, so that importing twice counts once. The columns must not be used afterwards.
   */
  async add(trx: Trx, ownerId: number, imported: ImportedVisits): Promise<void> {
    const given = await this.#addHours(trx, imported);
    if (given !== null) await raiseOwnersHours(trx, ownerId, given);
    await this.#addTotals(trx, imported);
  }

  /**
   * Adds visits of links, but not to the hours of their owner: `raiseOwner` does so at the end of a restore. The columns
   * must not be used afterwards.
   */
  async addToLinks(trx: Trx, imported: ImportedVisits): Promise<void> {
    await this.#addHours(trx, imported);
    await this.#addTotals(trx, imported);
  }

  /**
   * Makes the hours of an owner, and of all owners, at least the sums of their links, so that restoring twice counts
   * once. The sums are read without a transaction, and written by `write` in portions.
   */
  async raiseOwner(
    ownerId: number,
    hours: ReadonlySet<number>,
    write: (portion: (trx: Trx) => Promise<void>) => Promise<void>,
  ): Promise<void> {
    if (hours.size === 0) return;
    const sumsOfLinks = sql<OwnerHour>`select hour, class, ${sumOfVisits} as visits
      from visit_hour join link on link.id = link_id join visitor on visitor.id = visitor_id
      where owner_id = ${ownerId} group by hour, class order by hour, class`;
    await this.#raise({ ownerId, sums: sumsOfLinks, hours, write });
    const sumsOfOwners = sql<OwnerHour>`select hour, class, ${sumOfVisits} as visits
      from owner_hour where owner_id <> 0 group by hour, class order by hour, class`;
    await this.#raise({ ownerId: 0, sums: sumsOfOwners, hours, write });
  }

  async #raise({ ownerId, sums, hours, write }: Raise): Promise<void> {
    const { rows } = await sums.execute(this.#database.scan);
    const raised = rows.filter(({ hour }) => hours.has(hour));
    for (let at = 0; at < raised.length; at += RAISED) {
      const values = raised.slice(at, at + RAISED).map((row) => ({ owner_id: ownerId, ...row }));
      await write(async (trx) => {
        const insert = trx.insertInto("owner_hour").values(values);
        await sql`${insert} ${keepTheLarger}`.execute(trx);
      });
    }
  }

  async #addHours(
    trx: Trx,
    { visitors, hours }: ImportedVisits,
  ): Promise<RawBuilder<unknown> | null> {
    if (hours.hours.length === 0) return null;
    const visitorIds: number[] = [];
    for (const visitor of visitors) visitorIds.push(await findOrAddVisitor(trx, visitor));
    const given = await this.#database.rowsOf(trx, "given", {
      link_id: hours.linkIds,
      hour: hours.hours,
      visitor_id: hours.places.map((place) => visitorIds[place] ?? 0),
      visits: hours.visits,
    });
    await insertHours(trx, given);
    return given;
  }

  async #addTotals(trx: Trx, { totals }: ImportedVisits): Promise<void> {
    if (totals.length === 0) return;
    await this.#database.append(trx, "link_total", {
      link_id: Float64Array.from(totals, ({ linkId }) => linkId),
      visits: Float64Array.from(totals, ({ visits }) => visits),
      last_visit_at: Float64Array.from(totals, ({ lastVisitAt }) => lastVisitAt),
    });
  }
}

const sumOfVisits = sumOfCounts(sql`visits`);

async function insertHours(trx: Trx, given: RawBuilder<unknown>): Promise<void> {
  await sql`insert into visit_hour (link_id, hour, visitor_id, visits)
    select link_id, hour, visitor_id, ${sumOfVisits} from ${given} where true group by 1, 2, 3
    on conflict (link_id, hour, visitor_id)
      do update set visits = visit_hour.visits + excluded.visits`.execute(trx);
}

/** Raises the hours of owners, which include deleted links. */
async function raiseOwnersHours(
  trx: Trx,
  ownerId: number,
  given: RawBuilder<unknown>,
): Promise<void> {
  await sql`insert into owner_hour (owner_id, hour, class, visits)
    select owner_id, hour, class, ${sumOfVisits} from visit_hour
    join link on link.id = link_id join visitor on visitor.id = visitor_id
    where owner_id = ${ownerId} and hour in (select hour from ${given})
    group by owner_id, hour, class
    ${keepTheLarger}`.execute(trx);
  await sql`insert into owner_hour (owner_id, hour, class, visits)
    select 0, hour, class, ${sumOfVisits} from owner_hour
    where owner_id <> 0 and hour in (select hour from ${given})
    group by hour, class
    ${keepTheLarger}`.execute(trx);
}

const keepTheLarger = sql`on conflict (owner_id, hour, class) do update set visits =
  case when excluded.visits > owner_hour.visits then excluded.visits else owner_hour.visits end`;
