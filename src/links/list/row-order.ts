import { type RawBuilder, sql } from "kysely";
import type { CursorRow } from "./cursor.ts";
import type { Direction } from "./list-query.ts";

/** The order of rows: by key, if there is one, then by id. */
export interface Ordering {
  /** Null: the id alone. */
  readonly key: RawBuilder<CursorRow["key"]> | null;
  readonly id: RawBuilder<number>;
  readonly direction: Direction;
  /** Where rows with a null key come; undefined: no key is null. */
  readonly nullKeys?: "first" | "last";
}

export const opposites = { asc: "desc", desc: "asc" } as const satisfies Record<
  Direction,
  Direction
>;

export function orderBy({ key, id, direction, nullKeys }: Ordering): RawBuilder<unknown> {
  const way = sql.raw(direction);
  if (key === null) return sql`${id} ${way}`;
  if (nullKeys === undefined) return sql`${key} ${way}, ${id} ${way}`;
  const last = sql.raw(nullKeys === "last" ? "asc" : "desc");
  return sql`(${key} is null) ${last}, ${key} ${way}, ${id} ${way}`;
}

/** The test whether a row comes after `row`. */
export function comesAfter(ordering: Ordering, row: CursorRow): RawBuilder<boolean> {
  const { key, id, direction, nullKeys } = ordering;
  const beyond = sql.raw(direction === "asc" ? ">" : "<");
  if (key === null) return sql`${id} ${beyond} ${row.id}`;
  const follows =
    row.key === null
      ? sql`(${key} is null and ${id} ${beyond} ${row.id})`
      : sql`(${key}, ${id}) ${beyond} (${row.key}, ${row.id})`;
  if (nullKeys === "last" && row.key !== null) return sql`(${follows} or ${key} is null)`;
  if (nullKeys === "first" && row.key === null) return sql`(${follows} or ${key} is not null)`;
  return sql<boolean>`${follows}`;
}

/** The test whether a row does not come after `row`; neither key is null. */
export function comesUntil({ key, id, direction }: Ordering, row: CursorRow): RawBuilder<boolean> {
  const within = sql.raw(direction === "asc" ? "<=" : ">=");
  if (key === null) return sql`${id} ${within} ${row.id}`;
  return sql`(${key}, ${id}) ${within} (${row.key}, ${row.id})`;
}
