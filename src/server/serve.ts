import { renameSync } from "node:fs";
import http from "node:http";
import type { Server } from "bun";
import type { App } from "../app.ts";
import type { ListenAddress } from "../config/listen.ts";
import type { Connection } from "../http/call.ts";
import { isByHttps, settledScheme } from "../http/request.ts";
import { openAtOnce } from "../web/open.ts";
import { answer } from "./answer.ts";
import { startJobs } from "./jobs.ts";

/** Seconds without a byte after which a connection is closed. */
const IDLE_SECONDS = 30;

/** Bytes of a request's head. Bun answers a longer one by itself, with a bare 431; ours says more. */
const MAX_HEAD_BYTES = 131_072;

/** How long a graceful stop waits for requests under way. */
const STOP_MS = 10_000;

export interface RunningServer {
  /** The TCP port; null on a unix socket. */
  readonly port: number | null;
  /** Finishes what is under way, saves the visits and closes the app. */
  stop(): Promise<void>;
}

/** How requests are answered, wherever they come in. */
interface Manner {
  readonly idleTimeout: number;
  readonly maxRequestBodySize: number;
  readonly development: false;
  fetch(request: Request, server: Server<undefined>): Response | Promise<Response>;
  error(error: Error): Response;
}

/** Starts answering requests, and the periodic jobs. */
export function startServer(app: App, listen: ListenAddress): RunningServer {
  // Read when a server starts, and not a constant as the types of Node say.
  (http as { maxHeaderSize: number }).maxHeaderSize = MAX_HEAD_BYTES;
  const isUnix = "unix" in listen;
  const manner: Manner = {
    // On a unix socket Bun lets nobody be silent for longer; there the proxy, which is trusted, minds its clients.
    idleTimeout: isUnix ? 0 : IDLE_SECONDS,
    // Whoever reads a body has a limit for it; Bun's own would refuse files of 128 MB with a bare 413.
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    development: false,
    fetch(request, server) {
      return respond(app, request, connectionTo(server), isUnix);
    },
    error: (error) => {
      app.log.error({ err: error }, "A request could not be answered.");
      return new Response("Something went wrong on our side.\n", { status: 500 });
    },
  };
  const server = isUnix ? listenOnSocket(listen.unix, manner) : Bun.serve({ ...manner, ...listen });
  const stopJobs = startJobs(app);
  return {
    port: server.port ?? null,
    stop: async () => {
      await stopAnswering(server);
      stopJobs();
      await app.close();
    },
  };
}

function connectionTo(server: Server<undefined>): Connection {
  return {
    address: (request) => server.requestIP(request)?.address ?? null,
    allowSilence: (request, seconds) => server.timeout(request, seconds),
  };
}

/** Answers one request: the hot path first, everything else the long way. */
export function respond(
  app: App,
  request: Request,
  connection: Connection,
  isUnix: boolean,
): Response | Promise<Response> {
  const settings = app.live.current;
  const scheme = settledScheme(settings, isUnix);
  const isHttps =
    scheme === null
      ? isByHttps({ request, peerAddress: connection.address(request), settings })
      : scheme === "https";
  return openAtOnce(app, request, settings, isHttps) ?? answer(app, request, connection);
}

/** Bound beside its place and moved there, so that a socket file left behind is no hindrance. */
function listenOnSocket(unix: string, manner: Manner): Server<undefined> {
  const beside = `${unix}.${process.pid}`;
  // Bun's types know no idleTimeout on a socket; its server does.
  const server = Bun.serve({ ...manner, unix: beside } as Bun.Serve.Options<undefined>);
  renameSync(beside, unix);
  return server;
}

async function stopAnswering(server: Server<undefined>): Promise<void> {
  const finished = server.stop();
  const late = Symbol();
  const timer = new Promise((resolve) => setTimeout(resolve, STOP_MS, late).unref());
  if ((await Promise.race([finished, timer])) === late) await server.stop(true);
}
