import { type Kysely, sql } from "kysely";
import type { Dialect } from "../dialect.ts";

/**
 * Migration 0032: further short codes of a link. `link.aliases` has them beside the link, `link_alias` finds the link by
 * one. Inserting a link whose short code is an alias leaves it out, as a short code that another link has does.
 */
export async function addLinkAliases(
  db: Kysely<unknown>,
  { kind, types, storedByKey }: Dialect,
): Promise<void> {
  await db.schema
    .alterTable("link")
    .addColumn("aliases", "text", (column) => column.notNull().defaultTo(""))
    .execute();
  await db.schema
    .createTable("link_alias")
    .addColumn("short_code", types.exactText, (column) => column.primaryKey().notNull())
    .addColumn("link_id", types.whole, (column) =>
      column.notNull().references("link.id").onDelete("cascade"),
    )
    .modifyEnd(storedByKey)
    .execute();
  await db.schema.createIndex("link_alias_link").on("link_alias").column("link_id").execute();
  const statements = kind === "sqlite" ? sqliteStatements : postgresStatements;
  for (const statement of statements) await sql.raw(statement).execute(db);
}

const sqliteStatements = [
  `create trigger link_code_free before insert on link
    when exists (select 1 from link_alias where short_code = new.short_code) begin
      select raise(ignore);
    end`,
];

/** Where links are inserted at the same time as aliases, one waits for the other: see `Dialect.holdCodes`. */
const postgresStatements = [
  `create function link_code_free() returns trigger language plpgsql as $$
    begin
      perform pg_advisory_xact_lock_shared(8, 32);
      if exists (select 1 from link_alias where short_code = new.short_code) then
        return null;
      end if;
      return new;
    end $$`,
  `create trigger link_code_free before insert on link
    for each row execute function link_code_free()`,
];
