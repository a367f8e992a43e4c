import { sql } from "kysely";
import { LRUCache } from "lru-cache";
import type { Trx } from "../../database/database.ts";
import {
  type Dimension,
  type DimensionValue,
  dimensionAt,
  dimensions,
  NEW_VALUES_A_DAY,
  OTHERS,
} from "../dimension.ts";

/** Number of values whose id is cached. */
const CACHED = 20_000;

/** Values per statement. */
const BATCH = 1000;

/** Ids of values by their index in a list. */
export type ValueIds = Map<number, number>;

/** The table of values: ids of those that are kept apart. */
export class VisitValues {
  readonly #ids = new LRUCache<string, number>({ max: CACHED });

  /** Finds the ids of the values that are known. */
  async find(trx: Trx, values: readonly DimensionValue[]): Promise<ValueIds> {
    const ids: ValueIds = new Map();
    const unknown = new Map<string, number>();
    for (const [place, value] of values.entries()) {
      const key = keyOf(value);
      const id = this.#ids.get(key);
      if (id === undefined) unknown.set(key, place);
      else ids.set(place, id);
    }
    for (const [dimension, places] of byDimension(values, unknown.values())) {
      for (let at = 0; at < places.length; at += BATCH) {
        const texts = places.slice(at, at + BATCH).map((place) => values[place]?.text ?? "");
        const rows = await trx
          .selectFrom("visit_value")
          .select(["id", "value"])
          .where("dimension", "=", dimensions[dimension])
          .where("value", "in", texts)
          .execute();
        for (const { id, value } of rows) {
          const place = unknown.get(keyOf({ dimension, text: value }));
          if (place !== undefined) ids.set(place, id);
        }
      }
    }
    return ids;
  }

  /** Adds the values at `places` to the table and to `ids`, but no more than may become known on `day`. */
  async admit(
    trx: Trx,
    values: readonly DimensionValue[],
    places: Iterable<number>,
    { day, ids }: { readonly day: number; readonly ids: ValueIds },
  ): Promise<void> {
    for (const [dimension, some] of byDimension(values, places)) {
      const left = NEW_VALUES_A_DAY - (await countNew(trx, dimension, day));
      const admitted = some.slice(0, Math.max(0, left));
      if (admitted.length === 0) continue;
      await insertValues(
        trx,
        dimension,
        admitted.map((place) => values[place]?.text ?? ""),
        day,
      );
      const added = admitted.map((place) => values[place] as DimensionValue);
      for (const [at, id] of await this.find(trx, added)) ids.set(admitted[at] ?? 0, id);
    }
  }

  /** Finds the ids of all values, and adds those that are not known, without a limit. */
  async findOrAdd(trx: Trx, values: readonly DimensionValue[], day: number): Promise<ValueIds> {
    const ids = await this.find(trx, values);
    const unknown = values.flatMap((_, place) => (ids.has(place) ? [] : [place]));
    if (unknown.length === 0) return ids;
    for (const [dimension, places] of byDimension(values, unknown))
      await insertValues(
        trx,
        dimension,
        places.map((place) => values[place]?.text ?? ""),
        day,
      );
    return await this.find(trx, values);
  }

  /** Counts the known values of dimensions, each up to a number. */
  async countUpTo(
    trx: Trx,
    most: number,
    some: readonly Dimension[],
  ): Promise<Map<Dimension, number>> {
    const counts = some.map((dimension) => {
      const number = sql.lit(dimensions[dimension]);
      return sql`select ${number} as dimension, count(*) as count from (
        select 1 from visit_value where dimension = ${number} limit ${sql.lit(most)}) as known`;
    });
    const { rows } = await sql<{ dimension: number; count: number }>`${sql.join(
      counts,
      sql` union all `,
    )}`.execute(trx);
    return new Map(
      rows.flatMap(({ dimension, count }) => {
        const known = dimensionAt(dimension);
        return known === undefined ? [] : [[known, count] as const];
      }),
    );
  }

  /** Called after the commit: the id of a row that was rolled back is not valid. */
  remember(values: readonly DimensionValue[], ids: ValueIds): void {
    for (const [place, id] of ids) {
      const value = values[place];
      if (value !== undefined && id !== OTHERS) this.#ids.set(keyOf(value), id);
    }
  }
}

/** Adds values that are not there yet, in the same order as others do. */
async function insertValues(
  trx: Trx,
  dimension: Dimension,
  texts: readonly string[],
  day: number,
): Promise<void> {
  const inOrder = texts.toSorted();
  for (let at = 0; at < inOrder.length; at += BATCH) {
    const rows = inOrder
      .slice(at, at + BATCH)
      .map((value) => ({ dimension: dimensions[dimension], value, day }));
    await trx
      .insertInto("visit_value")
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

async function countNew(trx: Trx, dimension: Dimension, day: number): Promise<number> {
  const { count } = await trx
    .selectFrom("visit_value")
    .select((rows) => rows.fn.countAll<number>().as("count"))
    .where("day", "=", day)
    .where("dimension", "=", dimensions[dimension])
    .executeTakeFirstOrThrow();
  return count;
}

function byDimension(
  values: readonly DimensionValue[],
  places: Iterable<number>,
): Map<Dimension, number[]> {
  return Map.groupBy(places, (place) => values[place]?.dimension ?? "referrer");
}

function keyOf({ dimension, text }: DimensionValue): string {
  return `${dimension} ${text}`;
}
