import { expressionBuilder, type RawBuilder, sql } from "kysely";
import type { Trx } from "../../database/database.ts";
import { addCounts, sumOfCounts } from "../../database/dialect.ts";
import type { Schema } from "../../database/schema.ts";

const sumOfVisits = sumOfCounts(sql`visits`);

/** Sums of owners, and the sums of links that they are made of. */
const sums = [
  { owner: "owner_quarter", link: "link_quarter", keys: ["quarter", "class"] },
  { owner: "owner_day", link: "link_day", keys: ["dimension", "day", "value_id"] },
] as const;

/** Moves the visits of links from the sums of their owners to those of another; the links move after it. */
export async function moveVisits(trx: Trx, linkIds: readonly number[], to: number): Promise<void> {
  for (const { owner, link, keys } of sums) {
    const columns = namesOf(keys);
    const visits = sql`(select owner_id, ${columns}, ${sumOfVisits} as visits
      from ${sql.table(link)} join link on link.id = link_id
      where ${isOfLinks("link_id", "in", linkIds)} group by owner_id, ${columns}) as moved`;
    const isSame = sql.join(
      ["owner_id", ...keys].map((key) => sql`kept.${sql.ref(key)} = moved.${sql.ref(key)}`),
      sql` and `,
    );
    await sql`update ${sql.table(owner)} as kept set visits = kept.visits - moved.visits
      from ${visits} where ${isSame}`.execute(trx);
    const all = sql`select ${columns}, ${sumOfVisits} as visits from ${visits}
      group by ${columns}`;
    await add(trx, owner, { keys, to, visits: all });
  }
}

/** Moves all sums of an owner to another, also those of deleted links. */
export async function moveAllVisits(trx: Trx, from: number, to: number): Promise<void> {
  for (const { owner, keys } of sums) {
    const all = sql`select ${namesOf(keys)}, visits from ${sql.table(owner)}
      where owner_id = ${from}`;
    await add(trx, owner, { keys, to, visits: all });
  }
  await deleteVisits(trx, from);
}

export async function deleteVisits(trx: Trx, ownerId: number): Promise<void> {
  for (const table of ["owner_quarter", "owner_day", "owner_unique"] as const)
    await trx.deleteFrom(table).where("owner_id", "=", ownerId).execute();
}

interface Added {
  readonly keys: readonly string[];
  readonly to: number;
  readonly visits: RawBuilder<unknown>;
}

async function add(trx: Trx, owner: string, { keys, to, visits }: Added): Promise<void> {
  const [table, columns] = [sql.table(owner), namesOf(keys)];
  await sql`insert into ${table} (owner_id, ${columns}, visits)
    select cast(${to} as bigint), ${columns}, visits from (${visits}) as added
    where true order by ${columns}
    on conflict (owner_id, ${columns})
      do update set visits = ${addCounts(sql`${table}.visits`, sql`excluded.visits`)}`.execute(trx);
}

function namesOf(columns: readonly string[]): RawBuilder<unknown> {
  return sql.join(columns.map((column) => sql.ref(column)));
}

const isOfLinks = expressionBuilder<Schema, "link_quarter">();
