import { type Kysely, sql } from "kysely";

/** Filters of the audit log, newest first; names are compared in any case. */
const auditFilters = {
  audit_event_time: sql`(at, id)`,
  audit_event_actor: sql`(actor_id, at, id)`,
  audit_event_owner: sql`(owner_id, at, id)`,
  audit_event_action: sql`(deed, at, id)`,
  audit_event_resource: sql`(thing, at, id)`,
  audit_event_address: sql`(address, at, id)`,
  audit_event_name: sql`(lower(actor), at, id)`,
  audit_event_acted_for: sql`(lower(acted_for), at, id) where acted_for <> ''`,
};

/** A username as it looks at a glance, and accounts with an imported password hash. */
const userLookups = {
  user_shape: sql`(replace(replace(lower(replace(replace(replace(
    username, 'l', 'i'), 'I', 'i'), '1', 'i')), '0', 'o'), '_', '-'))`,
  user_imported_hash: sql`(id) where substr(password_hash, 1, 7) = 'pbkdf2$'`,
};

/** Migration 0019: indexes for the filters of the audit log, for similar usernames and for imported passwords. */
export async function addLookups(db: Kysely<unknown>): Promise<void> {
  await db.schema.dropIndex("audit_event_actor").execute();
  await db.schema.dropIndex("audit_event_owner").execute();
  for (const [name, columns] of Object.entries(auditFilters))
    await sql`create index ${sql.ref(name)} on audit_event ${columns}`.execute(db);
  for (const [name, columns] of Object.entries(userLookups))
    await sql`create index ${sql.ref(name)} on "user" ${columns}`.execute(db);
}
