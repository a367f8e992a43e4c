import { type CreateTableBuilder, type Kysely, type RawBuilder, sql } from "kysely";
import type { Dialect } from "../dialect.ts";

/**
 * Migration 0020: visits by quarter hours and classes, by days and values of a dimension, and single ones in the order
 * of time. What was counted by the hour is in its first quarter, and days are those of UTC.
 */
export async function createVisitTables(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  await createQuarters(db, dialect);
  await createDays(db, dialect);
  await createUniques(db, dialect);
  await sql`alter table visit rename to visit_before`.execute(db);
  await createSingleVisits(db, dialect);
  await fillQuarters(db);
  await fillDays(db);
  await fillSingleVisits(db);
  for (const table of ["visit_before", "visit_hour", "owner_hour", "visitor"])
    await db.schema.dropTable(table).execute();
}

/** Both kinds of sums: by link, and by owner, where 0 stands for all. */
const levels = ["link", "owner"] as const;

async function createQuarters(db: Kysely<unknown>, { types, storedByKey }: Dialect): Promise<void> {
  for (const level of levels)
    await db.schema
      .createTable(`${level}_quarter`)
      .addColumn(`${level}_id`, types.whole, (column) => column.notNull())
      .addColumn("quarter", "integer", (column) => column.notNull())
      .addColumn("class", "smallint", (column) => column.notNull())
      .addColumn("visits", types.whole, (column) => column.notNull())
      .addPrimaryKeyConstraint(`${level}_quarter_key`, [`${level}_id`, "quarter", "class"])
      .modifyEnd(storedByKey)
      .execute();
}

async function createDays(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const { types, identify, storedByKey } = dialect;
  await db.schema
    .createTable("visit_value")
    .addColumn("id", types.identity, identify)
    .addColumn("dimension", "smallint", (column) => column.notNull())
    .addColumn("value", types.exactText, (column) => column.notNull())
    .addColumn("day", "integer", (column) => column.notNull())
    .addUniqueConstraint("visit_value_once", ["dimension", "value"])
    .execute();
  await db.schema
    .createIndex("visit_value_day")
    .on("visit_value")
    .columns(["day", "dimension"])
    .execute();
  for (const level of levels)
    await db.schema
      .createTable(`${level}_day`)
      .addColumn(`${level}_id`, types.whole, (column) => column.notNull())
      .addColumn("dimension", "smallint", (column) => column.notNull())
      .addColumn("day", "integer", (column) => column.notNull())
      .addColumn("value_id", "integer", (column) => column.notNull())
      .addColumn("visits", types.whole, (column) => column.notNull())
      .addPrimaryKeyConstraint(`${level}_day_key`, [`${level}_id`, "dimension", "day", "value_id"])
      .modifyEnd(storedByKey)
      .execute();
}

/** People of a day, and until it is over the sketch that counts them. */
async function createUniques(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  for (const level of levels)
    await db.schema
      .createTable(`${level}_unique`)
      .addColumn(`${level}_id`, dialect.types.whole, (column) => column.notNull())
      .addColumn("day", "integer", (column) => column.notNull())
      .addColumn("visitors", dialect.types.whole, (column) => column.notNull())
      .addColumn("sketch", dialect.kind === "sqlite" ? "blob" : "bytea")
      .addPrimaryKeyConstraint(`${level}_unique_key`, [`${level}_id`, "day"])
      .modifyEnd(dialect.storedByKey)
      .execute();
}

/** Ids of values; null where they are not known. */
const KINDS = [
  "referrer",
  "browser",
  "system",
  "device",
  "language",
  "country",
  "utm_source",
  "utm_medium",
  "utm_campaign",
];

async function createSingleVisits(
  db: Kysely<unknown>,
  { kind, types, storedByKey }: Dialect,
): Promise<void> {
  let table: CreateTableBuilder<string, string> = db.schema
    .createTable("visit")
    .addColumn("id", types.whole, (column) => column.primaryKey())
    .addColumn("link_id", types.whole, (column) => column.notNull())
    .addColumn("class", "smallint", (column) => column.notNull())
    .addColumn("ms", "integer", (column) => column.notNull());
  for (const name of KINDS) table = table.addColumn(name, "integer");
  await table.execute();
  // On SQLite, every index ends with the id.
  const columns = kind === "sqlite" ? ["link_id"] : ["link_id", "id"];
  await db.schema.createIndex("visit_link").on("visit").columns(columns).execute();
  await db.schema
    .createTable("visit_series")
    .addColumn("quarter", "integer", (column) => column.primaryKey())
    .addColumn("visits", types.whole, (column) => column.notNull())
    .modifyEnd(storedByKey)
    .execute();
}

const classNumber = sql`case class when 'human' then 0 when 'bot' then 1 when 'preview' then 2
  else 3 end`;

async function fillQuarters(db: Kysely<unknown>): Promise<void> {
  await sql`insert into link_quarter (link_id, quarter, class, visits)
    select link_id, hour * 4, ${classNumber}, cast(sum(visits) as bigint)
    from visit_hour join visitor on visitor.id = visitor_id group by 1, 2, 3`.execute(db);
  await sql`insert into owner_quarter (owner_id, quarter, class, visits)
    select owner_id, hour * 4, ${classNumber}, visits from owner_hour`.execute(db);
}

/** Values of a link and day that are kept apart, the most frequent first. */
const VALUES_A_DAY = sql.lit(100);

async function fillDays(db: Kysely<unknown>): Promise<void> {
  await sql`insert into visit_value (dimension, value, day)
    select 1, '', 0 union select distinct 2, browser, 0 from visitor
    union select distinct 3, system, 0 from visitor`.execute(db);
  const kinds = { referrer_host: sql.lit(1), browser: sql.lit(2), system: sql.lit(3) };
  for (const [column, dimension] of Object.entries(kinds)) await fillDay(db, column, dimension);
  await sql`insert into owner_day (owner_id, dimension, day, value_id, visits)
    with counted as (
      select owner_id, dimension, day, value_id, cast(sum(visits) as bigint) as visits
      from link_day join link on link.id = link_id group by 1, 2, 3, 4)
    select owner_id, dimension, day, value_id, visits from counted
    union all select 0, dimension, day, value_id, cast(sum(visits) as bigint) from counted
    group by 2, 3, 4`.execute(db);
}

async function fillDay(
  db: Kysely<unknown>,
  column: string,
  dimension: RawBuilder<unknown>,
): Promise<void> {
  await sql`create table visit_sum as
    select link_id, day, value, visits,
      row_number() over (partition by link_id, day order by visits desc, value) as place
    from (
      select link_id, hour / 24 as day, ${sql.ref(column)} as value,
        cast(sum(visits) as bigint) as visits
      from visit_hour join visitor on visitor.id = visitor_id
      where class = 'human' group by 1, 2, 3) as counted`.execute(db);
  await sql`insert into visit_value (dimension, value, day)
    select distinct ${dimension}, value, 0 from visit_sum where place <= ${VALUES_A_DAY}
    on conflict do nothing`.execute(db);
  await sql`insert into link_day (link_id, dimension, day, value_id, visits)
    select link_id, ${dimension}, visit_sum.day,
      case when place <= ${VALUES_A_DAY} then visit_value.id else 0 end,
      cast(sum(visits) as bigint)
    from visit_sum left join visit_value
      on visit_value.dimension = ${dimension} and visit_value.value = visit_sum.value
    group by 1, 2, 3, 4`.execute(db);
  await sql`drop table visit_sum`.execute(db);
}

const QUARTER_MS = sql.lit(900_000);
const VISITS_A_QUARTER = sql.lit(16_777_216);

async function fillSingleVisits(db: Kysely<unknown>): Promise<void> {
  const idFor = (dimension: number, column: string) => sql`coalesce((select id from visit_value
    where dimension = ${sql.lit(dimension)} and value = visitor.${sql.ref(column)}), 0)`;
  await sql`insert into visit (id, link_id, class, ms, referrer, browser, system)
    with known as (
      select id, ${classNumber} as class, ${idFor(1, "referrer_host")} as referrer,
        ${idFor(2, "browser")} as browser, ${idFor(3, "system")} as system from visitor),
    numbered as (
      select link_id, visitor_id, at / ${QUARTER_MS} as quarter, at % ${QUARTER_MS} as ms,
        row_number() over (partition by at / ${QUARTER_MS} order by id) - 1 as number
      from visit_before)
    select quarter * ${VISITS_A_QUARTER} + number, link_id, class, ms, referrer, browser, system
    from numbered join known on known.id = visitor_id
    where number < ${VISITS_A_QUARTER}`.execute(db);
  await sql`insert into visit_series (quarter, visits)
    select at / ${QUARTER_MS}, count(*) from visit_before group by 1`.execute(db);
}
