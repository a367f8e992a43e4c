import { Problem } from "../../problem.ts";

/** How often a portion is tried again that met a change by another request. */
const TRIES = 5;
const BETWEEN_TRIES_MS = 200;

/** Runs a portion, again if it was `busy`. */
export async function tryAgain<Done>(work: () => Promise<Done>): Promise<Done> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (thrown) {
      if (!(thrown instanceof Problem) || thrown.code !== "busy" || tries === TRIES) throw thrown;
      await Bun.sleep(BETWEEN_TRIES_MS * tries);
    }
  }
}
