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
  const { promise: late, resolve } = Promise.withResolvers<"late">();
  const timer = setTimeout(resolve, seconds * 1000, "late");
  const deadline = performance.now() + seconds * 1000;
  let cause: unknown;
  try {
    while (performance.now() < deadline) {
      const checked = await Promise.race([late, outcomeOf(check)]);
      if (checked === "late") break;
      if ("value" in checked && checked.value) return checked.value;
      cause = "thrown" in checked ? checked.thrown : undefined;
      await Bun.sleep(PAUSE_MS);
    }
  } finally {
    clearTimeout(timer);
  }
  throw new Error(`Timed out after ${seconds} s waiting for ${what}`, { cause });
}

async function outcomeOf<Value>(
  check: () => Value | Promise<Value>,
): Promise<{ readonly value: Value } | { readonly thrown: unknown }> {
  try {
    return { value: await check() };
  } catch (thrown) {
    return { thrown };
  }
}
