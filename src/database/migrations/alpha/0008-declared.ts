import { type Kysely, sql } from "kysely";
import type { Dialect } from "../../dialect.ts";

/** Migration 0008: links that a file declares, and what is wrong with that file. */
export async function addDeclared(db: Kysely<unknown>, { types }: Dialect): Promise<void> {
  await db.schema
    .alterTable("link")
    .addColumn("declared", "integer", (column) => column.notNull().defaultTo(0))
    .execute();
  await db.schema
    .createIndex("link_declared")
    .on("link")
    .column("owner_id")
    .where(sql<boolean>`declared = 1`)
    .execute();
  await db.schema
    .createTable("declaration")
    .addColumn("owner_id", types.whole, (column) =>
      column.primaryKey().references("user.id").onDelete("cascade"),
    )
    .addColumn("fault", "text", (column) => column.notNull())
    .addColumn("waiting", "integer", (column) => column.notNull())
    .execute();
}
