import { sql } from "kysely";
import type { Fault } from "../fault.ts";
import type { Database } from "./database.ts";

/** What is broken in the database itself, by its own checks. */
export async function* findDatabaseFaults(
  { read, dialect }: Database,
  isDeep: boolean,
): AsyncGenerator<Fault> {
  for (const damage of await dialect.findDamage(read, isDeep))
    yield { what: `The database is damaged: ${damage}.`, remedy: BRING_BACK };
}

/** What helps a database that is damaged or cannot be opened. */
export const BRING_BACK = "Stop Trunk8, then: trunk8 restore FILE --replace (see docs/backup.md)";

/** How many milliseconds the database's clock is ahead of this machine's. */
export async function measureClockLead(
  { lookup, dialect }: Database,
  clock: () => number,
): Promise<number> {
  const before = clock();
  const { rows } = await sql<{ now: number }>`select ${dialect.now} as now`.execute(lookup);
  const middle = (before + clock()) / 2;
  return (rows[0]?.now ?? middle) - middle;
}
