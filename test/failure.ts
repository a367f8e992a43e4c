/**
 * Returns the reason of a rejected promise. Unlike `expect(...).rejects`, which in Bun blocks other promises while it
 * waits, this also works if the promise depends on others.
 */
export async function failureOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (thrown) {
    return thrown;
  }
  throw new Error("Expected a rejection, but the promise was fulfilled.");
}
