import { totalmem } from "node:os";
import type { LiveSettings } from "../../config/live-settings.ts";
import { parseListen } from "../../config/values/listen-address.ts";
import { ownProgram } from "../../os/process/own-program.ts";
import type { Systemd } from "../../os/systemd.ts";
import { type OpsServer, startOps } from "../../server/ops-server.ts";
import { expectFreePort } from "../../server/port-check.ts";
import type { SupervisorAsks, WorkerSays } from "../../server/workers/protocol.ts";
import { type Place, Supervisor, type WorkerProcess } from "../../server/workers/supervisor.ts";
import { placesOf } from "../../server/workers/worker-places.ts";
import type { Invocation } from "../command.ts";
import { announce, describeSignIn, describeSite } from "./announcement.ts";
import { openServingApp, type ServingParts } from "./serving-app.ts";
import { drainTime, nextSignal, onSignal } from "./signals.ts";
import { workerEnvironment } from "./worker-environment.ts";

/** Runs the site in several processes until a signal stops it. */
export async function supervise(
  invocation: Invocation,
  parts: ServingParts,
  systemd: Systemd | null,
): Promise<void> {
  const { live, log } = parts;
  const signIn = await prepareSite(parts);
  const places = placesOf(live.current);
  const memory = { total: totalmem(), limit: process.constrainedMemory() };
  const defaults = workerEnvironment(places.length, memory);
  const start = (place: Place, hear: (said: WorkerSays) => void) =>
    startWorker(invocation, place, defaults, hear);
  // Before the banner: a script may send the signal as soon as it reads that.
  const stopped = nextSignal("SIGTERM", "SIGINT");
  const supervisor = new Supervisor({ places, live, log, start });
  const ops = await startAll(supervisor, live);
  onSignal("SIGHUP", () => {
    void live.reload();
    supervisor.reload();
  });
  onSignal("SIGUSR2", () => void supervisor.replaceAll());
  const listens = new Set(places.map(({ listen }) => listen));
  const publicUrl = live.current["server.public_url"];
  announce(describeSite({ publicUrl, listens: [...listens], port: supervisor.port }, signIn));
  systemd?.notify("READY=1");
  await stopped;
  systemd?.notify("STOPPING=1");
  supervisor.drain();
  await drainTime(parts);
  log.info("Stopping, finishing active requests first");
  await supervisor.stop();
  await ops?.stop();
}

/** @throws Problem `internal` if a worker does not start or a port is in use; all workers are stopped then */
async function startAll(supervisor: Supervisor, live: LiveSettings): Promise<OpsServer | null> {
  try {
    const { "server.listen": place, "ops.listen": ops } = live.current;
    await expectFreePort(place, parseListen(place));
    await supervisor.start();
    return startOps(ops, supervisor);
  } catch (problem) {
    await supervisor.stop();
    throw problem;
  }
}

/** Creates tables, administrator and examples once, before there are workers; returns how to sign in. */
async function prepareSite(parts: ServingParts): Promise<string> {
  const app = await openServingApp(parts);
  try {
    return await describeSignIn(app);
  } finally {
    await app.close({ keepsSettings: true });
  }
}

function startWorker(
  { dataFolder, env }: Invocation,
  { listen }: Place,
  defaults: Readonly<Record<string, string>>,
  hear: (said: WorkerSays) => void,
): WorkerProcess {
  const words = ["worker", "--data", dataFolder, "--listen", listen];
  const child = Bun.spawn([...ownProgram(), ...words], {
    env: { ...defaults, ...env },
    stdio: ["ignore", "inherit", "inherit"],
    serialization: "json",
    ipc: (said: WorkerSays) => hear(said),
  });
  return {
    pid: child.pid,
    exited: child.exited,
    kill: (signal) => child.kill(signal),
    send: (message: SupervisorAsks) => sendTo(child, message),
  };
}

function sendTo(child: Bun.Subprocess, message: SupervisorAsks): boolean {
  if (child.exitCode !== null || child.signalCode !== null) return false;
  try {
    child.send(message);
    return true;
  } catch {
    return false; // it has closed its channel and is about to end
  }
}
