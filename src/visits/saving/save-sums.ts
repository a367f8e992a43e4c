import { sql } from "kysely";
import type { Database, Trx } from "../../database/database.ts";
import { ALL_OWNERS } from "../reports/report.ts";
import { dayColumns, quarterColumns } from "../sum-columns.ts";
import { type Sums, SumTable } from "../sum-table.ts";
import { addToRow, addToTotal } from "./visit-sums.ts";

/** Owners by the ids of their links. Visits to deleted links, which are not in it, are skipped. */
type Owners = ReadonlyMap<number, number>;

/**
 * Adds sums to the tables of links and of their owners. Tables and rows come always in the same order, so that two
 * transactions cannot deadlock.
 */
export class SumSaver {
  readonly #database: Database;
  readonly #trx: Trx;
  readonly #owners: Owners;

  private constructor(database: Database, trx: Trx, owners: Owners) {
    this.#database = database;
    this.#trx = trx;
    this.#owners = owners;
  }

  /** @param linkIds of all links that are added to, each once */
  static async open(database: Database, trx: Trx, linkIds: Float64Array): Promise<SumSaver> {
    return new SumSaver(database, trx, await findOwners(database, trx, linkIds));
  }

  /** The owner of a link; undefined where it is deleted. */
  readonly ownerOf = (linkId: number): number | undefined => this.#owners.get(linkId);

  async addTotals(sums: Sums): Promise<void> {
    const { firsts, counts, lasts } = this.#ofLinks(sums);
    const columns = { link_id: firsts, visits: counts, last_visit_at: lasts };
    await this.#database.append(this.#trx, "link_total", columns, addToTotal);
  }

  async addQuarters(sums: Sums): Promise<void> {
    const ofLinks = this.#ofLinks(sums);
    const ofOwners = this.#ofOwners(ofLinks);
    const keys = ["quarter", "class"];
    await this.#add("link_quarter", quarterColumns("link_id", ofLinks), ["link_id", ...keys]);
    await this.#add("owner_quarter", quarterColumns("owner_id", ofOwners), ["owner_id", ...keys]);
  }

  async addDays(sums: Sums): Promise<void> {
    const ofLinks = this.#ofLinks(sums);
    const ofOwners = this.#ofOwners(ofLinks);
    const keys = ["dimension", "day", "value_id"];
    await this.#add("link_day", dayColumns("link_id", ofLinks), ["link_id", ...keys]);
    await this.#add("owner_day", dayColumns("owner_id", ofOwners), ["owner_id", ...keys]);
  }

  async #add(
    table: "link_quarter" | "owner_quarter" | "link_day" | "owner_day",
    columns: ReturnType<typeof dayColumns>,
    key: readonly string[],
  ): Promise<void> {
    await this.#database.append(this.#trx, table, columns, addToRow(table, key));
  }

  #ofLinks(sums: Sums): Sums {
    const isKept = (_: number, at: number) => this.#owners.has(sums.firsts[at] ?? 0);
    if (sums.firsts.every(isKept)) return sums;
    return {
      firsts: sums.firsts.filter(isKept),
      seconds: sums.seconds.filter(isKept),
      counts: sums.counts.filter(isKept),
      lasts: sums.lasts.filter(isKept),
    };
  }

  #ofOwners({ firsts, seconds, counts }: Sums): Sums {
    const table = new SumTable();
    for (let at = 0; at < firsts.length; at++) {
      const [second, count] = [seconds[at] ?? 0, counts[at] ?? 0];
      table.add(this.#owners.get(firsts[at] ?? 0) ?? ALL_OWNERS, second, count, 0);
      table.add(ALL_OWNERS, second, count, 0);
    }
    return table.inOrder();
  }
}

/** As two texts: tens of thousands of rows would take several times as long from thread to thread. */
async function findOwners(database: Database, trx: Trx, linkIds: Float64Array): Promise<Owners> {
  const given = await database.rowsOf(trx, "given_links", { link_id: linkIds });
  const { rows } = await sql<{ ids: string | null; owners: string | null }>`
    select string_agg(cast(id as text), ',') as ids,
      string_agg(cast(owner_id as text), ',') as owners
    from (select id, owner_id from ${given} join link on link.id = link_id) as owned`.execute(trx);
  const [ids = [], owners = []] = [rows[0]?.ids, rows[0]?.owners].map(
    (texts) => texts?.split(",").map(Number) ?? [],
  );
  return new Map(ids.map((id, at) => [id, owners[at] ?? ALL_OWNERS]));
}
