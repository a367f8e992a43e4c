/** What a worker tells its supervisor. */
export type WorkerSays =
  /** It answers requests; on TCP at this port. */
  | { readonly says: "ready"; readonly port: number | null }
  /** It reacts; how many requests came in until now. */
  | { readonly says: "alive"; readonly requests: number };

/** What a supervisor asks of its workers. */
export type SupervisorAsks =
  /** Finish what is under way, within so many milliseconds, and end. */
  | { readonly asks: "stop"; readonly patienceMs: number }
  /** Another has taken your place: let your clients know, and then stop. */
  | { readonly asks: "leave"; readonly patienceMs: number }
  /** Read the settings again, and open the logs again. */
  | { readonly asks: "reload" };

/** How often a worker says that it reacts, in milliseconds. */
export const ALIVE_MS = 1000;
