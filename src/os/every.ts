/** The part of a log that a timer needs. */
export interface ErrorLog {
  error(facts: { readonly err: unknown }, message: string): void;
}

export interface EveryOptions {
  /** Whether the first call is made at once, and not after the first interval. */
  readonly now?: boolean;
}

/**
 * Calls `work` every `ms` milliseconds until the returned function is called. A failure is logged and the timer goes
 * on; while an asynchronous call runs, no second one begins. The timer alone does not keep the process alive.
 */
export function every(
  ms: number,
  work: () => unknown,
  log: ErrorLog,
  { now = false }: EveryOptions = {},
): () => void {
  let isRunning = false;
  const tick = async () => {
    if (isRunning) return;
    isRunning = true;
    try {
      await work();
    } catch (err) {
      log.error({ err }, "Timer callback failed, continuing");
    } finally {
      isRunning = false;
    }
  };
  if (now) void tick();
  const timer = setInterval(tick, ms).unref();
  return () => clearInterval(timer);
}
