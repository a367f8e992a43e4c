import { type Kysely, sql } from "kysely";
import type { Dialect } from "../../dialect.ts";

/** Migration 0007: one-time passwords, time of the last request, impersonation, and the audit log. */
export async function addPeople(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  await addToUsers(db, dialect);
  await addToSessions(db, dialect);
  await createAudit(db, dialect);
}

async function addToUsers(db: Kysely<unknown>, { types }: Dialect): Promise<void> {
  await db.schema
    .alterTable("user")
    .addColumn("must_change_password", "integer", (column) => column.notNull().defaultTo(0))
    .execute();
  await db.schema.alterTable("user").addColumn("last_seen_at", types.whole).execute();
  await sql`update "user" set last_seen_at =
    (select max(last_seen_at) from session where user_id = "user".id)`.execute(db);
}

async function addToSessions(db: Kysely<unknown>, { types }: Dialect): Promise<void> {
  await db.schema
    .alterTable("session")
    .addColumn("acting_for", types.whole, (column) =>
      column.references("user.id").onDelete("set null"),
    )
    .execute();
  await db.schema
    .createIndex("session_acting_for")
    .on("session")
    .column("acting_for")
    .where(sql.ref("acting_for"), "is not", null)
    .execute();
}

/** Events name people without foreign keys: they outlive them, and ids are never used again. */
async function createAudit(db: Kysely<unknown>, { types, identify }: Dialect): Promise<void> {
  await db.schema
    .createTable("audit_event")
    .addColumn("id", types.identity, identify)
    .addColumn("at", types.whole, (column) => column.notNull())
    .addColumn("actor_id", types.whole)
    .addColumn("actor", "text", (column) => column.notNull())
    .addColumn("acted_for", "text", (column) => column.notNull())
    .addColumn("owner_id", types.whole)
    .addColumn("address", "text", (column) => column.notNull())
    .addColumn("deed", "text", (column) => column.notNull())
    .addColumn("thing", "text", (column) => column.notNull())
    .addColumn("details", "text", (column) => column.notNull())
    .execute();
  const onEvents = (name: string) => db.schema.createIndex(name).on("audit_event");
  await onEvents("audit_event_actor").columns(["actor_id", "id"]).execute();
  await onEvents("audit_event_owner").columns(["owner_id", "id"]).execute();
}
