import { type Kysely, sql } from "kysely";

/** Former names of the periodic jobs, as they stood until 1.0.0-alpha.1, and their ids. */
const ids: readonly (readonly [former: string, id: string])[] = [
  ["count visits", "count-visits"],
  ["rank links by visits", "rank-links"],
  ["remove expired links", "delete-expired-links"],
  ["forget sent forms", "clean-idempotency-keys"],
  ["remove ended sessions", "delete-ended-sessions"],
  ["remove old visits", "delete-old-visits"],
  ["remove old audit events", "delete-old-audit-events"],
  ["remove released files", "delete-unused-files"],
  ["remove half uploads of the dead", "clean-partial-uploads"],
  ["back up everything", "back-up-site"],
  ["remove backups that were only looked at", "clean-restore-previews"],
  ["look for stray files", "find-orphaned-files"],
];

/** Migration 0012: names the leases of periodic jobs by ids instead of prose. */
export async function renameJobs(db: Kysely<unknown>): Promise<void> {
  for (const [former, id] of ids)
    await sql`update lease set name = ${id} where name = ${former}`.execute(db);
}
