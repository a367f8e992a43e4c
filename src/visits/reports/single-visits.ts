import { sql } from "kysely";
import type { Database } from "../../database/database.ts";
import { sumOfCounts } from "../../database/dialect.ts";
import { byDimension, type Dimension, dimensionNames } from "../dimension.ts";
import { QUARTER_MS, quarterOfVisit } from "../quarter.ts";
import { HUMAN, type VisitorClass, visitorClasses } from "../visit.ts";
import { type Quarters, quarterRows, singleRows, type ValueFilter } from "./counted-rows.ts";
import { type LinkName, LinkNames } from "./link-names.ts";
import type { Subject } from "./report.ts";
import type { Filter } from "./report-query.ts";
import { ValueNames } from "./value-names.ts";

/** A visit as it is kept for a time. */
export interface SingleVisit {
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  /** Null: the link is gone. */
  readonly link: LinkName | null;
  readonly class: VisitorClass;
  /** Null: not known. */
  readonly values: Readonly<Record<Dimension, string | null>>;
}

/** Which single visits are read. */
export interface VisitSelection {
  readonly subject: Subject;
  readonly quarters: Quarters;
  readonly filter: Filter;
}

/** All that are kept. */
export const ALWAYS: Quarters = { first: null, end: 2 ** 28 };

/** Visits that are read at once, except those of one quarter hour, and quarter hours looked at for them. */
const PAGE = 4000;
const QUARTERS = 1000;

/** Most pages among which the last visits are looked for; each has twice as many as the one before. */
const MAX_PAGES = 10;

const sumOfVisits = sumOfCounts(sql`visits`);

type VisitRow = {
  readonly id: number;
  readonly link_id: number;
  readonly class: number;
  readonly ms: number;
} & Readonly<Record<Dimension, number | null>>;

interface Sought {
  readonly subject: Subject;
  readonly filter: ValueFilter;
  readonly isNewestFirst: boolean;
}

/** Reads single visits, found by the quarter hours in which there are any. */
export class SingleVisits {
  readonly #database: Database;
  readonly #names: ValueNames;
  readonly #links: LinkNames;

  constructor(database: Database) {
    this.#database = database;
    this.#names = new ValueNames(database);
    this.#links = new LinkNames(database);
  }

  /** Returns them in pages, oldest first. */
  async *pages({ subject, quarters, filter }: VisitSelection): AsyncGenerator<SingleVisit[]> {
    const sought = { subject, filter: await this.#names.idsOf(filter), isNewestFirst: false };
    for await (const span of this.#spans(sought, quarters, () => PAGE)) {
      const rows = await this.#rows(sought, span);
      if (rows.length > 0) yield await this.#describe(rows);
    }
  }

  /** Returns the last visits by people, the newest first. */
  async last({ subject, quarters, filter }: VisitSelection, most: number): Promise<SingleVisit[]> {
    const sought = { subject, filter: await this.#names.idsOf(filter), isNewestFirst: true };
    const found: VisitRow[] = [];
    let pages = 0;
    const spans = this.#spans(sought, quarters, () => PAGE * 2 ** pages);
    for await (const span of spans) {
      found.push(...(await this.#rows(sought, span, most - found.length)));
      if (found.length >= most || ++pages > MAX_PAGES) break;
    }
    const visits = await this.#describe(found);
    return visits.sort((one, other) => other.at - one.at);
  }

  /** Parts of a period with about so many visits each. */
  async *#spans(
    { subject, isNewestFirst }: Sought,
    quarters: Quarters,
    size: () => number,
  ): AsyncGenerator<Quarters> {
    const order = isNewestFirst ? sql`desc` : sql`asc`;
    let rest: Quarters | null = quarters;
    while (rest !== null) {
      const counted = sql<{ quarter: number; visits: number }>`
        select quarter, ${sumOfVisits} as visits from ${quarterRows(subject, rest)}
        group by quarter order by quarter ${order} limit ${QUARTERS}`;
      const rows: readonly { quarter: number; visits: number }[] = (
        await counted.execute(this.#database.scan)
      ).rows;
      let [visits, from] = [0, rows[0]?.quarter];
      for (const { quarter, visits: more } of rows) {
        from ??= quarter;
        visits += more;
        if (visits < size()) continue;
        yield spanOf(from, quarter);
        [visits, from] = [0, undefined];
      }
      const last: number | undefined = rows.at(-1)?.quarter;
      if (last !== undefined && from !== undefined) yield spanOf(from, last);
      if (last === undefined || rows.length < QUARTERS) return;
      rest = isNewestFirst ? { ...rest, end: last } : { ...rest, first: last + 1 };
    }
  }

  /** @param people how many, by people only; absent: all by everybody */
  async #rows(
    { subject, filter, isNewestFirst }: Sought,
    span: Quarters,
    people?: number,
  ): Promise<VisitRow[]> {
    const names = ["id", "link_id", "class", "ms", ...dimensionNames];
    const columns = sql.join(names.map((name) => sql.ref(`visit.${name}`)));
    const byPeople = people === undefined ? sql`` : sql`and visit.class = ${sql.lit(HUMAN)}`;
    const order = isNewestFirst ? sql`desc` : sql`asc`;
    const limit = people === undefined ? sql`` : sql`limit ${people}`;
    const { rows } = await sql<VisitRow>`
      select ${columns} from ${singleRows(subject, span, filter)} ${byPeople}
      order by visit.id ${order} ${limit}`.execute(this.#database.scan);
    return rows;
  }

  async #describe(rows: readonly VisitRow[]): Promise<SingleVisit[]> {
    const ids = rows.flatMap((row) => dimensionNames.map((name) => row[name] ?? 0));
    const [texts, links] = await Promise.all([
      this.#names.of(ids),
      this.#links.of(rows.map((row) => row.link_id)),
    ]);
    return rows.map((row) => ({
      at: quarterOfVisit(row.id) * QUARTER_MS + row.ms,
      link: links.get(row.link_id) ?? null,
      class: visitorClasses[row.class] ?? "human",
      values: byDimension((name) => texts.get(row[name] ?? 0) ?? null),
    }));
  }
}

function spanOf(one: number, other: number): Quarters {
  return { first: Math.min(one, other), end: Math.max(one, other) + 1 };
}
