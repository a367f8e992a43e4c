import type { Load } from "./clients/load.ts";
import type { Cluster, ClusterOptions } from "./cluster.ts";

/** What a fault is given to do its work. */
export interface Ground {
  readonly cluster: Cluster;
  readonly load: Load;
  /** How long silence and stops last. */
  readonly seconds: number;
  /** Adds to the line of the fault. */
  note(what: string): void;
  /** Something that must not be. */
  fault(what: string): void;
}

/** One of the things that go wrong in a cluster; it ends when `run` returns. */
export interface Fault {
  readonly number: number;
  readonly name: string;
  /** No opening may fail while it lasts, since the database answers some node, or memory is proven. */
  readonly redirectsGoOn: boolean;
  /** What was acknowledged last may be lost; how much is measured. */
  readonly mayLose?: true;
  /** Those that need a cluster of their own. */
  readonly options?: ClusterOptions;
  run(ground: Ground): Promise<void>;
}
