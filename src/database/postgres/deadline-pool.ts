import { connect } from "node:net";
import type { PostgresCursor, PostgresPool, PostgresPoolClient, PostgresQueryResult } from "kysely";
import type pg from "pg";
import { databaseBusy } from "../database-errors.ts";

/** Most queries that wait for a connection of a pool: more could not be answered in time. */
const MAX_WAITING = 2000;

/** What a pool knows of its server. */
interface Watch {
  readonly isAway: boolean;
  noteAnswer(): void;
}

/**
 * A pool whose queries fail as busy after a deadline, and at once while the server is away. After the deadline, the
 * connection is closed: it may never answer.
 */
export class DeadlinePool implements PostgresPool {
  readonly #pool: pg.Pool;
  readonly #deadlineMs: number | null;
  readonly #watch: Watch;

  /** @param pool is closed by its owner, since others use it too */
  constructor(pool: pg.Pool, deadlineMs: number | null, watch: Watch) {
    this.#pool = pool;
    this.#deadlineMs = deadlineMs;
    this.#watch = watch;
  }

  get options(): object {
    return this.#pool.options;
  }

  /** @throws Problem `busy` when too many wait, or the server is away */
  async connect(): Promise<PostgresPoolClient> {
    if (this.#watch.isAway || this.#pool.waitingCount >= MAX_WAITING) throw databaseBusy();
    return new DeadlineClient(await this.#pool.connect(), this.#deadlineMs, this.#watch);
  }

  async end(): Promise<void> {}
}

class DeadlineClient {
  readonly #client: pg.PoolClient;
  readonly #deadlineMs: number | null;
  readonly #watch: Watch;
  #isLate = false;

  constructor(client: pg.PoolClient, deadlineMs: number | null, watch: Watch) {
    this.#client = client;
    this.#deadlineMs = deadlineMs;
    this.#watch = watch;
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
    const answer = this.#client.query(sql, [...parameters]);
    const result = await (this.#deadlineMs === null ? answer : this.#within(answer));
    this.#watch.noteAnswer();
    // Several statements in one message have several results.
    return (Array.isArray(result) ? result.at(-1) : result) as PostgresQueryResult<Row>;
  }

  /** @throws Problem `busy` after the deadline */
  async #within<Result>(answer: Promise<Result>): Promise<Result> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      this.#isLate = true;
      cancelQuery(this.#client);
      reject(databaseBusy());
    }, this.#deadlineMs ?? 0);
    try {
      return await Promise.race([answer, late]);
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
