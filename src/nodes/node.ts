import { hostname } from "node:os";
import { join } from "node:path";
import type { Settings } from "../config/settings.ts";
import { parseListen } from "../config/values/listen-address.ts";

/** A machine that runs Trunk8, as it was last heard of. Times are of the database's clock. */
export interface Node {
  readonly name: string;
  readonly version: string;
  readonly address: string;
  readonly state: NodeState;
  readonly startedAt: number;
  readonly seenAt: number;
  /** How far its clock is ahead of the database's, in milliseconds. */
  readonly clockMs: number;
  /** How long changes of other nodes take to arrive there; null where that is not known, or where it is the only one. */
  readonly changesMs: number | null;
}

/** `draining`: stopping, and still answering. `gone`: stopped. `away`: not heard of, without having stopped. */
export type NodeState = "ready" | "draining" | "gone" | "away";

/** Name of this machine among the nodes. */
export function nodeNameOf(settings: Pick<Settings, "server.node_name">): string {
  return settings["server.node_name"] || hostname();
}

/** Locked by the process of this machine that runs the periodic jobs and keeps the row of the node. */
export function jobsLock(runFolder: string): string {
  return join(runFolder, "jobs");
}

const WILDCARDS: readonly string[] = ["0.0.0.0", "::"];

/** Where this machine listens, for people: with the host name in place of a wildcard. */
export function nodeAddressOf(settings: Pick<Settings, "server.listen">): string {
  const listen = settings["server.listen"];
  const address = parseListen(listen);
  const isWildcard = "hostname" in address && WILDCARDS.includes(address.hostname);
  return isWildcard ? `${hostname()}:${address.port}` : listen;
}

/** Where a clock differs by more from the database's, one of them is wrong. */
export const CLOCK_LEAD_MS = 1000;
