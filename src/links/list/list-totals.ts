import { type RawBuilder, sql } from "kysely";
import type { Database } from "../../database/database.ts";
import { sumOfCounts } from "../../database/dialect.ts";
import { linksOf } from "./kind-counts.ts";

/** Totals of the links of an owner, or of all links. */
export interface LinkTotals {
  readonly links: number;
  readonly live: number;
  readonly visits: number;
}

/** From this many links on, their visits are summed up along the ranks, which may be a little behind. */
const MANY = 10_000;

/** Counts along indexes alone, so that a million links take some tens of milliseconds. */
export async function readTotals(
  { dialect, read }: Pick<Database, "dialect" | "read">,
  ownerId: number | undefined,
  now: number,
): Promise<LinkTotals> {
  const owned = ownedBy(ownerId);
  // Computed, so that no database prefers the index of owners: that of expiries holds all this asks.
  const ownedAsRead = ownedBy(ownerId, sql`owner_id + 0`);
  const { rows } = await sql<{ links: number; notLive: number }>`
    select ${linksOf(dialect, ownerId)} as links,
      (select count(*) from link_search where disabled = 1 and ${owned})
      + (select count(*) from link_search
        where expires_at <= ${now} and disabled = 0 and ${ownedAsRead})
      + (select count(*) from link_search
        where starts_at > ${now} and disabled = 0 and (expires_at is null or expires_at > ${now})
          and ${ownedAsRead}) as "notLive"`.execute(read);
  const { links, notLive } = rows[0] ?? { links: 0, notLive: 0 };
  return { links, live: links - notLive, visits: await sumVisits(read, ownerId, links) };
}

async function sumVisits(
  read: Database["read"],
  ownerId: number | undefined,
  links: number,
): Promise<number> {
  const { rows } = await (links > MANY ? sumRanks(ownerId) : sumTotals(ownerId)).execute(read);
  return rows[0]?.visits ?? 0;
}

const sumOfVisits = sumOfCounts(sql`visits`);

function sumRanks(ownerId: number | undefined) {
  const owned = ownedBy(ownerId);
  return sql<{ visits: number }>`select ${sumOfVisits} as visits
    from link_rank where visits > 0 and ${owned}`;
}

function sumTotals(ownerId: number | undefined) {
  return sql<{ visits: number }>`select ${sumOfVisits} as visits
    from link_search as s join link_total as t on t.link_id = s.link_id
    where ${ownedBy(ownerId)}`;
}

function ownedBy(
  ownerId: number | undefined,
  owner: RawBuilder<unknown> = sql`owner_id`,
): RawBuilder<boolean> {
  return ownerId === undefined ? sql`1 = 1` : sql`${owner} = ${ownerId}`;
}
