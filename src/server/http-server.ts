import { renameSync } from "node:fs";
import http from "node:http";
import type { Server } from "bun";
import type { App } from "../app.ts";
import type { ListenAddress } from "../config/values/listen-address.ts";
import type { Connection } from "../http/call.ts";
import { isByHttps, readClient, settledScheme } from "../http/request/client.ts";
import { plainProblem } from "../http/response/problem-response.ts";
import { loggedAddress } from "../os/ip-network.ts";
import { Problem } from "../problem.ts";
import type { AccessLog } from "../telemetry/access-log.ts";
import { openAtOnce } from "../web/open/open.ts";
import { Deadlines } from "./deadlines.ts";
import { answer } from "./dispatch.ts";
import { startJobs } from "./jobs.ts";
import { SlowClients } from "./slow-clients.ts";

/** Bytes of a request's head. Bun answers a longer one by itself, with a bare 431; ours says more. */
const MAX_HEAD_BYTES = 131_072;

/** How long a server that is about to stop goes on answering, and asks its clients to connect elsewhere. */
const LEAVING_MS = 300;

/** Bytes that the kernel takes from us, however slow the reader is. */
const TAKEN_AT_ONCE = 65_536;

/** How long somebody may take nothing of a file, in a tunnel or a lift. */
const READER_SECONDS = 60;

const LATE = new Problem("busy", "This took too long. Please try again in a moment.", {
  retryAfterSeconds: 5,
});

export interface ServerOptions {
  /** Whether other processes listen at the same TCP port. */
  readonly isShared?: boolean;
  readonly accessLog?: AccessLog | null;
}

/** How requests are answered, wherever they come in. */
interface Manner {
  readonly idleTimeout: number;
  readonly maxRequestBodySize: number;
  readonly development: false;
  fetch(request: Request, server: Server<undefined>): Response | Promise<Response>;
  error(error: Error): Response;
}

/** A server that answers requests and does the periodic jobs. */
export class HttpServer {
  /** The TCP port; null on a unix socket. */
  readonly port: number | null;
  readonly #app: App;
  readonly #isUnix: boolean;
  readonly #accessLog: AccessLog | null;
  readonly #server: Server<undefined>;
  readonly #connection: Connection;
  readonly #deadlines = new Deadlines();
  readonly #stopJobs: () => void;
  readonly #stopWatching: () => void;
  readonly #slowClients: SlowClients | null;
  #requests = 0;
  #isLeaving = false;

  constructor(app: App, listen: ListenAddress, options: ServerOptions = {}) {
    // Read when a server starts, and not a constant as the types of Node say.
    (http as { maxHeaderSize: number }).maxHeaderSize = MAX_HEAD_BYTES;
    this.#app = app;
    this.#isUnix = "unix" in listen;
    this.#accessLog = options.accessLog ?? null;
    const manner = this.#manner();
    const { isShared: reusePort = false } = options;
    this.#server =
      "unix" in listen
        ? listenOnSocket(listen.unix, manner)
        : Bun.serve({ ...manner, ...listen, reusePort });
    this.port = this.#server.port ?? null;
    this.#connection = {
      address: (request) => this.#server.requestIP(request)?.address ?? null,
      allowSilence: (request, seconds) => {
        this.#deadlines.extend(request, seconds * 1000);
        this.#server.timeout(request, seconds);
      },
    };
    this.#stopJobs = startJobs(app);
    this.#stopWatching = app.metrics.watchLoop();
    this.#slowClients = SlowClients.watch(app, this.port);
  }

  /** How many requests came in until now. */
  get requests(): number {
    return this.#requests;
  }

  /** Goes on answering for a moment, so that clients which keep connections open take them elsewhere. */
  async leave(): Promise<void> {
    this.#isLeaving = true;
    await Bun.sleep(LEAVING_MS);
  }

  /** Finishes what is under way, for so many milliseconds at most, saves the visits and closes the app. */
  async stop(patienceMs = this.#app.live.current["server.shutdown_timeout"] * 1000): Promise<void> {
    await this.#stopAnswering(patienceMs);
    this.#deadlines.close();
    this.#stopJobs();
    this.#stopWatching();
    this.#slowClients?.close();
    // Also what others have left that died a moment ago: it may be long until the next start.
    await this.#app.visits.flush();
    await this.#app.close();
  }

  #manner(): Manner {
    const app = this.#app;
    return {
      // On a unix socket Bun lets nobody be silent for longer; there the proxy, which is trusted, minds its clients.
      idleTimeout: this.#isUnix ? 0 : app.live.current["server.keep_alive"],
      // Whoever reads a body has a limit for it; Bun's own would refuse files of 128 MB with a bare 413.
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
      development: false,
      fetch: (request, server) => this.#answer(request, server),
      error: (error) => {
        app.log.error({ err: error }, "A request could not be answered.");
        return new Response("Something went wrong on our side.\n", { status: 500 });
      },
    };
  }

  #answer(request: Request, server: Server<undefined>): Response | Promise<Response> {
    this.#requests++;
    const answering = respond(this.#app, request, this.#connection, this.#isUnix);
    const response = answering instanceof Promise ? this.#inTime(request, answering) : answering;
    if (!this.#isLeaving && this.#accessLog === null) return response;
    return this.#finish(request, server, response);
  }

  /** What takes longer is no hot path: the connection may be silent meanwhile. */
  #inTime(request: Request, answering: Promise<Response>): Promise<Response> {
    const settings = this.#app.live.current;
    const seconds = settings["server.timeout"];
    this.#server.timeout(request, seconds);
    answering.then(
      (response) => this.#allowSlowReader(request, response),
      () => {},
    );
    return this.#deadlines.keep(request, answering, seconds * 1000, () => {
      const { method, url } = request;
      this.#app.metrics.countLate();
      this.#app.log.error({ method, path: new URL(url).pathname, seconds }, LATE.message);
      const peerAddress = this.#connection.address(request);
      const client = readClient({ request, peerAddress, settings });
      return plainProblem(LATE, { call: { client, settings, request } });
    });
  }

  /** Bun forgets what a request was allowed when its answer begins, and cuts off who takes nothing for seconds. */
  #allowSlowReader(request: Request, { headers }: Response): void {
    if (Number(headers.get("content-length")) <= TAKEN_AT_ONCE) return;
    setTimeout(() => this.#server.timeout(request, READER_SECONDS), 1);
  }

  async #finish(
    request: Request,
    server: Server<undefined>,
    answering: Response | Promise<Response>,
  ): Promise<Response> {
    const beganAt = performance.now();
    const settings = this.#app.live.current;
    const peerAddress = server.requestIP(request)?.address ?? null;
    const client = readClient({ request, peerAddress, settings });
    const address = loggedAddress(client.address, settings["log.client_address"]);
    const response = await answering;
    if (this.#isLeaving) response.headers.set("connection", "close");
    const tookMs = performance.now() - beganAt;
    this.#accessLog?.note({ request, response, address, at: this.#app.clock(), tookMs });
    return response;
  }

  async #stopAnswering(patienceMs: number): Promise<void> {
    const finished = this.#server.stop();
    const late = Symbol();
    const timer = new Promise((resolve) => setTimeout(resolve, patienceMs, late).unref());
    if ((await Promise.race([finished, timer])) === late) await this.#server.stop(true);
  }
}

/** Starts answering requests, and the periodic jobs. */
export function startServer(app: App, listen: ListenAddress, options?: ServerOptions): HttpServer {
  return new HttpServer(app, listen, options);
}

/** Answers one request: the hot path first, everything else the long way. */
export function respond(
  app: App,
  request: Request,
  connection: Connection,
  isUnix: boolean,
): Response | Promise<Response> {
  const beganAt = performance.now();
  const settings = app.live.current;
  const scheme = settledScheme(settings, isUnix);
  const isHttps =
    scheme === null
      ? isByHttps({ request, peerAddress: connection.address(request), settings })
      : scheme === "https";
  const isLimited = settings["limits.open_per_minute"] > 0;
  const opened = isLimited ? null : openAtOnce(app, request, settings, isHttps);
  if (opened === null) return answer(app, request, connection);
  app.metrics.opening.count(request.method, opened.status, (performance.now() - beganAt) / 1000);
  return opened;
}

/** Bound beside its place and moved there, so that a socket file left behind is no hindrance. */
function listenOnSocket(unix: string, manner: Manner): Server<undefined> {
  const beside = `${unix}.${process.pid}`;
  // Bun's types know no idleTimeout on a socket; its server does.
  const server = Bun.serve({ ...manner, unix: beside } as Bun.Serve.Options<undefined>);
  renameSync(beside, unix);
  return server;
}
