/**
 * What a promise was rejected with. Not `expect(...).rejects`: in Bun that waits without letting other promises
 * go on, so anything that takes turns stands still.
 */
export async function failureOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (thrown) {
    return thrown;
  }
  throw new Error("It was expected to fail, and did not.");
}
