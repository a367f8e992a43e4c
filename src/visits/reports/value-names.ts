import { LRUCache } from "lru-cache";
import type { Database } from "../../database/database.ts";
import { type Dimension, dimensions, OTHERS } from "../dimension.ts";
import type { ValueFilter } from "./counted-rows.ts";
import type { Filter } from "./report-query.ts";

/** Names kept in memory: they never change. */
const CACHED = 5000;

/** Values per query. */
const BATCH = 1000;

/** Stands for a value that no visit has: ids begin at 1. */
const NO_VISIT = -1;

/** Names of the values of dimensions by their ids, and the reverse. */
export class ValueNames {
  readonly #database: Database;
  readonly #names = new LRUCache<number, string>({ max: CACHED });

  constructor(database: Database) {
    this.#database = database;
  }

  async of(ids: Iterable<number>): Promise<ReadonlyMap<number, string>> {
    const names = new Map<number, string>();
    const unknown: number[] = [];
    for (const id of new Set(ids)) {
      const name = this.#names.get(id);
      if (name !== undefined) names.set(id, name);
      else if (id !== OTHERS) unknown.push(id);
    }
    for (let at = 0; at < unknown.length; at += BATCH) {
      const rows = await this.#database.scan
        .selectFrom("visit_value")
        .select(["id", "value"])
        .where("id", "in", unknown.slice(at, at + BATCH))
        .execute();
      for (const { id, value } of rows) {
        names.set(id, value);
        this.#names.set(id, value);
      }
    }
    return names;
  }

  async idsOf(filter: Filter): Promise<ValueFilter> {
    const wanted = Object.entries(filter) as [Dimension, string][];
    if (wanted.length === 0) return {};
    const rows = await this.#database.scan
      .selectFrom("visit_value")
      .select(["id", "dimension", "value"])
      .where((eb) =>
        eb.or(
          wanted.map(([dimension, value]) =>
            eb.and([eb("dimension", "=", dimensions[dimension]), eb("value", "=", value)]),
          ),
        ),
      )
      .execute();
    const idOf = (dimension: Dimension) =>
      rows.find((row) => row.dimension === dimensions[dimension])?.id ?? NO_VISIT;
    return Object.fromEntries(wanted.map(([dimension]) => [dimension, idOf(dimension)]));
  }
}
