import { Kysely, type PostgresDialectConfig } from "kysely";
import pg from "pg";
import { Problem } from "../../problem.ts";
import type { Logger } from "../../telemetry/log.ts";
import type { Schema } from "../schema.ts";
import { PrimaryWatch } from "../servers/primary-watch.ts";
import { identify } from "../servers/server-identity.ts";
import type { ServerLineage } from "../servers/server-lineage.ts";
import { disconnect, LONG_LIVED } from "../servers/server-probe.ts";
import { DeadlinePool } from "./deadline-pool.ts";
import { UnlockedDialect } from "./migrate-postgres.ts";
import { ExplainingDriver } from "./postgres-driver.ts";

/** How long to wait for a connection. */
const WAIT_MS = 5000;

/** How long to wait at the end for a server to close its connections. */
const CLOSE_MS = 2000;

const INT8 = 20;

/** Connections for reads that can take seconds, apart from those for everything else. */
const SCAN_POOL_SIZE = 2;

/** For the notifications of a process to itself, which must not wait until others release their connections. */
const BEAT_POOL_SIZE = 1;

type PoolName = "all" | "scan" | "beat";

export interface PoolsParts {
  /** One for each server. */
  readonly urls: readonly string[];
  readonly poolSize: number;
  readonly lineage: ServerLineage;
  readonly log: Logger;
  /** Called every few seconds while no server can be used, and once when one can be used again. */
  readonly noteAway: (isAway: boolean) => void;
}

/** Pools of connections to the primary. When another server becomes that, or none answers, their connections are closed. */
export class PrimaryPools {
  readonly watch: PrimaryWatch;
  readonly #parts: PoolsParts;
  readonly #connections = new Set<pg.Client>();
  readonly #pools: Readonly<Record<PoolName, pg.Pool>>;

  constructor(parts: PoolsParts) {
    this.#parts = parts;
    this.watch = new PrimaryWatch({
      urls: parts.urls,
      lineage: parts.lineage,
      log: parts.log,
      disconnectAll: () => this.#disconnectAll(),
      note: parts.noteAway,
    });
    this.#pools = {
      all: this.#makePool(parts.poolSize),
      scan: this.#makePool(SCAN_POOL_SIZE),
      beat: this.#makePool(BEAT_POOL_SIZE),
    };
  }

  /** Queries through one of the pools, each with a deadline in milliseconds; null: none. */
  over(name: PoolName, deadlineMs: number | null): Kysely<Schema> {
    const pool = new DeadlinePool(this.#pools[name], deadlineMs, this.watch);
    return new Kysely<Schema>({ dialect: new GuardedDialect({ pool }, this.#parts.lineage) });
  }

  async close(): Promise<void> {
    this.watch.close();
    const timer = setTimeout(() => this.#disconnectAll(), CLOSE_MS);
    await Promise.all(Object.values(this.#pools).map((pool) => pool.end()));
    clearTimeout(timer);
  }

  #makePool(max: number): pg.Pool {
    const types = {
      getTypeParser: (oid: number, format?: "text" | "binary") =>
        oid === INT8 ? Number : pg.types.getTypeParser(oid, format),
    };
    const pool = new pg.Pool({
      ...LONG_LIVED,
      max,
      connectionTimeoutMillis: WAIT_MS,
      application_name: "trunk8",
      types: types as pg.CustomTypesConfig,
      Client: clientOf(this.watch, this.#connections),
      onConnect: (client) => this.#verify(client),
    });
    const note = (error: Error) =>
      this.#parts.log.warn({ err: error }, "A database connection was lost.");
    pool.on("error", note);
    pool.on("connect", (client) => client.on("error", note));
    return pool;
  }

  /** @throws Problem `busy` on a server that must not be used */
  async #verify(client: pg.ClientBase): Promise<void> {
    const refusal = this.#parts.lineage.refusalOf(await identify(client));
    if (refusal !== null) throw new Problem("busy", refusal, { retryAfterSeconds: 2 });
  }

  #disconnectAll(): void {
    for (const client of [...this.#connections]) disconnect(client);
  }
}

/** Connections to the server that is the primary when they are made. */
function clientOf(watch: PrimaryWatch, all: Set<pg.Client>): new () => pg.Client {
  return class extends pg.Client {
    constructor(config?: pg.ClientConfig) {
      super({ ...config, connectionString: watch.url });
      all.add(this);
      this.once("end", () => all.delete(this));
    }
  };
}

class GuardedDialect extends UnlockedDialect {
  readonly #lineage: ServerLineage;

  constructor(config: PostgresDialectConfig, lineage: ServerLineage) {
    super(config);
    this.#lineage = lineage;
  }

  override createDriver(): ExplainingDriver {
    return new ExplainingDriver(super.createDriver(), this.#lineage);
  }
}
