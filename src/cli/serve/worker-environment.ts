/** Memory of the machine, and what a control group leaves of it; in bytes. */
export interface MachineMemory {
  readonly total: number;
  /** Very large, zero or undefined without a limit. */
  readonly limit: number | undefined;
}

/**
 * As bin/trunk8 sets them. Milliseconds until freed memory goes back to the system: sooner, it would be faulted in
 * again at once, which costs a fifth of a redirect's time. And Bun compiles pages for debugging otherwise.
 */
const DEFAULTS = { MIMALLOC_PURGE_DELAY: "1000", NODE_ENV: "production" };

/**
 * The environment of each of so many workers. JavaScriptCore lets its heap double as long as that is small beside the
 * memory of the machine, and knows of no limit: two workers in 256 MB were killed.
 */
export function workerEnvironment(
  workers: number,
  { total, limit = 0 }: MachineMemory,
): Readonly<Record<string, string>> {
  if (limit <= 0 || limit >= total) return DEFAULTS;
  return { ...DEFAULTS, BUN_JSC_forceRAMSize: `${Math.floor(limit / workers / 4)}` };
}
