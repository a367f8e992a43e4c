import type { App } from "../../app.ts";
import { maxFileBytes } from "../../config/values/sizes.ts";
import { isAdministrator } from "../../policy.ts";
import { Problem } from "../../problem.ts";
import type { Call } from "../call.ts";
import { text } from "../text.en.ts";

/** Carries the pass of `trunk8 doctor --proxy`. */
export const PROBE_PASS = "x-trunk8-probe";

/** How a body arrived. */
export interface Swallowed {
  readonly bytes: number;
  /** Milliseconds between its first bytes and its last. */
  readonly spreadMs: number;
}

/** Limit for a probe where file size is unlimited. */
const MOST_BYTES = 2 ** 31;

const SILENCE_SECONDS = 60;

/** @throws Problem `forbidden` unless the caller is an administrator or has a pass */
export function requireProber({ actor, request, app }: Call): void {
  if (isAdministrator(actor) || isProbe(app, request)) return;
  throw new Problem("forbidden", text.access.administrator);
}

/**
 * Reads a body to its end and discards it.
 * @throws Problem `too_large` beyond the largest file allowed
 */
export async function swallow({ request, connection, settings }: Call): Promise<Swallowed> {
  const most = Math.min(maxFileBytes(settings), MOST_BYTES);
  let bytes = 0;
  let firstAt: number | null = null;
  for await (const chunk of request.body ?? []) {
    firstAt ??= performance.now();
    connection.allowSilence(request, SILENCE_SECONDS);
    bytes += chunk.byteLength;
    if (bytes > most) throw new Problem("too_large", text.proxy.bodyTooLarge);
  }
  return { bytes, spreadMs: firstAt === null ? 0 : Math.round(performance.now() - firstAt) };
}

/** Whether a request is one of `trunk8 doctor --proxy`, by the command's token. */
export function isProbe(app: App, request: Request): boolean {
  const pass = request.headers.get(PROBE_PASS);
  return pass !== null && app.accounts.probePass.accepts(pass);
}
