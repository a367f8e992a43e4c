import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  type QueryResult,
  type TransactionSettings,
} from "kysely";
import { databaseBusy, explained } from "../database-errors.ts";
import { JOURNAL_FILE, timelineOf } from "../servers/server-identity.ts";
import type { ServerLineage } from "../servers/server-lineage.ts";

/** How long a statement waits for the lock of another transaction. */
export const LOCK_WAIT_MS = 5000;

/** How long a transaction may wait for its process: longer ones are of processes that were paused, and hold locks. */
const IDLE_MS = 10_000;

const BEGIN = `begin; set local lock_timeout = ${LOCK_WAIT_MS};
  set local idle_in_transaction_session_timeout = ${IDLE_MS}`;
const BEGIN_ANYWHERE = CompiledQuery.raw(BEGIN);
const BEGIN_AT = CompiledQuery.raw(`${BEGIN}; select ${JOURNAL_FILE} as journal`);
const ROLLBACK = CompiledQuery.raw("rollback");

/** Kysely's driver, which reports a lost or busy server as a Problem. */
export class ExplainingDriver implements Driver {
  readonly #inner: Driver;
  readonly #lineage: ServerLineage;
  readonly #connections = new WeakMap<DatabaseConnection, DatabaseConnection>();

  constructor(inner: Driver, lineage: ServerLineage) {
    this.#inner = inner;
    this.#lineage = lineage;
  }

  init(): Promise<void> {
    return this.#inner.init();
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const inner = await explained(this.#inner.acquireConnection());
    const outer = new ExplainingConnection(inner);
    this.#connections.set(outer, inner);
    return outer;
  }

  /**
   * In one message with the timeout for locks, which PgBouncer refuses as a parameter of the connection, and with the
   * question on which server this is: behind PgBouncer, that can be another for each transaction.
   * @throws Problem `busy` also on a server that a standby has replaced
   */
  async beginTransaction(
    connection: DatabaseConnection,
    settings: TransactionSettings,
  ): Promise<void> {
    const inner = this.#innerOf(connection);
    if (settings.isolationLevel !== undefined || settings.accessMode !== undefined)
      return await explained(this.#inner.beginTransaction(inner, settings));
    await explained(this.#begin(inner));
  }

  async #begin(inner: DatabaseConnection): Promise<void> {
    if (this.#lineage.timeline === 0) await inner.executeQuery(BEGIN_ANYWHERE);
    else await this.#beginAt(inner);
  }

  async #beginAt(inner: DatabaseConnection): Promise<void> {
    try {
      const { rows } = await inner.executeQuery<{ journal: string }>(BEGIN_AT);
      if (!this.#lineage.admit(timelineOf(rows[0]?.journal ?? ""))) throw databaseBusy();
    } catch (error) {
      await inner.executeQuery(ROLLBACK).catch(() => {}); // where the connection is lost, so is the transaction
      throw error;
    }
  }

  commitTransaction(connection: DatabaseConnection): Promise<void> {
    return explained(this.#inner.commitTransaction(this.#innerOf(connection)));
  }

  rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    return explained(this.#inner.rollbackTransaction(this.#innerOf(connection)));
  }

  releaseConnection(connection: DatabaseConnection): Promise<void> {
    return this.#inner.releaseConnection(this.#innerOf(connection));
  }

  destroy(): Promise<void> {
    return this.#inner.destroy();
  }

  #innerOf(connection: DatabaseConnection): DatabaseConnection {
    return this.#connections.get(connection) ?? connection;
  }
}

class ExplainingConnection implements DatabaseConnection {
  readonly #inner: DatabaseConnection;

  constructor(inner: DatabaseConnection) {
    this.#inner = inner;
  }

  executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    return explained(this.#inner.executeQuery<Row>(query));
  }

  streamQuery<Row>(
    query: CompiledQuery,
    chunkSize: number,
  ): AsyncIterableIterator<QueryResult<Row>> {
    return this.#inner.streamQuery<Row>(query, chunkSize);
  }
}
