import { type Kysely, sql } from "kysely";
import type { Dialect } from "../../dialect.ts";

/** The owner of the sums of all links. */
const ALL = 0;

const statements = [
  `create table link_count (owner_id integer not null, kind text not null, links integer not null,
    primary key (owner_id, kind)) without rowid`,
  `insert into link_count select owner_id, kind, count(*) from link_search group by owner_id, kind`,
  `insert into link_count select ${ALL}, kind, count(*) from link_search group by kind`,
  `create trigger link_count_insert after insert on link_search begin
    ${add("new.owner_id")}
    ${add(ALL)}
  end`,
  `create trigger link_count_delete after delete on link_search begin
    ${take("old.owner_id")}
    ${take(ALL)}
  end`,
  `create trigger link_count_update after update of owner_id, kind on link_search
    when old.owner_id <> new.owner_id or old.kind <> new.kind begin
    ${take("old.owner_id")}
    ${take(ALL)}
    ${add("new.owner_id")}
    ${add(ALL)}
  end`,
];

/**
 * Migration 0024: SQLite keeps the number of links of each owner, and of all, by kind. On PostgreSQL, which has many
 * writers, those of one owner would wait for each other.
 */
export async function keepLinkCounts(db: Kysely<unknown>, { kind }: Dialect): Promise<void> {
  if (kind !== "sqlite") return;
  for (const statement of statements) await sql.raw(statement).execute(db);
}

function add(owner: string | number): string {
  return `insert into link_count (owner_id, kind, links) values (${owner}, new.kind, 1)
    on conflict (owner_id, kind) do update set links = links + 1;`;
}

function take(owner: string | number): string {
  return `update link_count set links = links - 1 where owner_id = ${owner} and kind = old.kind;`;
}
