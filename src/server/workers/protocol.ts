import type { Readiness } from "../readiness.ts";
import type { Report } from "./metrics-report.ts";

/** What a worker tells its supervisor. */
export type WorkerSays =
  /** It answers requests; on TCP at this port. */
  | { readonly says: "ready"; readonly port: number | null }
  /** It reacts; how many requests came in until now. */
  | { readonly says: "alive"; readonly requests: number }
  /** What it was asked. */
  | { readonly says: "answer"; readonly id: number; readonly answer: Answer }
  /** It ends, and this is what it has counted. */
  | { readonly says: "farewell"; readonly report: Report };

/** What a supervisor asks of its workers. */
export type SupervisorAsks =
  /** Finish what is under way, within so many milliseconds, and end. */
  | { readonly asks: "stop"; readonly patienceMs: number }
  /** Another has taken your place: let your clients know, and then stop. */
  | { readonly asks: "leave"; readonly patienceMs: number }
  /** Read the settings again, and open the logs again. */
  | { readonly asks: "reload" }
  /** Answer a question, under its number. */
  | { readonly asks: "answer"; readonly id: number; readonly question: Question };

/** `report`: its own metrics; `site_report`: also those of the site, of which one worker tells. */
export type Question = "report" | "site_report" | "readiness";

export type Answer =
  | { readonly of: "report"; readonly report: Report }
  | { readonly of: "readiness"; readonly readiness: Readiness };

/** How often a worker says that it reacts, in milliseconds. */
export const ALIVE_MS = 1000;
