import type { Checks } from "../../health/readiness.ts";
import type { Report } from "./metrics-report.ts";

/*
 * Messages between the supervisor and its workers, as JSON over the channel of Bun.spawn.
 *
 * Start: the worker sends `alive` every ALIVE_MS, opens the site and sends `ready`. A worker that is silent for
 * `server.timeout` is killed. One that ends unasked is replaced after a backoff.
 *
 * Replacement (SIGUSR2, `server.max_requests`, `moved`): the new worker is started first. When it is `ready`, the old one gets
 * `leave`: it answers for another moment with `Connection: close`, then stops as after `stop`.
 *
 * End: after `stop` or `leave` a worker finishes active requests for at most `patienceMs`, sends its last metrics
 * (`farewell`) and exits. One that takes longer is killed. A worker whose channel closes stops by itself.
 *
 * The words in quotes are a contract between versions: after an upgrade, new workers talk to the supervisor of the
 * version before. Old words keep their meaning; unknown ones are ignored.
 */

/** From a worker to its supervisor. */
export type WorkerSays =
  /** It answers requests; on TCP at this port. */
  | { readonly says: "ready"; readonly port: number | null }
  /** A heartbeat, with the number of requests until now. */
  | { readonly says: "alive"; readonly requests: number }
  /** The reply to a question. */
  | { readonly says: "answer"; readonly id: number; readonly answer: Answer }
  /** The site was moved to another database, which the settings name now: a new worker would open that. */
  | { readonly says: "moved" }
  /** Its last metrics, before it exits. */
  | { readonly says: "farewell"; readonly report: Report };

/** From the supervisor to a worker. */
export type SupervisorAsks =
  /** The site will stop: answer on, but be not ready. An earlier worker ignores it. */
  | { readonly asks: "drain" }
  /** Finish active requests and exit. */
  | { readonly asks: "stop"; readonly patienceMs: number }
  /** The replacement is ready: close connections, finish active requests and exit. */
  | { readonly asks: "leave"; readonly patienceMs: number }
  /** Reload the settings and reopen the logs. */
  | { readonly asks: "reload" }
  /** Reply to a question, with its id. */
  | { readonly asks: "answer"; readonly id: number; readonly question: Question };

/** `report`: the worker's own metrics; `site_report`: with those of the site, which one worker reports. */
export type Question = "report" | "site_report" | "readiness";

export type Answer =
  | { readonly of: "report"; readonly report: Report }
  /** What links need, and what else is wrong, which a supervisor of an earlier version ignores. */
  | { readonly of: "readiness"; readonly readiness: Checks; readonly degraded?: Checks };

/** Interval of the heartbeat, in milliseconds. */
export const ALIVE_MS = 1000;
