import { maxFileBytes } from "../../config/values/sizes.ts";
import { isAdministrator } from "../../policy.ts";
import { Problem } from "../../problem.ts";
import type { Call } from "../call.ts";

/** Brings the pass of whoever checks a proxy from the command line. */
export const PROBE_PASS = "x-trunk8-probe";

/** A body as it came in. */
export interface Swallowed {
  readonly bytes: number;
  /** Milliseconds between its first bytes and its last. */
  readonly spreadMs: number;
}

/** Where files may be of any size, a probe still ends. */
const MOST_BYTES = 2 ** 31;

const SILENCE_SECONDS = 60;

/** @throws Problem `forbidden` for whoever is no administrator and has no pass */
export function requireProber({ actor, request, app }: Call): void {
  const pass = request.headers.get(PROBE_PASS);
  if (isAdministrator(actor) || (pass !== null && app.probePass.accepts(pass))) return;
  throw new Problem("forbidden", "Only an administrator may do this.");
}

/**
 * Reads a body to its end and keeps nothing of it.
 * @throws Problem `too_large` where no file may be so large
 */
export async function swallow({ request, connection, settings }: Call): Promise<Swallowed> {
  const most = Math.min(maxFileBytes(settings), MOST_BYTES);
  let bytes = 0;
  let firstAt: number | null = null;
  for await (const chunk of request.body ?? []) {
    firstAt ??= performance.now();
    connection.allowSilence(request, SILENCE_SECONDS);
    bytes += chunk.byteLength;
    if (bytes > most) throw new Problem("too_large", "No file may be so large here.");
  }
  return { bytes, spreadMs: firstAt === null ? 0 : Math.round(performance.now() - firstAt) };
}
