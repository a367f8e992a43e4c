import { type Kysely, PostgresAdapter, PostgresDialect, sql } from "kysely";
import { codeOf } from "../../os/system-error.ts";
import { Problem } from "../../problem.ts";
import type { Logger } from "../../telemetry/log.ts";
import { postgresDialect } from "../dialect.ts";
import { listMigrations, type Migrations, migrate } from "../migrations/migrate.ts";
import { text } from "../text.en.ts";
import { LOCK_WAIT_MS } from "./postgres-driver.ts";

/** The number of Kysely's own lock, which earlier versions of Trunk8 take. */
const LOCK_ID = sql.lit(3853314791062309107n);

/** How often, and how far apart, a migration is tried whose tables others use. */
const MAX_TRIES = 20;
const RETRY_MS = 3000;

const LOCK_NOT_AVAILABLE = "55P03";

/** Kysely's own lock for migrations belongs to a session, which PgBouncer does not keep. */
class UnlockedAdapter extends PostgresAdapter {
  override async acquireMigrationLock(): Promise<void> {}

  override async releaseMigrationLock(): Promise<void> {}
}

/** Kysely's PostgreSQL, on which `migratePostgres` locks. */
export class UnlockedDialect extends PostgresDialect {
  override createAdapter(): PostgresAdapter {
    return new UnlockedAdapter();
  }
}

/**
 * Brings the schema up to date. Of several nodes that start at once, one does and the others wait for it; nodes that
 * serve go on.
 */
export function migratePostgres<Tables>(
  db: Kysely<Tables>,
  log: Logger,
  migrations: Migrations = listMigrations(postgresDialect),
): Promise<void> {
  let isSaid = false;
  // Two nodes take turns at the migrations: one line is enough.
  const onElsewhere = () => {
    if (!isSaid) log.info(text.migrationElsewhere);
    isSaid = true;
  };
  return migrate(db, migrations, {
    kind: "postgres",
    copyBefore: async () => {},
    transact: (job) =>
      transact(db, log, async (trx) => {
        await lock(trx, onElsewhere);
        await job(trx);
      }),
  });
}

/** Runs one migration; its lock ends with its transaction. While others use its tables, it waits between its tries. */
async function transact<Tables>(
  db: Kysely<Tables>,
  log: Logger,
  job: (trx: Kysely<Tables>) => Promise<void>,
): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await db.transaction().execute(job);
    } catch (error) {
      if (tries === MAX_TRIES || !isLockTimeout(error)) throw error;
      log.warn({ err: error }, text.migrationBlocked);
      await Bun.sleep(RETRY_MS * (0.5 + Math.random()));
    }
  }
}

async function lock<Tables>(trx: Kysely<Tables>, onElsewhere: () => void): Promise<void> {
  const { rows } = await sql<{ locked: boolean }>`
    select pg_try_advisory_xact_lock(${LOCK_ID}) as locked`.execute(trx);
  if (rows[0]?.locked !== true) {
    onElsewhere();
    await sql`select set_config('lock_timeout', '0', true)`.execute(trx);
    await sql`select pg_advisory_xact_lock(${LOCK_ID})`.execute(trx);
  }
  await sql`select set_config('lock_timeout', ${String(LOCK_WAIT_MS)}, true)`.execute(trx);
}

function isLockTimeout(error: unknown): boolean {
  return codeOf(error instanceof Problem ? error.cause : error) === LOCK_NOT_AVAILABLE;
}
