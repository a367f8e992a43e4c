import type { ServingParts } from "./serving-app.ts";

/** Resolves at the first of these signals. */
export function nextSignal(...signals: NodeJS.Signals[]): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of signals) process.once(signal, () => resolve());
  });
}

export function onSignal(signal: NodeJS.Signals, act: () => void): void {
  process.on(signal, act);
}

/** Resolves after `server.drain_seconds`, or at a second signal. */
export async function drainTime({ live, log }: ServingParts): Promise<void> {
  const seconds = live.current["server.drain_seconds"];
  if (seconds === 0) return;
  log.info({ seconds }, "Not ready any more, stopping later");
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, seconds * 1000);
  await Promise.race([over, nextSignal("SIGTERM", "SIGINT")]);
  clearTimeout(timer);
}
