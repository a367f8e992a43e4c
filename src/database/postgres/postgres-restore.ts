import { Kysely, sql } from "kysely";
import pg from "pg";
import { Problem } from "../../problem.ts";
import type { Logger } from "../../telemetry/log.ts";
import { explainFailure } from "../database-errors.ts";
import type { Schema } from "../schema.ts";
import { findPrimary } from "../servers/find-primary.ts";
import { refuseStandby } from "../servers/server-lineage.ts";
import { listServers } from "../servers/server-urls.ts";
import { type DatabaseRestore, otherKind } from "../snapshots/snapshot.ts";
import { text } from "../text.en.ts";
import { migratePostgres, UnlockedDialect } from "./migrate-postgres.ts";
import { loadSnapshot } from "./postgres-snapshot.ts";

/** What our servers call themselves there. */
const SERVERS = "trunk8";

/** @throws Problem `busy` while a server of ours is connected to the database */
export async function beginRestore(url: string, log: Logger): Promise<DatabaseRestore> {
  const db = connect(await findPrimary(listServers(url), refuseStandby), log);
  try {
    await requireUnused(db);
    await migratePostgres(db, log);
    return {
      isEmpty: await holdsNothing(db),
      run: async (folder, files) => {
        if (!files.includes("user.jsonl")) throw otherKind();
        await loadSnapshot(db, folder);
      },
      [Symbol.asyncDispose]: () => db.destroy(),
    };
  } catch (error) {
    await db.destroy();
    throw explainFailure(error);
  }
}

function connect(connectionString: string, log: Logger): Kysely<Schema> {
  const pool = new pg.Pool({ connectionString, max: 1, application_name: "trunk8-restore" });
  const note = (error: Error) => log.warn({ err: error }, "A database connection was lost.");
  pool.on("error", note);
  pool.on("connect", (client) => client.on("error", note));
  return new Kysely<Schema>({ dialect: new UnlockedDialect({ pool }) });
}

async function requireUnused(db: Kysely<Schema>): Promise<void> {
  const { rows } = await sql`select pid from pg_stat_activity
    where datname = current_database() and application_name = ${SERVERS} limit 1`.execute(db);
  if (rows.length === 0) return;
  throw new Problem("busy", text.databaseInUse);
}

/** An account for the administrator is made by every first start. */
async function holdsNothing(db: Kysely<Schema>): Promise<boolean> {
  const users = await db.selectFrom("user").select("id").limit(2).execute();
  return (
    users.length < 2 && (await db.selectFrom("link").select("id").executeTakeFirst()) === undefined
  );
}
