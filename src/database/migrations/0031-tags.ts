import type { Kysely } from "kysely";
import type { Dialect } from "../dialect.ts";

/** Migration 0031: tags of an owner, by their folded names, and the links that have them. */
export async function createTags(
  db: Kysely<unknown>,
  { types, identify, storedByKey }: Dialect,
): Promise<void> {
  await db.schema
    .createTable("tag")
    .addColumn("id", types.identity, identify)
    .addColumn("owner_id", types.whole, (column) =>
      column.notNull().references("user.id").onDelete("cascade"),
    )
    .addColumn("folded", types.exactText, (column) => column.notNull())
    .addColumn("name", "text", (column) => column.notNull())
    .addUniqueConstraint("tag_once", ["owner_id", "folded"])
    .execute();
  await db.schema.createIndex("tag_folded").on("tag").column("folded").execute();
  await db.schema
    .createTable("link_tag")
    .addColumn("link_id", types.whole, (column) =>
      column.notNull().references("link.id").onDelete("cascade"),
    )
    .addColumn("tag_id", types.whole, (column) =>
      column.notNull().references("tag.id").onDelete("cascade"),
    )
    .addPrimaryKeyConstraint("link_tag_key", ["link_id", "tag_id"])
    .modifyEnd(storedByKey)
    .execute();
  await db.schema
    .createIndex("link_tag_links")
    .on("link_tag")
    .columns(["tag_id", "link_id"])
    .execute();
}
