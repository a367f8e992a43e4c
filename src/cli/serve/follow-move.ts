import type { App } from "../../app.ts";
import { loadSettings } from "../../config/load-settings.ts";
import { tendMove } from "../../database/move/interrupted-move.ts";
import { every } from "../../os/every.ts";
import { Problem } from "../../problem.ts";
import type { Invocation } from "../command.ts";

const EVERY_MS = 1000;

/**
 * Watches for a move of the database. Calls `onMoved` once it is complete and the settings name the other database,
 * again and again until the returned function is called.
 */
export function followMove(
  app: App,
  { dataFolder, env }: Pick<Invocation, "dataFolder" | "env">,
  onMoved: () => void,
): () => void {
  const look = async () => {
    const state = await tendMove(app.database, { runFolder: app.runFolder, host: app.nodes.name });
    if (state === "interrupted")
      app.log.warn("The move of the database was interrupted, changes are accepted again");
    if (state !== "moved") return;
    const { settings } = await loadSettings({ dataFolder, env, flags: {} });
    if (settings["database.url"] !== app.live.current["database.url"]) onMoved();
  };
  return every(EVERY_MS, () => look().catch(ignoreBusy), app.log);
}

/** A database that is away is reported by the checks of health. */
function ignoreBusy(thrown: unknown): void {
  if (!(thrown instanceof Problem && thrown.code === "busy")) throw thrown;
}
