import type { App } from "../../app.ts";
import { parseListen } from "../../config/values/listen-address.ts";
import { Systemd } from "../../os/systemd.ts";
import { Problem } from "../../problem.ts";
import { type HttpServer, type ServerOptions, startServer } from "../../server/http-server.ts";
import { type OpsServer, operationsOf, startOps } from "../../server/ops-server.ts";
import { cannotListen } from "../../server/port-check.ts";
import { type Command, type Invocation, printResult } from "../command.ts";
import { importAtStart } from "../commands/import-python.ts";
import { prepareDataFolder } from "../with-app.ts";
import { describeSignIn, describeSite } from "./announcement.ts";
import { openAccessLog, openServingApp, openSettings, type ServingParts } from "./serving-app.ts";
import { nextSignal, onSignal } from "./signals.ts";
import { supervise } from "./supervise.ts";

/** Its event order and its file functions are what Trunk8 is tested on. */
const OLDEST_BUN = "1.4.5";

export const serve: Command = {
  synopsis: "serve [OPTIONS]",
  summary: () => "Run the site.",
  words: [0, 0],
  options: {
    listen: { value: "ADDRESS", doc: () => "HOST:PORT or unix:PATH (default 0.0.0.0:5001)" },
    workers: {
      value: "N|auto",
      doc: () => "processes that answer, watched by one more (default: one)",
    },
  },
  run: runServer,
};

async function runServer(invocation: Invocation): Promise<void> {
  refuseOldBun();
  prepareDataFolder(invocation.dataFolder);
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
  // Listened for before anybody knows that it runs.
  const stopped = nextSignal("SIGTERM", "SIGINT");
  onSignal("SIGHUP", () => {
    void live.reload();
    accessLog?.reopen();
  });
  onSignal("SIGUSR2", () =>
    log.warn("Only a supervised process can be replaced: see server.workers."),
  );
  printResult(describeSite([listen], server.port, signIn));
  systemd?.notify("READY=1");
  await stopped;
  systemd?.notify("STOPPING=1");
  log.info("Stopping: requests under way are finished first.");
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
    return startServer(app, parseListen(place), options);
  } catch (error) {
    await app.close();
    throw cannotListen(place, error);
  }
}

function refuseOldBun(): void {
  if (Bun.semver.order(Bun.version, OLDEST_BUN) >= 0) return;
  throw new Problem("internal", `Bun ${Bun.version} is too old: ${OLDEST_BUN} or newer is needed.`);
}
