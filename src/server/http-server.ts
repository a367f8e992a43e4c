import { renameSync } from "node:fs";
import http from "node:http";
import type { Server } from "bun";
import type { App } from "../app.ts";
import type { ListenAddress } from "../config/values/listen-address.ts";
import type { Connection } from "../http/call.ts";
import { isByHttps, readClient, settledScheme } from "../http/request/client.ts";
import { plainProblem, problemHeaders } from "../http/response/problem-response.ts";
import { startJobs } from "../jobs/jobs.ts";
import { loggedAddress } from "../os/ip-network.ts";
import { Problem, toProblem } from "../problem.ts";
import type { AccessLog } from "../telemetry/access-log.ts";
import { openAtOnce } from "../web/open/open.ts";
import { Deadlines } from "./deadlines.ts";
import { answer } from "./dispatch.ts";
import { SlowClients } from "./slow-clients.ts";
import { text } from "./text.en.ts";

/** Most bytes of a request's head. Bun answers a longer one itself, with an empty 431. */
const MAX_HEAD_BYTES = 131_072;

/** How long a server that is being replaced goes on answering, with `Connection: close`. */
const HANDOVER_MS = 300;

/** Bytes that fit into the send buffer of the kernel, however slow the client is. */
const BUFFERED_BYTES = 65_536;

/** How long a client may read nothing of a response, as in a tunnel. */
const READER_SECONDS = 60;

const timedOut = () => new Problem("busy", text.request.timedOut, { retryAfterSeconds: 5 });

export interface ServerOptions {
  /** Whether other processes listen at the same TCP port. */
  readonly isShared?: boolean;
  readonly accessLog?: AccessLog | null;
}

/** The options of Bun.serve for every kind of address. */
interface ServeOptions {
  readonly idleTimeout: number;
  readonly maxRequestBodySize: number;
  readonly development: false;
  fetch(request: Request, server: Server<undefined>): Response | Promise<Response>;
  error(error: Error): Response;
}

/** A server that answers requests and runs the periodic jobs. */
export class HttpServer {
  /** The TCP port; null on a unix socket. */
  readonly port: number | null;
  readonly #app: App;
  readonly #isUnix: boolean;
  readonly #accessLog: AccessLog | null;
  readonly #server: Server<undefined>;
  readonly #connection: Connection;
  readonly #deadlines: Deadlines;
  readonly #stopJobs: () => void;
  readonly #stopWatching: () => void;
  readonly #slowClients: SlowClients | null;
  #requests = 0;
  #isDraining = false;

  constructor(app: App, listen: ListenAddress, options: ServerOptions = {}) {
    // Read when a server starts, and not a constant as the types of Node say.
    (http as { maxHeaderSize: number }).maxHeaderSize = MAX_HEAD_BYTES;
    this.#app = app;
    this.#deadlines = new Deadlines(app.log);
    this.#isUnix = "unix" in listen;
    this.#accessLog = options.accessLog ?? null;
    const serveOptions = this.#serveOptions();
    const { isShared: reusePort = false } = options;
    this.#server =
      "unix" in listen
        ? listenOnSocket(listen.unix, serveOptions)
        : Bun.serve({ ...serveOptions, ...listen, reusePort });
    this.port = this.#server.port ?? null;
    this.#connection = {
      address: (request) => this.#server.requestIP(request)?.address ?? null,
      allowSilence: (request, seconds) => {
        this.#deadlines.extend(request, seconds === 0 ? Number.POSITIVE_INFINITY : seconds * 1000);
        this.#server.timeout(request, seconds);
      },
    };
    this.#stopJobs = startJobs(app);
    const watches = [app.metrics.watchLoop(), app.files.siteMark.watch()];
    this.#stopWatching = () => {
      for (const stop of watches) stop();
    };
    this.#slowClients = SlowClients.watch(app, this.port);
  }

  /** Number of requests until now. */
  get requests(): number {
    return this.#requests;
  }

  /** Goes on answering for a moment with `Connection: close`, so that clients connect to the replacement. */
  async handOver(): Promise<void> {
    this.#isDraining = true;
    await Bun.sleep(HANDOVER_MS);
  }

  /** Answers with `Connection: close` from now on, and is not ready, so that load balancers choose other nodes. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    await this.#app.nodes.drain();
  }

  /** Finishes active requests, for so many milliseconds at most, saves the visits and closes the app. */
  async stop(timeoutMs = this.#app.live.current["server.shutdown_timeout"] * 1000): Promise<void> {
    await this.#stopAnswering(timeoutMs);
    this.#deadlines.close();
    this.#stopJobs();
    if (this.#app.nodes.isDraining) await this.#app.nodes.leave();
    this.#stopWatching();
    this.#slowClients?.close();
    // Also those of processes that crashed a moment ago: the next start may be long after.
    await this.#app.visits.flush();
    await this.#app.close();
  }

  #serveOptions(): ServeOptions {
    const app = this.#app;
    return {
      // On a unix socket Bun does not let a handler extend it; the proxy, which is trusted, has timeouts of its own.
      idleTimeout: this.#isUnix ? 0 : app.live.current["server.keep_alive"],
      // Every reader of a body has its own limit; Bun's would refuse files of 128 MB with an empty 413.
      maxRequestBodySize: Number.MAX_SAFE_INTEGER,
      development: false,
      fetch: (request, server) => this.#answer(request, server),
      error: (error) => {
        app.log.error({ err: error }, "Request handler failed");
        const problem = toProblem(error);
        const headers = problemHeaders(problem);
        headers.set("x-content-type-options", "nosniff");
        const status = problem.code === "busy" ? 503 : 500;
        return new Response(`${problem.message}\n`, { status, headers });
      },
    };
  }

  #answer(request: Request, server: Server<undefined>): Response | Promise<Response> {
    this.#requests++;
    const answering = respond(this.#app, request, this.#connection, this.#isUnix);
    const response = answering instanceof Promise ? this.#inTime(request, answering) : answering;
    if (!this.#isDraining && this.#accessLog === null) return response;
    return this.#finish(request, server, response);
  }

  /** An answer that is not ready at once: the connection may be silent until its deadline. */
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
      this.#app.log.error({ method, path: URL.parse(url)?.pathname, seconds }, "Request timed out");
      const peerAddress = this.#connection.address(request);
      const client = readClient({ request, peerAddress, settings });
      return plainProblem(timedOut(), { call: { client, settings, request } });
    });
  }

  /** Bun resets the timeout of a request when its response begins, and would disconnect a client that pauses for seconds. */
  #allowSlowReader(request: Request, { headers }: Response): void {
    if (Number(headers.get("content-length")) <= BUFFERED_BYTES) return;
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
    if (this.#isDraining) response.headers.set("connection", "close");
    const tookMs = performance.now() - beganAt;
    this.#accessLog?.note({ request, response, address, at: this.#app.clock(), tookMs });
    return response;
  }

  async #stopAnswering(timeoutMs: number): Promise<void> {
    const finished = this.#server.stop();
    const late = Symbol();
    const timer = new Promise((resolve) => setTimeout(resolve, timeoutMs, late).unref());
    if ((await Promise.race([finished, timer])) === late) await this.#server.stop(true);
  }
}

/** Starts answering requests and running the periodic jobs. */
export function startServer(app: App, listen: ListenAddress, options?: ServerOptions): HttpServer {
  return new HttpServer(app, listen, options);
}

/** Answers one request: the hot path first, then `dispatch`. */
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
  const opened = isLimited ? null : openAtOnce({ app, request, settings, connection }, isHttps);
  if (opened === null) return answer(app, request, connection);
  app.metrics.opening.count(request.method, opened.status, (performance.now() - beganAt) / 1000);
  return opened;
}

/** Binds the socket beside its path and renames it, so that a stale socket file is replaced. */
function listenOnSocket(unix: string, options: ServeOptions): Server<undefined> {
  const beside = `${unix}.${process.pid}`;
  // Bun's types know no idleTimeout on a socket; its server does.
  const server = Bun.serve({ ...options, unix: beside } as Bun.Serve.Options<undefined>);
  renameSync(beside, unix);
  return server;
}
