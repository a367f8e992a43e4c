import {
  type ColumnDefinitionBuilder,
  type Kysely,
  type RawBuilder,
  type SqlBool,
  sql,
} from "kysely";
import { findPostgresDamage } from "./postgres/postgres-integrity.ts";
import { postgresSearch } from "./postgres/postgres-search.ts";
import type { Schema } from "./schema.ts";
import type { SearchIndex } from "./search/search-index.ts";
import { findSqliteDamage } from "./sqlite/sqlite-integrity.ts";
import { sqliteSearch } from "./sqlite/sqlite-search.ts";

/** Where SQLite and PostgreSQL differ. Nothing outside `database/` asks which of them it is. */
export interface Dialect {
  readonly kind: "sqlite" | "postgres";
  readonly types: {
    /** An id that the database generates for each new row, never twice. */
    readonly identity: "integer" | "bigint";
    /** 64-bit whole numbers: times, counts, references. */
    readonly whole: "integer" | "bigint";
    /** Text compared and sorted byte by byte. */
    readonly exactText: RawBuilder<unknown>;
  };
  identify(column: ColumnDefinitionBuilder): ColumnDefinitionBuilder;
  /** Ends the definition of a table that is kept in the order of its primary key. */
  readonly storedByKey: RawBuilder<unknown>;
  /** Ends a query that locks its rows until the transaction ends; null where only one transaction can write. */
  readonly locking: RawBuilder<unknown> | null;
  /** The same, but new rows may refer to them meanwhile. */
  readonly guarding: RawBuilder<unknown> | null;
  /**
   * A statement after which, until its transaction ends, no other inserts a link or takes an alias; null where only one
   * transaction can write.
   */
  readonly holdCodes: RawBuilder<unknown> | null;
  readonly search: SearchIndex;
  /** The number of `links` by `owner_id` and `kind`; the owner 0 stands for all. */
  readonly linkCounts: {
    readonly from: RawBuilder<unknown>;
    /** Whether triggers keep the sums, so that reading them takes no counting. */
    readonly areKept: boolean;
  };
  /**
   * Always true: as a condition on `column`, lets a read of `Database.scan` be interrupted at every row. PostgreSQL
   * needs no help, SQLite has no other way from here.
   */
  inTime(column: string): RawBuilder<SqlBool>;
  /**
   * A query that adds a count up by each of several keys, all in one pass over many rows. Only on `Database.scan`: it
   * can be interrupted at every row.
   */
  sumsBy(parts: SumsBy): RawBuilder<KeySum>;
  /** The time of the database's clock, in milliseconds since 1970 UTC. */
  readonly now: RawBuilder<number>;
  /**
   * What is broken in the database itself, by its own checks; `isDeep` takes all the time that it takes.
   * @throws whatever it says of what it cannot even read
   */
  findDamage(db: Kysely<Schema>, isDeep: boolean): Promise<string[]>;
}

/** What is added up, and by what. */
export interface SumsBy {
  /** Tables and conditions: what follows `from`. */
  readonly rows: RawBuilder<unknown>;
  readonly count: RawBuilder<unknown>;
  readonly keys: readonly SummedKey[];
}

export interface SummedKey {
  /** A whole number; a row where it is null does not count. */
  readonly key: RawBuilder<unknown>;
  /** How many keys are returned: those with the largest sums, of equal ones the lowest. */
  readonly most: number;
}

/** The sum of a key; of the key null, that of all keys of the place, also of those that are not returned. */
export interface KeySum {
  /** Index in `keys`. */
  readonly place: number;
  readonly key: number | null;
  readonly sum: number;
  /** Number of different keys of the place. */
  readonly keys: number;
}

export const sqliteDialect: Dialect = {
  kind: "sqlite",
  types: { identity: "integer", whole: "integer", exactText: sql`text` },
  identify: (column) => column.primaryKey().autoIncrement(),
  storedByKey: sql`without rowid`,
  locking: null,
  guarding: null,
  holdCodes: null,
  search: sqliteSearch,
  linkCounts: { from: sql`link_count`, areKept: true },
  inTime: (column) => sql`in_time(${sql.ref(column)})`,
  // The function is of the reading threads: grouping by SQLite itself sorts all rows once for each key.
  sumsBy: ({ rows, count, keys }) => sql`
    select value ->> 0 as place, value ->> 1 as key, value ->> 2 as sum, value ->> 3 as keys
    from (select sums_by(${sql.lit(keys.map(({ most }) => most).join(" "))}, ${count},
      ${sql.join(keys.map(({ key }) => key))}) as sums from ${rows}), json_each(sums)`,
  now: sql`cast(unixepoch('subsec') * 1000 as integer)`,
  findDamage: findSqliteDamage,
};

export const postgresDialect: Dialect = {
  kind: "postgres",
  types: { identity: "bigint", whole: "bigint", exactText: sql`text collate "C"` },
  identify: (column) => column.primaryKey().generatedAlwaysAsIdentity(),
  storedByKey: sql``,
  locking: sql`for update`,
  guarding: sql`for no key update`,
  holdCodes: sql`select pg_advisory_xact_lock(8, 32)`,
  search: postgresSearch,
  linkCounts: {
    from: sql`(select owner_id, kind, count(*) as links from link_search group by owner_id, kind
      union all select 0, kind, count(*) from link_search group by kind)`,
    areKept: false,
  },
  inTime: () => sql`true`,
  sumsBy: sumsByGroupingSets,
  now: sql`cast(extract(epoch from clock_timestamp()) * 1000 as bigint)`,
  findDamage: findPostgresDamage,
};

/** Largest count that a query returns or stores: the largest whole number that JavaScript knows exactly. */
const LARGEST_COUNT = sql.lit(Number.MAX_SAFE_INTEGER);

/**
 * Sum of a column of counts; 0 without rows. It ends at the largest count, where both databases' own sums of whole
 * numbers fail, and is exact below.
 * @param window makes it a window function, as in `over ()`
 */
export function sumOfCounts(
  count: RawBuilder<unknown>,
  window: RawBuilder<unknown> = sql``,
): RawBuilder<number> {
  const sum = sql`coalesce(sum(cast(${count} as double precision)) ${window}, 0)`;
  return sql`cast(case when ${sum} < ${LARGEST_COUNT} then ${sum} else ${LARGEST_COUNT} end as bigint)`;
}

/** One count added to another, up to the largest. */
export function addCounts(
  one: RawBuilder<unknown>,
  other: RawBuilder<unknown>,
): RawBuilder<number> {
  return sql`case when ${one} < ${LARGEST_COUNT} - ${other} then ${one} + ${other} else ${LARGEST_COUNT} end`;
}

function sumsByGroupingSets({ rows, count, keys }: SumsBy): RawBuilder<KeySum> {
  const names = keys.map((_, place) => sql.ref(`key_${place}`));
  const columns = keys.map(({ key }, place) => sql`${key} as ${names[place]}`);
  const places = names.map((name, place) => sql`when grouping(${name}) = 0 then ${sql.lit(place)}`);
  const sets = names.map((name) => sql`(${name})`);
  const most = keys.map((key, place) => sql`when ${sql.lit(place)} then ${sql.lit(key.most)}`);
  return sql`with sums as (
      select case ${sql.join(places, sql` `)} end as place, coalesce(${sql.join(names)}) as key,
        ${sumOfCounts(sql`added`)} as sum
      from (select ${count} as added, ${sql.join(columns)} from ${rows}) as counted
      group by grouping sets (${sql.join(sets)})),
    ranked as (
      select place, key, sum, count(*) over (partition by place) as keys,
        row_number() over (partition by place order by sum desc, key) as rank
      from sums where key is not null)
    select place, cast(key as bigint) as key, sum, keys from ranked
    where rank <= case place ${sql.join(most, sql` `)} end
    union all select place, null, ${sumOfCounts(sql`sum`)}, count(*) from ranked group by place`;
}
