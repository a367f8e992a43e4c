import type { Database, SQLQueryBindings } from "bun:sqlite";
import {
  type BinaryOperationNode,
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  PrimitiveValueListNode,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import { explained, explainFailure } from "../database-errors.ts";
import type { ThreadClient } from "./thread-client.ts";

/** Kysely's dialect over a connection for transactions, which follow one another. */
export function writingDialect(connection: DatabaseConnection): Dialect {
  return dialectOver(connection, new SqliteAdapter());
}

/** Kysely's dialect over a connection that only reads: queries need not wait for one another. */
export function readingDialect(connection: DatabaseConnection): Dialect {
  return dialectOver(connection, new ReadingAdapter());
}

class ReadingAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

function dialectOver(connection: DatabaseConnection, adapter: SqliteAdapter): Dialect {
  return {
    createAdapter: () => adapter,
    createDriver: () => new SavepointDriver(connection),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new StableTextCompiler(),
  };
}

/** Shorter lists keep a text for each length. */
const SHORT_LIST = 4;

/**
 * Passes a list of values as one parameter, so that a statement has one text however long the list is: statements are
 * kept prepared by their text.
 */
class StableTextCompiler extends SqliteQueryCompiler {
  protected override visitBinaryOperation(node: BinaryOperationNode): void {
    const { leftOperand, operator, rightOperand } = node;
    const isShort = !(
      PrimitiveValueListNode.is(rightOperand) &&
      rightOperand.values.length > SHORT_LIST &&
      rightOperand.values.every(isJsonValue)
    );
    if (isShort) {
      super.visitBinaryOperation(node);
      return;
    }
    this.visitNode(leftOperand);
    this.append(" ");
    this.visitNode(operator);
    this.append(" (select value from json_each(");
    this.appendValue(JSON.stringify(rightOperand.values));
    this.append("))");
  }
}

/** Whether SQLite reads the very value from JSON. */
function isJsonValue(value: unknown): boolean {
  return Number.isSafeInteger(value) || (typeof value === "string" && value.isWellFormed());
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

/** Runs queries in a database thread, or in the next free one of a pool. */
export class ThreadConnection implements DatabaseConnection {
  readonly #thread: Pick<ThreadClient, "run">;

  constructor(thread: Pick<ThreadClient, "run">) {
    this.#thread = thread;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const { rows, changes, lastId } = await explained(this.#thread.run(sql, parameters));
    return { rows: rows as Row[], numAffectedRows: BigInt(changes), insertId: BigInt(lastId) };
  }

  streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    return refuseStreaming();
  }
}

/** Runs queries synchronously on this thread: for a few rows by index, which take microseconds. */
export class DirectConnection implements DatabaseConnection {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<QueryResult<Row>> {
    const values = parameters as SQLQueryBindings[];
    return { rows: explainedNow(() => this.#db.query(sql).all(...values) as Row[]) };
  }

  first<Row>({ sql, parameters }: CompiledQuery): Row | undefined {
    const values = parameters as SQLQueryBindings[];
    return explainedNow(() => this.#db.query(sql).get(...values) as Row | null) ?? undefined;
  }

  streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    return refuseStreaming();
  }
}

function explainedNow<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw explainFailure(error);
  }
}

function refuseStreaming(): never {
  throw new Error("Rows are read in pages, not streamed.");
}
