import { type RawBuilder, sql } from "kysely";
import type { Place } from "./cursor.ts";
import type { Direction } from "./list-query.ts";

/** What rows are put in order by: a key, where there is one, and then the id. */
export interface Ordering {
  /** Null: the id alone. */
  readonly key: RawBuilder<Place["key"]> | null;
  readonly id: RawBuilder<number>;
  readonly direction: Direction;
  /** Where rows without a key stand; undefined: all have one. */
  readonly keyless?: "first" | "last";
}

export function orderBy({ key, id, direction, keyless }: Ordering): RawBuilder<unknown> {
  const way = sql.raw(direction);
  if (key === null) return sql`${id} ${way}`;
  if (keyless === undefined) return sql`${key} ${way}, ${id} ${way}`;
  const last = sql.raw(keyless === "last" ? "asc" : "desc");
  return sql`(${key} is null) ${last}, ${key} ${way}, ${id} ${way}`;
}

/** Whether a row comes after `place`. */
export function comesAfter(ordering: Ordering, place: Place): RawBuilder<boolean> {
  const { key, id, direction, keyless } = ordering;
  const beyond = sql.raw(direction === "asc" ? ">" : "<");
  if (key === null) return sql`${id} ${beyond} ${place.id}`;
  const follows =
    place.key === null
      ? sql`(${key} is null and ${id} ${beyond} ${place.id})`
      : sql`(${key}, ${id}) ${beyond} (${place.key}, ${place.id})`;
  if (keyless === "last" && place.key !== null) return sql`(${follows} or ${key} is null)`;
  if (keyless === "first" && place.key === null) return sql`(${follows} or ${key} is not null)`;
  return sql<boolean>`${follows}`;
}

/** Whether a row, which has a key if any has, does not come after `place`. */
export function comesUntil({ key, id, direction }: Ordering, place: Place): RawBuilder<boolean> {
  const within = sql.raw(direction === "asc" ? "<=" : ">=");
  if (key === null) return sql`${id} ${within} ${place.id}`;
  return sql`(${key}, ${id}) ${within} (${place.key}, ${place.id})`;
}
