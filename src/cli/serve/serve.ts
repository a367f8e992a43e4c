import type { App } from "../../app.ts";
import { parseListen } from "../../config/values/listen-address.ts";
import { Systemd } from "../../os/systemd.ts";
import { Problem } from "../../problem.ts";
import { type HttpServer, type ServerOptions, startServer } from "../../server/http-server.ts";
import { type OpsServer, operationsOf, startOps } from "../../server/ops-server.ts";
import { cannotListen } from "../../server/port-check.ts";
import type { Command, Invocation } from "../command.ts";
import { importAtStart } from "../commands/import-python.ts";
import { prepareDataFolder, requireDataAccess } from "../data-folder.ts";
import { announce, describeSignIn, describeSite } from "./announcement.ts";
import { logCrash } from "./crash.ts";
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
    if (parts.live.current["server.workers"] === "") await runAlone(parts, systemd);
    else await supervise(invocation, parts, systemd);
  } finally {
    parts.live.close();
    systemd?.close();
  }
}

async function runAlone(parts: ServingParts, systemd: Systemd | null): Promise<void> {
  const { live, log } = parts;
  const accessLog = openAccessLog(live);
  const app = await openServingApp(parts);
  const listen = live.current["server.listen"];
  const signIn = await describeSignIn(app);
  const server = await startOrExplain(app, { accessLog });
  const ops = await openOps(app, server);
  // Before the banner: a script may send the signal as soon as it reads that.
  const stopped = nextSignal("SIGTERM", "SIGINT");
  onSignal("SIGHUP", () => {
    void live.reload();
    accessLog?.reopen();
  });
  onSignal("SIGUSR2", () =>
    log.warn("Cannot replace a process without supervisor, see server.workers"),
  );
  const publicUrl = live.current["server.public_url"];
  announce(describeSite({ publicUrl, listens: [listen], port: server.port }, signIn));
  systemd?.notify("READY=1");
  await stopped;
  systemd?.notify("STOPPING=1");
  await server.drain();
  await drainTime(parts);
  log.info("Stopping, finishing active requests first");
  await server.stop();
  await ops?.stop();
  await accessLog?.close();
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

/** Before descriptors or memory can run out; redirects, which need none of them, are answered meanwhile. */
function prepareThreads(app: App): void {
  Promise.all([app.database.prepare(), app.pages.renderer.prepare()]).catch((err: unknown) =>
    app.log.warn({ err }, "Threads did not start, trying again when they are needed"),
  );
}

function refuseOldBun(): void {
  if (Bun.semver.order(Bun.version, OLDEST_BUN) >= 0) return;
  throw new Problem("internal", text.bunTooOld(Bun.version, OLDEST_BUN));
}
