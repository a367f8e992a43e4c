import type { Database, SQLQueryBindings } from "bun:sqlite";
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import { explainFailure } from "../database-errors.ts";
import type { ThreadClient } from "./thread-client.ts";

/** Kysely's dialect over one connection: of a database thread, or of this thread. */
export function dialectOver(connection: DatabaseConnection): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new SavepointDriver(connection),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

/** Transactions are savepoints: the real ones are begun and committed by GroupCommit. */
class SavepointDriver implements Driver {
  readonly #connection: DatabaseConnection;

  constructor(connection: DatabaseConnection) {
    this.#connection = connection;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }

  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("SAVEPOINT turn"));
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("RELEASE turn"));
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw("ROLLBACK TO turn"));
    await connection.executeQuery(CompiledQuery.raw("RELEASE turn"));
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {}
}

/** Runs queries in a database thread. */
export class ThreadConnection implements DatabaseConnection {
  readonly #thread: ThreadClient;

  constructor(thread: ThreadClient) {
    this.#thread = thread;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    try {
      const { rows, changes, lastId } = await this.#thread.run(sql, parameters);
      return {
        rows: rows as Row[],
        numAffectedRows: BigInt(changes),
        insertId: BigInt(lastId),
      };
    } catch (error) {
      throw explainFailure(error);
    }
  }

  streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    return refuseStreaming();
  }
}

/** Runs queries synchronously on this thread: for single rows by index, which take microseconds. */
export class DirectConnection implements DatabaseConnection {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const values = parameters as SQLQueryBindings[];
    return { rows: explained(() => this.#db.query(sql).all(...values) as Row[]) };
  }

  first<Row>({ sql, parameters }: CompiledQuery): Row | undefined {
    const values = parameters as SQLQueryBindings[];
    return explained(() => this.#db.query(sql).get(...values) as Row | null) ?? undefined;
  }

  streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    return refuseStreaming();
  }
}

function explained<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw explainFailure(error);
  }
}

function refuseStreaming(): never {
  throw new Error("Rows are read in pages, not streamed.");
}
