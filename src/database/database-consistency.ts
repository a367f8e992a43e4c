import { sql } from "kysely";
import type { Fault } from "../fault.ts";
import type { Database } from "./database.ts";
import { text } from "./text.en.ts";

/** Finds damage of the database by its own checks. */
export async function* findDatabaseFaults(
  { inspect, dialect }: Database,
  isDeep: boolean,
): AsyncGenerator<Fault> {
  for (const damage of await dialect.findDamage(inspect, isDeep))
    yield { what: text.damaged(damage), remedy: text.restoreRemedy };
}

/** Reads one row by its index: fails while the database is away. */
export async function checkDatabase({ lookup }: Database): Promise<void> {
  await lookup.selectFrom("site").select("id").where("one", "=", 1).executeTakeFirst();
}

/** Returns the time of the database's clock, in milliseconds since 1970 UTC. */
export async function readDatabaseTime({
  lookup,
  dialect,
}: Pick<Database, "lookup" | "dialect">): Promise<number> {
  const { rows } = await sql<{ now: number }>`select ${dialect.now} as now`.execute(lookup);
  const [row] = rows;
  if (row === undefined) throw new Error("The database returned no time.");
  return row.now;
}

/** Measures how many milliseconds the database's clock is ahead of this machine's. */
export async function measureClockLead(database: Database, clock: () => number): Promise<number> {
  const before = clock();
  const now = await readDatabaseTime(database);
  const after = clock();
  // It was read at some moment in between: the answer may have waited for a thread or a connection.
  return now - Math.min(Math.max(now, before), after);
}
