import type { Kysely, Transaction } from "kysely";
import type { Schema } from "./schema.ts";

export type Trx = Transaction<Schema>;

/** Says that the link behind a short code changes with this transaction, so no process answers from memory. */
export type Touch = (shortCode: string) => void;

/** The open database: where to read, and the one way to write. */
export interface Database {
  /** Single rows by index, a few microseconds: on SQLite these run on the calling thread. */
  readonly lookup: Kysely<Schema>;
  /** Reads that can be long (lists, search, statistics): never on the serving thread. */
  readonly read: Kysely<Schema>;
  /**
   * Runs `work` in one write transaction; resolves when it is durable.
   * @throws Problem `busy` when the database is locked or away, `storage_full` when the disk is
   */
  write<T>(work: (trx: Trx, touch: Touch) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
