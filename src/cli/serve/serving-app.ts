import { type App, openApp } from "../../app.ts";
import { writeFirstConfig } from "../../config/file/default-config.ts";
import { LiveSettings } from "../../config/live-settings.ts";
import type { Settings } from "../../config/settings.ts";
import { nodeNameOf } from "../../nodes/node.ts";
import { addExamples } from "../../server/examples.ts";
import { AccessLog } from "../../telemetry/access-log.ts";
import { type Logger, type LogOptions, openLog, setLogLevel } from "../../telemetry/log.ts";
import type { Invocation } from "../command.ts";

/** Settings and log of a serving process, before it opens the site. */
export interface ServingParts {
  readonly live: LiveSettings;
  readonly log: Logger;
}

/** Opens settings, which are followed while they change, and the log. */
export async function openSettings({ dataFolder, env, option }: Invocation): Promise<ServingParts> {
  await writeFirstConfig(dataFolder);
  const listen = option("listen");
  const workers = option("workers");
  const flags = {
    ...(listen !== undefined && { "server.listen": listen }),
    ...(workers !== undefined && { "server.workers": workers }),
  };
  const options: LogOptions = { clientAddress: "short" };
  const log = openLog("info", options);
  const live = await LiveSettings.start({ dataFolder, env, flags, log });
  const follow = (now: Settings) => {
    setLogLevel(log, now["log.level"]);
    options.clientAddress = now["log.client_address"];
    options.node = nodeNameOf(now);
  };
  follow(live.current);
  live.onChange(follow);
  return { live, log };
}

/**
 * Opens the site for serving; the first start creates the examples.
 * @throws Problem `invalid` where the secret key is not that of the other nodes
 */
export async function openServingApp(parts: ServingParts): Promise<App> {
  const app = await openApp(parts);
  try {
    await app.accounts.siteKey.require();
  } catch (error) {
    await app.close();
    throw error;
  }
  if (app.isNew && parts.live.current["app.examples"]) await addExamples(app);
  return app;
}

/** @throws Problem `internal` where it cannot be written */
export function openAccessLog({ current }: LiveSettings): AccessLog | null {
  return current["log.access"] === "" ? null : new AccessLog(current["log.access"]);
}
