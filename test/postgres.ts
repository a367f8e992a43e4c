import { afterAll } from "bun:test";
import { leaveOut } from "./left-out.ts";
import {
  hasPostgres,
  type PostgresServer,
  runStatement,
  startPostgres,
} from "./postgres-server.ts";

/*
 * One PostgreSQL for the whole run: the server named by TRUNK8_TEST_POSTGRES (the URL of a superuser), or our own,
 * started by the first test that needs it. bunfig.toml preloads this file, so the `afterAll` below runs at the end of
 * the run and not of one test file.
 */

export interface Postgres {
  freshDatabase(): Promise<FreshDatabase>;
  /** One without rows, whose schema is up to date. */
  migratedDatabase(): Promise<FreshDatabase>;
}

export interface FreshDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

const given = process.env.TRUNK8_TEST_POSTGRES ?? "";

/** Whether tests on PostgreSQL can run on this machine. */
export const postgresIsAvailable: boolean = given !== "" || hasPostgres;

if (!postgresIsAvailable) {
  leaveOut("PostgreSQL", `npm has no PostgreSQL for ${process.platform} ${process.arch}`);
}

let server: Promise<PostgresServer> | undefined;
let template: Promise<NamedDatabase> | undefined;
let databasesMade = 0;

/** The PostgreSQL of this run, started by the first call. */
export async function openPostgres(): Promise<Postgres> {
  server ??= given === "" ? startPostgres() : Promise.resolve({ url: given, stop: async () => {} });
  const { url } = await server;
  return {
    freshDatabase: () => makeDatabase(url, "template1"),
    migratedDatabase: async () => {
      template ??= makeTemplate(url);
      return await makeDatabase(url, (await template).name);
    },
  };
}

afterAll(async () => {
  await (await template)?.drop();
  await (await server)?.stop();
});

interface NamedDatabase extends FreshDatabase {
  readonly name: string;
}

/** Migrates one database, of which others are copies. */
async function makeTemplate(serverUrl: string): Promise<NamedDatabase> {
  const database = await makeDatabase(serverUrl, "template1");
  // Every process of tests loads this file, and few need the program.
  const { migratePostgres } = await import("./migrated/migrated-database.ts");
  await migratePostgres(database.url);
  // PostgreSQL copies no database that has a session, also of one that is about to end.
  await runStatement(
    serverUrl,
    `ALTER DATABASE ${database.name} ALLOW_CONNECTIONS false;
     SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '${database.name}'`,
  );
  return database;
}

async function makeDatabase(serverUrl: string, template: string): Promise<NamedDatabase> {
  const name = `trunk8_test_${process.pid}_${databasesMade++}`;
  await runStatement(serverUrl, `CREATE DATABASE ${name} TEMPLATE ${template}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    name,
    url: url.href,
    drop: () => runStatement(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}
