/** A sweep that takes longer leaves the rest to the next run of its job. */
const LONGEST_MS = 300_000;

const SHORTEST_PAUSE_MS = 10;

export interface SweepOptions {
  /** Rows that one step deletes at most, so that it holds up other writers only for a moment. */
  readonly limit: number;
  readonly stopping?: AbortSignal | undefined;
}

/**
 * Repeats `step`, which deletes at most `limit` rows and returns how many, until none are left. Other writers get at
 * least half of the time.
 */
export async function sweep(
  { limit, stopping }: SweepOptions,
  step: (limit: number) => Promise<number>,
): Promise<void> {
  const endsAt = performance.now() + LONGEST_MS;
  for (;;) {
    const beganAt = performance.now();
    const count = await step(limit);
    const now = performance.now();
    if (count < limit || now >= endsAt || stopping?.aborted) return;
    await Bun.sleep(Math.max(SHORTEST_PAUSE_MS, now - beganAt));
  }
}
