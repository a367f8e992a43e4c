/** A machine that runs Trunk8 on this database: see `Nodes`. Times are of the database's clock. */
export interface NodeTable {
  name: string;
  version: string;
  /** Where it listens, for people. */
  address: string;
  state: "ready" | "draining" | "gone";
  /** Of the process that writes the row: no two have the same one. */
  started_at: number;
  seen_at: number;
  /** How far its clock is ahead of the database's, in milliseconds. */
  clock_ms: number;
  /** How long changes of other nodes take to arrive there; null where that is not known. */
  changes_ms: number | null;
}
