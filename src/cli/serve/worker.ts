import type { App } from "../../app.ts";
import { checkReadiness } from "../../health/readiness.ts";
import type { HttpServer } from "../../server/http-server.ts";
import { makeReport } from "../../server/workers/metrics-report.ts";
import {
  ALIVE_MS,
  type Answer,
  type Question,
  type SupervisorAsks,
  type WorkerSays,
} from "../../server/workers/protocol.ts";
import { type Command, type Invocation, usageProblem } from "../command.ts";
import { prepareDataFolder, requireDataAccess } from "../data-folder.ts";
import { logCrash } from "./crash.ts";
import { followMove } from "./follow-move.ts";
import { startOrExplain } from "./serve.ts";
import { openAccessLog, openServingApp, openSettings, type ServingParts } from "./serving-app.ts";
import { onSignal } from "./signals.ts";
import { text } from "./text.en.ts";

/** One of the processes that `trunk8 serve --workers` starts; not for people. */
export const worker: Command = {
  synopsis: "worker",
  summary: () => "",
  words: [0, 0],
  options: { listen: { value: "ADDRESS", doc: () => text.workerListen } },
  run: (invocation) => logCrash(() => runWorker(invocation)),
};

async function runWorker(invocation: Invocation): Promise<void> {
  if (process.send === undefined) throw usageProblem(text.workerByHand);
  try {
    await work(invocation);
  } finally {
    // The open channel keeps the process alive.
    if (process.connected) process.disconnect?.();
  }
}

async function work(invocation: Invocation): Promise<void> {
  const asked = nextEnd();
  prepareDataFolder(invocation.dataFolder);
  requireDataAccess(invocation.dataFolder);
  // From the beginning: opening may take longer than `server.timeout`.
  const heartbeat = new Heartbeat();
  try {
    await serve(invocation, heartbeat, asked);
  } finally {
    heartbeat.stop();
  }
}

async function serve(
  invocation: Invocation,
  heartbeat: Heartbeat,
  asked: Promise<End>,
): Promise<void> {
  const parts = await openSettings(invocation);
  try {
    await answerUntil(asked, { ...parts, invocation }, heartbeat);
  } finally {
    parts.live.close();
  }
}

async function answerUntil(
  asked: Promise<End>,
  { invocation, ...parts }: ServingParts & { readonly invocation: Invocation },
  heartbeat: Heartbeat,
): Promise<void> {
  const accessLog = openAccessLog(parts.live);
  const app = await openServingApp(parts);
  const server = await startOrExplain(app, { isShared: true, accessLog });
  onMessage((message) => {
    if (message.asks === "answer") void answerQuestion(app, message);
    if (message.asks === "drain") void server.drain();
    if (message.asks !== "reload") return;
    void parts.live.reload();
    accessLog?.reopen();
  });
  say({ says: "ready", port: server.port });
  heartbeat.follow(server);
  const stopFollowing = followMove(app, invocation, () => say({ says: "moved" }));
  const end = await asked;
  stopFollowing();
  if (end.asks === "leave") await server.handOver();
  else await server.drain();
  await server.stop(end.patienceMs);
  say({ says: "farewell", report: await makeReport(app, { ofSite: false }) });
  await accessLog?.close();
}

/** Shows the supervisor that this process reacts, with the number of requests once there is a server. */
class Heartbeat {
  #server: HttpServer | null = null;
  readonly #timer = setInterval(() => this.#beat(), ALIVE_MS);

  follow(server: HttpServer): void {
    this.#server = server;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #beat(): void {
    say({ says: "alive", requests: this.#server?.requests ?? 0 });
  }
}

async function answerQuestion(app: App, { id, question }: Asked): Promise<void> {
  say({ says: "answer", id, answer: await answerTo(app, question) });
}

async function answerTo(app: App, question: Question): Promise<Answer> {
  switch (question) {
    case "report":
    case "site_report": {
      const report = await makeReport(app, { ofSite: question === "site_report" });
      return { of: "report", report };
    }
    case "readiness": {
      const { ready, degraded } = await checkReadiness(app);
      return { of: "readiness", readiness: ready, degraded };
    }
  }
}

type Asked = Extract<SupervisorAsks, { asks: "answer" }>;
type End = Extract<SupervisorAsks, { asks: "stop" | "leave" }>;

/** Time to finish for a worker whose supervisor has ended, in milliseconds. */
const ORPHAN_MS = 10_000;

/** Resolves when the supervisor asks for the end, or has ended. Ctrl-C reaches all processes; the supervisor handles it. */
function nextEnd(): Promise<End> {
  onSignal("SIGINT", () => {});
  onSignal("SIGHUP", () => {});
  onSignal("SIGUSR2", () => {});
  return new Promise((resolve) => {
    const stop = () => resolve({ asks: "stop", patienceMs: ORPHAN_MS });
    process.on("disconnect", stop);
    onSignal("SIGTERM", stop);
    onMessage((message) => {
      if (message.asks === "stop" || message.asks === "leave") resolve(message);
    });
  });
}

function onMessage(hear: (message: SupervisorAsks) => void): void {
  process.on("message", hear);
}

function say(message: WorkerSays): void {
  if (process.connected) process.send?.(message);
}
