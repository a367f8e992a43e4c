import type {
  KyselyPlugin,
  PluginTransformQueryArgs,
  PluginTransformResultArgs,
  QueryResult,
  RootOperationNode,
  UnknownRow,
} from "kysely";
import { Problem } from "../problem.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import { currentTrace } from "../telemetry/trace.ts";
import type { Database } from "./database.ts";

/** Hears how long the database took for something, in milliseconds, waiting included. */
export type NoteDuration = (operation: "lookup" | "read" | "write", ms: number) => void;

/** Counts durations, and adds them to the trace of the request. */
export function noteDurations(metrics: Pick<Metrics, "countDatabase">): NoteDuration {
  return (operation, ms) => {
    metrics.countDatabase(operation, ms / 1000);
    currentTrace()?.add("database", ms);
  };
}

/**
 * The same database, of which `note` hears each query and each write, and `health` the outcome of each write. Compiled
 * lookups take microseconds and are left out.
 */
export function timeDatabase(
  database: Database,
  note: NoteDuration,
  health: WriteHealth,
): Database {
  const noting = async <Result>(write: () => Promise<Result>): Promise<Result> => {
    const before = performance.now();
    try {
      const result = await write();
      health.note(null);
      return result;
    } catch (thrown) {
      health.note(thrown);
      throw thrown;
    } finally {
      note("write", performance.now() - before);
    }
  };
  return {
    ...database,
    lookup: database.lookup.withPlugin(new QueryTimer((ms) => note("lookup", ms))),
    read: database.read.withPlugin(new QueryTimer((ms) => note("read", ms))),
    scan: database.scan.withPlugin(new QueryTimer((ms) => note("read", ms))),
    readTogether: async (by, queries) => {
      const before = performance.now();
      const rows = await database.readTogether(by, queries);
      note("read", performance.now() - before);
      return rows;
    },
    write: (work) => noting(() => database.write(work)),
    writeTogether: (statements, codes) => noting(() => database.writeTogether(statements, codes)),
  };
}

/** Whether the database accepted the last write of this process: known without a write of its own. */
export class WriteHealth {
  #fault: Problem | null = null;

  /** @param thrown why a write failed; null: it did not */
  note(thrown: unknown): void {
    if (thrown === null) this.#fault = null;
    else if (thrown instanceof Problem && ["busy", "storage_full"].includes(thrown.code))
      this.#fault = thrown;
  }

  /** @throws Problem `busy` or `storage_full` */
  check(): void {
    if (this.#fault !== null) throw this.#fault;
  }
}

class QueryTimer implements KyselyPlugin {
  readonly #note: (ms: number) => void;
  readonly #began = new WeakMap<object, number>();

  constructor(note: (ms: number) => void) {
    this.#note = note;
  }

  transformQuery({ node, queryId }: PluginTransformQueryArgs): RootOperationNode {
    this.#began.set(queryId, performance.now());
    return node;
  }

  async transformResult({
    result,
    queryId,
  }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    const before = this.#began.get(queryId);
    if (before !== undefined) this.#note(performance.now() - before);
    return result;
  }
}
