import type pg from "pg";
import { codeOf } from "../../os/system-error.ts";

/** Which server of which cluster answers. */
export interface ServerIdentity {
  readonly isPrimary: boolean;
  /** The number that the servers of one cluster share; "" where the server does not say it. */
  readonly system: string;
  /** Grows by one with each promotion; 0 where the server does not say it. */
  readonly timeline: number;
}

/** The timeline of a primary, by the name of the file that it writes its journal to; fails on a standby. */
export const JOURNAL_FILE = "pg_walfile_name(pg_current_wal_lsn())";

const IDENTITY = `select pg_is_in_recovery() as standby,
  (select system_identifier::text from pg_control_system()) as system,
  case when pg_is_in_recovery() then '' else ${JOURNAL_FILE} end as journal`;

/** Some hosted databases have no functions for their journal, or do not let everybody call them. */
const ROLE_ONLY = "select pg_is_in_recovery() as standby, '' as system, '' as journal";
const IS_NOT_OFFERED = /^(0A|42)/;

interface Row {
  readonly standby: boolean;
  readonly system: string;
  readonly journal: string;
}

/** Asks a server which one it is. */
export async function identify(client: pg.ClientBase): Promise<ServerIdentity> {
  const [row] = (await query(client)).rows;
  if (row === undefined) throw new Error("The server does not say which one it is.");
  return { isPrimary: !row.standby, system: row.system, timeline: timelineOf(row.journal) };
}

/** The timeline in the name of a file of the journal; 0 if there is none. */
export function timelineOf(journalFile: string): number {
  return journalFile === "" ? 0 : Number.parseInt(journalFile.slice(0, 8), 16);
}

async function query(client: pg.ClientBase): Promise<{ readonly rows: readonly Row[] }> {
  try {
    return await client.query<Row>(IDENTITY);
  } catch (error) {
    if (!IS_NOT_OFFERED.test(codeOf(error))) throw error;
    return await client.query<Row>(ROLE_ONLY);
  }
}
