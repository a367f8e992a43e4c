const PAUSE_MS = 5;

export interface UntilOptions {
  /** Named by the error: "the link to expire". */
  readonly what: string;
  /** Default: 10. */
  readonly seconds?: number;
}

/**
 * Waits until `check` returns something truthy, and returns that.
 * @throws Error that names `what` when the time is up, with the last error that `check` threw as its cause
 */
export async function until<Value>(
  check: () => Value | Promise<Value>,
  { what, seconds = 10 }: UntilOptions,
): Promise<Value> {
  const late = Bun.sleep(seconds * 1000).then(() => "late" as const);
  const deadline = performance.now() + seconds * 1000;
  let cause: unknown;
  while (performance.now() < deadline) {
    try {
      const checked = await Promise.race([late, (async () => ({ value: await check() }))()]);
      if (checked === "late") break;
      if (checked.value) return checked.value;
      cause = undefined;
    } catch (thrown) {
      cause = thrown;
    }
    await Bun.sleep(PAUSE_MS);
  }
  throw new Error(`Waited ${seconds} s in vain for ${what}`, { cause });
}
