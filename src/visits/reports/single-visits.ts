import { sql } from "kysely";
import type { Database } from "../../database/database.ts";
import { type Dimension, dimensionNames } from "../dimension.ts";
import { firstVisitId, QUARTER_MS, quarterOfVisit } from "../quarter.ts";
import { type VisitorClass, visitorClasses } from "../visit.ts";

/** A visit as it is kept for a time. */
export interface SingleVisit {
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  readonly class: VisitorClass;
  /** Null: not known. */
  readonly values: Readonly<Record<Dimension, string | null>>;
}

/** Rows of a page, and quarter hours in which they are looked for. */
const PAGE = 2000;
const QUARTERS = 200;

/** Values per query. */
const BATCH = 1000;

type VisitRow = { readonly id: number; readonly class: number; readonly ms: number } & Readonly<
  Record<Dimension, number | null>
>;

/** Reads single visits. */
export class SingleVisits {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** All single visits to a link in pages, oldest first: its quarter hours say where they are. */
  async *of(linkId: number): AsyncGenerator<SingleVisit[]> {
    for (let after = 0; ; ) {
      const quarters = await this.#quarters(linkId, quarterOfVisit(after));
      const last = quarters.at(-1);
      if (last === undefined) return;
      const end = firstVisitId(last + 1);
      for (;;) {
        const rows = await this.#rows(linkId, quarters, after);
        if (rows.length > 0) yield await this.#describe(rows);
        after = rows.at(-1)?.id ?? after;
        if (rows.length < PAGE) break;
      }
      after = end;
    }
  }

  async #quarters(linkId: number, from: number): Promise<number[]> {
    const rows = await this.#database.scan
      .selectFrom("link_quarter")
      .select("quarter")
      .distinct()
      .where("link_id", "=", linkId)
      .where("quarter", ">=", from)
      .orderBy("quarter")
      .limit(QUARTERS)
      .execute();
    return rows.map(({ quarter }) => quarter);
  }

  async #rows(linkId: number, quarters: readonly number[], after: number): Promise<VisitRow[]> {
    const first = sql<number>`cast(quarter as bigint) * ${sql.lit(firstVisitId(1))}`;
    const { scan } = this.#database;
    const ranges = scan
      .selectFrom("link_quarter")
      .select(first.as("first"))
      .distinct()
      .where("link_id", "=", linkId)
      .where("quarter", ">=", quarters[0] ?? 0)
      .where("quarter", "<=", quarters.at(-1) ?? 0)
      .as("ranges");
    return await scan
      .selectFrom(ranges)
      .innerJoin("visit", (on) =>
        on
          .onRef("visit.id", ">=", "ranges.first")
          .on("visit.id", "<", sql<number>`ranges.first + ${sql.lit(firstVisitId(1))}`),
      )
      .select(["visit.id", "visit.class", "visit.ms", ...dimensionNames])
      .where("visit.link_id", "=", linkId)
      .where("visit.id", ">", after)
      .orderBy("visit.id")
      .limit(PAGE)
      .execute();
  }

  async #describe(rows: readonly VisitRow[]): Promise<SingleVisit[]> {
    const texts = await this.#texts(rows);
    return rows.map((row) => ({
      at: quarterOfVisit(row.id) * QUARTER_MS + row.ms,
      class: visitorClasses[row.class] ?? "human",
      values: Object.fromEntries(
        dimensionNames.map((name) => [name, texts.get(row[name] ?? 0) ?? null]),
      ) as Record<Dimension, string | null>,
    }));
  }

  async #texts(rows: readonly VisitRow[]): Promise<Map<number, string>> {
    const ids = new Set(rows.flatMap((row) => dimensionNames.map((name) => row[name] ?? 0)));
    const texts = new Map<number, string>();
    const wanted = [...ids];
    for (let at = 0; at < wanted.length; at += BATCH) {
      const some = this.#database.scan.selectFrom("visit_value").select(["id", "value"]);
      const found = await some.where("id", "in", wanted.slice(at, at + BATCH)).execute();
      for (const { id, value } of found) texts.set(id, value);
    }
    return texts;
  }
}
