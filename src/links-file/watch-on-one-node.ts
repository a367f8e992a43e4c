import type { App } from "../app.ts";
import { runUnder } from "../database/fence-database.ts";
import { every } from "../os/every.ts";
import { startWatching } from "./watch-declared.ts";

/** How often a node asks whether it is to follow the files. */
const ASK_MS = 5000;

/** Starts following every user's links.toml, where nodes share a database on one of them; returns how to stop. */
export function startWatchingOnOneNode(app: App): () => void {
  if (app.database.clock === null) return startWatching(app);
  const stopping = new AbortController();
  const stopAsking = every(ASK_MS, () => watchWhileHeld(app, stopping.signal), app.log, {
    now: true,
  });
  return () => {
    stopAsking();
    stopping.abort();
  };
}

/** Follows the files until another node does; what this one still applies then is refused. */
async function watchWhileHeld(app: App, stopping: AbortSignal): Promise<void> {
  // The database may be away, which its other callers report.
  const lease = await app.leases.take("watch-links-files", 0).catch(() => null);
  if (lease === null) return;
  await runUnder([lease], app.log, async (lost) => {
    const end = AbortSignal.any([stopping, lost]);
    if (end.aborted) return;
    const stopWatching = startWatching(app);
    await new Promise((resolve) => end.addEventListener("abort", resolve));
    stopWatching();
  });
  await lease.release().catch(() => {});
}
