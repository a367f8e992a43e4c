import { connect } from "node:net";
import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from "kysely";
import type pg from "pg";
import { databaseBusy } from "../database-errors.ts";

/** Most queries that wait for a connection of a pool: more could not be answered in time. */
const MAX_WAITING = 2000;

/** A pool whose queries fail as busy after a deadline. The connection is then closed: it may never answer. */
export class DeadlinePool implements PostgresPool {
  readonly #pool: pg.Pool;
  readonly #deadlineMs: number;

  /** @param pool is closed by its owner, since others use it too */
  constructor(pool: pg.Pool, deadlineMs: number) {
    this.#pool = pool;
    this.#deadlineMs = deadlineMs;
  }

  get options(): object {
    return this.#pool.options;
  }

  /** @throws Problem `busy` when too many wait */
  async connect(): Promise<PostgresPoolClient> {
    if (this.#pool.waitingCount >= MAX_WAITING) throw databaseBusy();
    return new DeadlineClient(await this.#pool.connect(), this.#deadlineMs);
  }

  async end(): Promise<void> {}
}

class DeadlineClient {
  readonly #client: pg.PoolClient;
  readonly #deadlineMs: number;
  #isLate = false;

  constructor(client: pg.PoolClient, deadlineMs: number) {
    this.#client = client;
    this.#deadlineMs = deadlineMs;
  }

  query<Row>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<Row>>;
  query<Row>(cursor: PostgresCursor<Row>): PostgresCursor<Row>;
  /** @throws Problem `busy` after the deadline, and for every later query */
  query<Row>(
    query: string | PostgresCursor<Row>,
    parameters: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<Row>> | PostgresCursor<Row> {
    if (typeof query !== "string") throw new Error("Rows are read in pages, not streamed.");
    return this.#run(query, parameters);
  }

  async #run<Row>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<Row>> {
    if (this.#isLate) throw databaseBusy();
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      this.#isLate = true;
      cancelQuery(this.#client);
      reject(databaseBusy());
    }, this.#deadlineMs);
    const answer = this.#client.query(sql, [...parameters]);
    try {
      return (await Promise.race([answer, late])) as PostgresQueryResult<Row>;
    } finally {
      clearTimeout(timer);
      // After the deadline, nothing waits for the answer.
      answer.catch(() => {});
    }
  }

  release(): void {
    this.#client.release(this.#isLate);
  }
}

/** What `pg` knows of its connection and its types do not. */
interface Backend {
  readonly processID?: unknown;
  readonly secretKey?: unknown;
}

/** CancelRequest of PostgreSQL's protocol: length, code, process and key. */
const CANCEL_BYTES = 16;
const CANCEL_CODE = 80_877_102;
const CANCEL_MS = 5000;

/** Asks the server to end what it does for this connection. Where that fails, only the connection is closed. */
function cancelQuery(client: pg.PoolClient): void {
  const { processID, secretKey }: Backend = client as Backend;
  if (typeof processID !== "number" || typeof secretKey !== "number") return;
  const request = Buffer.alloc(CANCEL_BYTES);
  request.writeInt32BE(CANCEL_BYTES, 0);
  request.writeInt32BE(CANCEL_CODE, 4);
  request.writeInt32BE(processID, 8);
  request.writeInt32BE(secretKey, 12);
  const { host, port } = client;
  const address = host.startsWith("/") ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
  const socket = connect(address, () => socket.end(request));
  socket.setTimeout(CANCEL_MS, () => socket.destroy());
  socket.on("error", () => socket.destroy());
}
