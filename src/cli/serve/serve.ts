import type { App } from "../../app.ts";
import { parseListen } from "../../config/values/listen-address.ts";
import { Systemd } from "../../os/systemd.ts";
import { Problem } from "../../problem.ts";
import { type HttpServer, type ServerOptions, startServer } from "../../server/http-server.ts";
import { type OpsServer, operationsOf, startOps } from "../../server/ops-server.ts";
import { cannotListen } from "../../server/port-check.ts";
import type { AccessLog } from "../../telemetry/access-log.ts";
import type { Logger } from "../../telemetry/log.ts";
import type { Command, Invocation } from "../command.ts";
import { importAtStart } from "../commands/import-python.ts";
import { prepareDataFolder, requireDataAccess } from "../data-folder.ts";
import { announce, describeSignIn, describeSite } from "./announcement.ts";
import { logCrash } from "./crash.ts";
import { followMove } from "./follow-move.ts";
import { openAccessLog, openServingApp, openSettings, type ServingParts } from "./serving-app.ts";
import { drainTime, nextSignal, onSignal } from "./signals.ts";
import { supervise } from "./supervise.ts";
import { text } from "./text.en.ts";

/** Trunk8 is tested on its order of events and its file functions. */
const OLDEST_BUN = "1.4.5";

export const serve: Command = {
  synopsis: "serve [OPTIONS]",
  summary: () => text.summary,
  words: [0, 0],
  examples: ["trunk8 serve", "trunk8 serve --data /srv/trunk8"],
  options: {
    listen: { value: "ADDRESS", doc: () => text.listen },
    workers: { value: "N|auto", doc: () => text.workers },
  },
  run: (invocation) => logCrash(() => runServer(invocation)),
};

async function runServer(invocation: Invocation): Promise<void> {
  refuseOldBun();
  prepareDataFolder(invocation.dataFolder);
  requireDataAccess(invocation.dataFolder);
  await importAtStart(invocation);
  const parts = await openSettings(invocation);
  const systemd = Systemd.at(invocation.env.NOTIFY_SOCKET);
  const { WATCHDOG_USEC: watchdog } = invocation.env;
  if (watchdog !== undefined) systemd?.keepAlive(Number(watchdog) / 2000);
  try {
    if (parts.live.current["server.workers"] === "") await runAlone(invocation, parts, systemd);
    else await supervise(invocation, parts, systemd);
  } finally {
    parts.live.close();
    systemd?.close();
  }
}

/** Runs the site in this process until a signal stops it; opens it again when it was moved to another database. */
async function runAlone(
  invocation: Invocation,
  parts: ServingParts,
  systemd: Systemd | null,
): Promise<void> {
  const app = await openServingApp(parts);
  // Before it listens: who sees it answer may send the signal.
  const stopped = nextSignal("SIGTERM", "SIGINT").then(() => "stopped" as const);
  let site = await startSite(app);
  const signIn = await describeSignIn(site.app);
  onSignal("SIGHUP", () => site.reload());
  onSignal("SIGUSR2", () =>
    parts.log.warn("Cannot replace a process without supervisor, see server.workers"),
  );
  const { "server.listen": listen, "server.public_url": publicUrl } = parts.live.current;
  announce(describeSite({ publicUrl, listens: [listen], port: site.port }, signIn));
  systemd?.notify("READY=1");
  for (;;) {
    if ((await endOf(site.app, invocation, stopped)) === "stopped") break;
    const next = await openMoved(invocation, parts.log);
    if (next === null) continue;
    await site.stop();
    site = await startSite(next);
  }
  systemd?.notify("STOPPING=1");
  await site.drain();
  await drainTime({ ...parts, live: site.app.live });
  parts.log.info("Stopping, finishing active requests first");
  await site.stop();
}

interface RunningSite {
  readonly app: App;
  readonly port: number | null;
  /** Reads the settings again and reopens the log. */
  reload(): void;
  drain(): Promise<void>;
  stop(): Promise<void>;
}

/** @throws Problem `internal` where it cannot be written; the app is closed then */
async function openLogFor(app: App): Promise<AccessLog | null> {
  try {
    return openAccessLog(app.live);
  } catch (problem) {
    await app.close();
    throw problem;
  }
}

async function startSite(app: App): Promise<RunningSite> {
  const accessLog = await openLogFor(app);
  const server = await startOrExplain(app, { accessLog });
  const ops = await openOps(app, server);
  return {
    app,
    port: server.port,
    reload: () => {
      void app.live.reload();
      accessLog?.reopen();
    },
    drain: () => server.drain(),
    stop: async () => {
      await server.stop();
      await ops?.stop();
      await accessLog?.close();
    },
  };
}

/** Opens the other database while links are still answered from this one; null if that fails. */
async function openMoved(invocation: Invocation, log: Logger): Promise<App | null> {
  const parts = await openSettings(invocation);
  try {
    const app = await openServingApp(parts);
    log.info("The site was moved to another database, changing over");
    return app;
  } catch (err) {
    parts.live.close();
    log.error(
      { err },
      "The site was moved to another database, which cannot be opened, trying again",
    );
    return null;
  }
}

async function endOf(
  app: App,
  invocation: Invocation,
  stopped: Promise<"stopped">,
): Promise<"stopped" | "moved"> {
  const { promise: moved, resolve } = Promise.withResolvers<"moved">();
  const stopFollowing = followMove(app, invocation, () => resolve("moved"));
  try {
    return await Promise.race([stopped, moved]);
  } finally {
    stopFollowing();
  }
}

/** @throws Problem `internal` as `startOps` does; the server is stopped then */
async function openOps(app: App, server: HttpServer): Promise<OpsServer | null> {
  try {
    return startOps(app.live.current["ops.listen"], operationsOf(app));
  } catch (problem) {
    await server.stop();
    throw problem;
  }
}

/**
 * Starts answering where `server.listen` says; the app is closed where that fails.
 * @throws Problem `internal`
 */
export async function startOrExplain(app: App, options: ServerOptions): Promise<HttpServer> {
  const place = app.live.current["server.listen"];
  try {
    const server = startServer(app, parseListen(place), options);
    prepareThreads(app);
    return server;
  } catch (error) {
    await app.close();
    throw cannotListen(place, error);
  }
}

/** After the start, redirects have the processor to themselves for so long. */
const PREPARE_AFTER_MS = 100;

/** Before descriptors or memory can run out; redirects, which need none of them, are answered before. */
function prepareThreads(app: App): void {
  const prepare = async () => {
    await app.database.prepare();
    await app.pages.renderer.prepare();
  };
  setTimeout(() => {
    prepare().catch((err: unknown) =>
      app.log.warn({ err }, "Threads did not start, trying again when they are needed"),
    );
  }, PREPARE_AFTER_MS).unref();
}

function refuseOldBun(): void {
  if (Bun.semver.order(Bun.version, OLDEST_BUN) >= 0) return;
  throw new Problem("internal", text.bunTooOld(Bun.version, OLDEST_BUN));
}
