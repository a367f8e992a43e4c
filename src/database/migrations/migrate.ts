import { type Kysely, sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { Problem } from "../../problem.ts";
import type { Dialect } from "../dialect.ts";
import { readMark, requireUsable, statementsOf } from "../move/move-mark.ts";
import { text } from "../text.en.ts";
import { addLinkRevision } from "./0011-link-revision.ts";
import { renameJobs } from "./0012-job-names.ts";
import { indexDocuments } from "./0014-documents.ts";
import { createSite } from "./0016-site.ts";
import { countPeopleOnly } from "./0017-visits-by-people.ts";
import { indexLinkKinds } from "./0019-link-kinds.ts";
import { addLookups } from "./0019-lookups.ts";
import { createVisitTables } from "./0020-visit-tables.ts";
import { createRestores } from "./0021-restores.ts";
import { keepVisitsByTime } from "./0025-visits-by-time.ts";
import { addSiteState } from "./0026-site-state.ts";
import { createNodes } from "./0027-nodes.ts";
import { addLinkOptions } from "./0028-link-options.ts";
import { addTrash } from "./0029-trash.ts";
import { addLinkGates } from "./0030-link-gates.ts";
import { createTags } from "./0031-tags.ts";
import { addLinkAliases } from "./0032-link-aliases.ts";
import { createLinkVersions } from "./0033-link-versions.ts";
import { createApiKeys } from "./0034-api-keys.ts";
import { createSentRequests } from "./0037-sent-requests.ts";
import { createUploads } from "./0039-uploads.ts";
import { createLinkFiles } from "./0040-link-files.ts";
import { createRemovedMetadata } from "./0041-removed-metadata.ts";
import { addVisitors } from "./0042-visitors.ts";
import { addSlices } from "./0043-visits-by-slices.ts";
import { addEmbedHosts } from "./0046-embed-hosts.ts";
import { indexOpenUploads } from "./0047-open-uploads.ts";
import { allowSideBySide } from "./0048-side-by-side.ts";
import { createListTables } from "./alpha/0002-lists.ts";
import { createOwnerHours } from "./alpha/0003-owner-hours.ts";
import { createBlobTables } from "./alpha/0004-blobs.ts";
import { addContents } from "./alpha/0005-contents.ts";
import { createRunTables } from "./alpha/0006-run.ts";
import { addPeople } from "./alpha/0007-people.ts";
import { addDeclared } from "./alpha/0008-declared.ts";
import { createSettings } from "./alpha/0009-settings.ts";
import { createSentForms } from "./alpha/0010-sent-forms.ts";
import { foldSearchText } from "./search/0018-search-text.ts";
import { groupSearchRows } from "./search/0024-search-groups.ts";
import { keepLinkCounts } from "./search/0024-search-sums.ts";

/** By name; they run in the order of their names. */
export type Migrations = Readonly<Record<string, Migration>>;

/** Appended to, never changed: a database in the field has run them as they stood. */
export function listMigrations(dialect: Dialect): Migrations {
  return {
    "0001_first": { up: (db) => createFirstTables(db, dialect) },
    "0002_lists": { up: (db) => createListTables(db, dialect) },
    "0003_owner_hours": { up: (db) => createOwnerHours(db, dialect) },
    "0004_blobs": { up: (db) => createBlobTables(db, dialect) },
    "0005_contents": { up: (db) => addContents(db, dialect) },
    "0006_run": { up: (db) => createRunTables(db, dialect) },
    "0007_people": { up: (db) => addPeople(db, dialect) },
    "0008_declared": { up: (db) => addDeclared(db, dialect) },
    "0009_settings": { up: createSettings },
    "0010_sent_forms": { up: (db) => createSentForms(db, dialect) },
    "0011_link_revision": { up: (db) => addLinkRevision(db, dialect) },
    "0012_job_names": { up: renameJobs },
    "0014_documents": { up: indexDocuments },
    "0016_site": { up: createSite },
    "0017_visits_by_people": { up: countPeopleOnly },
    "0018_search_text": { up: (db) => foldSearchText(db, dialect) },
    "0019_link_kinds": { up: indexLinkKinds },
    "0019_lookups": { up: addLookups },
    "0020_visit_tables": { up: (db) => createVisitTables(db, dialect) },
    "0021_restores": { up: (db) => createRestores(db, dialect) },
    "0024_search_groups": { up: (db) => groupSearchRows(db, dialect) },
    "0024_search_sums": { up: (db) => keepLinkCounts(db, dialect) },
    "0025_visits_by_time": { up: keepVisitsByTime },
    "0026_site_state": { up: (db) => addSiteState(db, dialect) },
    "0027_nodes": { up: (db) => createNodes(db, dialect) },
    "0028_link_options": { up: (db) => addLinkOptions(db, dialect) },
    "0029_trash": { up: (db) => addTrash(db, dialect) },
    "0030_link_gates": { up: (db) => addLinkGates(db, dialect) },
    "0031_tags": { up: (db) => createTags(db, dialect) },
    "0032_link_aliases": { up: (db) => addLinkAliases(db, dialect) },
    "0033_link_versions": { up: (db) => createLinkVersions(db, dialect) },
    "0034_api_keys": { up: (db) => createApiKeys(db, dialect) },
    "0037_sent_requests": { up: (db) => createSentRequests(db, dialect) },
    "0039_uploads": { up: (db) => createUploads(db, dialect) },
    "0040_link_files": { up: (db) => createLinkFiles(db, dialect) },
    "0041_removed_metadata": { up: (db) => createRemovedMetadata(db, dialect) },
    "0042_visitors": { up: (db) => addVisitors(db, dialect) },
    "0043_visits_by_slices": { up: (db) => addSlices(db, dialect) },
    "0046_embed_hosts": { up: addEmbedHosts },
    "0047_open_uploads": { up: indexOpenUploads },
    "0048_side_by_side": { up: allowSideBySide },
  };
}

export interface MigrationSteps<Tables> {
  readonly kind: Dialect["kind"];
  /** Called once before the first change to a database that holds data already. */
  copyBefore(migration: string): Promise<void>;
  /** Runs one migration in one transaction, while no other process runs one. */
  transact(job: (db: Kysely<Tables>) => Promise<void>): Promise<void>;
}

/**
 * Brings the schema up to date: of a database with data each migration in a transaction of its own, of an empty one all
 * in one, which takes less than half the time.
 * @throws Problem `internal` when the database is newer than this program, `conflict` when it was moved
 */
export async function migrate<Tables>(
  db: Kysely<Tables>,
  migrations: Migrations,
  { kind, copyBefore, transact }: MigrationSteps<Tables>,
): Promise<void> {
  const applied = await readApplied(db);
  refuseNewer(applied, migrations);
  const pending = Object.keys(migrations).filter((name) => !applied.includes(name));
  const mark = await readMark(statementsOf(db, kind));
  if (mark !== null) requireUsable(mark, pending.length === 0);
  if (pending[0] !== undefined && applied.length > 0) await copyBefore(pending[0]);
  const steps = applied.length > 0 ? pending : pending.slice(-1);
  for (const name of steps) await transact((inside) => migrateTo(inside, migrations, name));
}

/** Runs the migrations up to one, unless another node has run it since. */
async function migrateTo<Tables>(
  db: Kysely<Tables>,
  migrations: Migrations,
  name: string,
): Promise<void> {
  const applied = await readApplied(db);
  refuseNewer(applied, migrations);
  if (applied.includes(name)) return;
  const provider = { getMigrations: async () => ({ ...migrations }) };
  const { error } = await new Migrator({ db, provider }).migrateTo(name);
  if (error !== undefined) throw error;
}

async function readApplied<Tables>(db: Kysely<Tables>): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some((table) => table.name === "kysely_migration")) return [];
  const { rows } = await sql<{
    name: string;
  }>`select name from kysely_migration order by name`.execute(db);
  return rows.map((row) => row.name);
}

function refuseNewer(applied: readonly string[], migrations: Migrations): void {
  const unknown = applied.filter((name) => !Object.hasOwn(migrations, name));
  if (unknown.length === 0) return;
  throw new Problem("internal", text.newer(unknown.join(", ")));
}

async function createFirstTables(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  await createAccounts(db, dialect);
  await createLinks(db, dialect);
  await createVisits(db, dialect);
}

async function createAccounts(db: Kysely<unknown>, { types, identify }: Dialect): Promise<void> {
  await db.schema
    .createTable("user")
    .addColumn("id", types.identity, identify)
    .addColumn("username", "text", (column) => column.notNull())
    .addColumn("display_name", "text", (column) => column.notNull())
    .addColumn("role", "text", (column) => column.notNull())
    .addColumn("password_hash", "text")
    .addColumn("disabled", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("theme", "text")
    .addColumn("markdown_theme", "text")
    .addColumn("time_zone", "text")
    .addColumn("created_at", types.whole, (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex("user_username_any_case")
    .on("user")
    .expression(sql`lower(username)`)
    .unique()
    .execute();
  await db.schema
    .createTable("session")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("seal", "text", (column) => column.notNull())
    .addColumn("user_id", types.whole, (column) =>
      column.notNull().references("user.id").onDelete("cascade"),
    )
    .addColumn("remember", "integer", (column) => column.notNull())
    .addColumn("created_at", types.whole, (column) => column.notNull())
    .addColumn("last_seen_at", types.whole, (column) => column.notNull())
    .addColumn("expires_at", types.whole, (column) => column.notNull())
    .addColumn("device", "text", (column) => column.notNull())
    .execute();
  await db.schema.createIndex("session_user").on("session").column("user_id").execute();
  await db.schema.createIndex("session_expiry").on("session").column("expires_at").execute();
}

async function createLinks(db: Kysely<unknown>, { types, identify }: Dialect): Promise<void> {
  await db.schema
    .createTable("link")
    .addColumn("id", types.identity, identify)
    .addColumn("short_code", types.exactText, (column) => column.notNull().unique())
    .addColumn("owner_id", types.whole, (column) => column.notNull().references("user.id"))
    .addColumn("kind", "text", (column) => column.notNull())
    .addColumn("target", "text", (column) => column.notNull())
    .addColumn("title", "text", (column) => column.notNull())
    .addColumn("note", "text", (column) => column.notNull())
    .addColumn("redirect_status", "integer", (column) => column.notNull())
    .addColumn("expires_at", types.whole)
    .addColumn("disabled", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("created_at", types.whole, (column) => column.notNull())
    .addColumn("updated_at", types.whole, (column) => column.notNull())
    .execute();
  await db.schema.createIndex("link_owner").on("link").columns(["owner_id", "id"]).execute();
  await db.schema
    .createIndex("link_expiry")
    .on("link")
    .column("expires_at")
    .where(sql.ref("expires_at"), "is not", null)
    .execute();
  await db.schema
    .createTable("link_total")
    .addColumn("link_id", types.whole, (column) =>
      column.primaryKey().references("link.id").onDelete("cascade"),
    )
    .addColumn("visits", types.whole, (column) => column.notNull())
    .addColumn("last_visit_at", types.whole, (column) => column.notNull())
    .execute();
}

/** Visits name links without a foreign key: they outlive a deleted link, and ids are never used again. */
async function createVisits(
  db: Kysely<unknown>,
  { types, identify, storedByKey }: Dialect,
): Promise<void> {
  await db.schema
    .createTable("visitor")
    .addColumn("id", types.identity, identify)
    .addColumn("class", "text", (column) => column.notNull())
    .addColumn("referrer_host", "text", (column) => column.notNull())
    .addColumn("browser", "text", (column) => column.notNull())
    .addColumn("system", "text", (column) => column.notNull())
    .addUniqueConstraint("visitor_once", ["class", "referrer_host", "browser", "system"])
    .execute();
  await db.schema
    .createTable("visit")
    .addColumn("id", types.identity, identify)
    .addColumn("link_id", types.whole, (column) => column.notNull())
    .addColumn("at", types.whole, (column) => column.notNull())
    .addColumn("visitor_id", types.whole, (column) => column.notNull())
    .execute();
  await db.schema
    .createTable("visit_hour")
    .addColumn("link_id", types.whole, (column) => column.notNull())
    .addColumn("hour", types.whole, (column) => column.notNull())
    .addColumn("visitor_id", types.whole, (column) => column.notNull())
    .addColumn("visits", types.whole, (column) => column.notNull())
    .addPrimaryKeyConstraint("visit_hour_key", ["link_id", "hour", "visitor_id"])
    .modifyEnd(storedByKey)
    .execute();
}
