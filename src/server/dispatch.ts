import { addApiHeaders } from "../api/answer-headers.ts";
import { answerOptions } from "../api/answer-options.ts";
import type { App } from "../app.ts";
import type { Settings } from "../config/settings.ts";
import { authenticate } from "../http/authenticate.ts";
import type { Call, Connection } from "../http/call.ts";
import { isForContentHost } from "../http/content-origin.ts";
import { findRoute } from "../http/find-route.ts";
import { limitKey, passwordDetour, refuseCrossSite, requireAccess } from "../http/guard.ts";
import { isProbe } from "../http/proxy-check/proxy-probe.ts";
import {
  canonicalUrl,
  ignoredForwardedFor,
  isReading,
  readClient,
} from "../http/request/client.ts";
import { makeRequestId, REQUEST_ID, requestIdOf } from "../http/request/request-id.ts";
import type { Tongue } from "../http/url-row.ts";
import { isApiPath } from "../http/urls/api-urls.ts";
import { type UrlName, urls } from "../http/urls.ts";
import { visitor } from "../policy.ts";
import { Problem, toProblem } from "../problem.ts";
import { Trace } from "../telemetry/trace.ts";
import { openContent } from "../web/open/open.ts";
import { answerProblem } from "./answer-problem.ts";
import { findHandler } from "./routes.ts";
import { text } from "./text.en.ts";

/** Answers one request, whatever happens, and counts it. */
export async function answer(
  app: App,
  request: Request,
  connection: Connection,
): Promise<Response> {
  const settings = app.live.current;
  const arrival = { request, peerAddress: connection.address(request), settings };
  const client = readClient(arrival);
  // Doctor's own requests bring the header to see what becomes of it.
  if (ignoredForwardedFor(arrival) && !isProbe(app, request)) warnOfProxy(app);
  const trace = new Trace(requestIdOf(request, client) ?? makeRequestId(app.random));
  const arrived = { app, request, client, connection, requestId: trace.id };
  const response = await trace.run(() => answerTraced(arrived, trace));
  response.headers.set(REQUEST_ID, trace.id);
  const { endpoint, tookMs } = trace;
  app.metrics.endpoint(endpoint).count(request.method, response.status, tookMs / 1000);
  if (isSlow(tookMs, settings)) logSlow(arrived, trace, response.status);
  return response;
}

/** URLs that open a link, for which it does not matter who asks. */
/** Whether an address that cannot be read is one of the API, whose programs do not read pages. */
function isOfApi({ url }: Request): boolean {
  return isApiPath(URL.parse(url)?.pathname ?? "");
}

const opensLink: ReadonlySet<UrlName> = new Set<UrlName>([
  "open",
  "part",
  "zip",
  "page",
  "pageOnce",
  "framedSite",
]);

async function answerTraced(arrived: Arrived, trace: Trace): Promise<Response> {
  const { app, request } = arrived;
  const settings = app.live.current;
  let call = unknownCall(arrived);
  let tongue: Tongue = "page";
  let isIdentified = false;
  let response: Response;
  try {
    const isApart = isForContentHost(request, settings);
    if (isApart) tongue = "text";
    const url = canonicalUrl(request);
    if (url instanceof Problem) {
      if (!isApart && isOfApi(request)) tongue = "api";
      throw url;
    }
    call = { ...call, url };
    if (!isApart && isApiPath(url.pathname)) tongue = "api";
    const route = findRoute(url.pathname, request.method);
    if (route === null || (isApart && route.name !== "open" && route.name !== "part"))
      throw new Problem("not_found", text.request.nothingHere);
    trace.endpoint = route.name;
    if (!isApart) tongue = urls[route.name].tongue;
    if (tongue === "api" && request.method === "OPTIONS") return answerOptions(call, route.name);
    const handler = findHandler(route.name, request.method);
    call = { ...call, params: route.params };
    if (isApart) return await openContent(call);
    isIdentified = !opensLink.has(route.name);
    if (isIdentified) call = { ...call, ...limitKey(await authenticate(call), route.name) };
    if (call.actor.is === "user") app.metrics.noteUser(call.actor.userId);
    refuseTooMany(call);
    requireAccess(call, urls[route.name].access);
    refuseCrossSite(call);
    response = passwordDetour(call, route.name) ?? (await handler(call));
  } catch (thrown) {
    const problem = toProblem(thrown);
    if (!isIdentified) call = await identify(call, problem);
    response = await answerProblem(call, countMiss(call, problem), tongue);
  }
  if (tongue === "api") addApiHeaders(call, response.headers);
  return response;
}

/**
 * Opening a link authenticates no caller. The page that says that there is none then shows who is signed in; visitors
 * send no cookie and cost no query.
 */
async function identify(call: Call, { code }: Problem): Promise<Call> {
  if (code !== "not_found" && code !== "gone") return call;
  try {
    return { ...call, ...limitKey(await authenticate(call), "open") };
  } catch {
    return call;
  }
}

/** @throws Problem `too_many` */
function refuseTooMany({ app, actor, client, request }: Call): void {
  if (actor.is === "user" && actor.key !== undefined)
    app.limits.takeOfKey(actor.key.id, client.address);
  else if (actor.is === "user") app.limits.takeOfAccount(actor.userId, client.address);
  else if (!isReading(request)) app.limits.takePost(client.address);
}

/** Counts a visitor's request for what does not exist; returns the problem, or `too_many` beyond the limit. */
function countMiss({ app, client, actor }: Call, problem: Problem): Problem {
  if (problem.code !== "not_found" || actor.is !== "visitor") return problem;
  try {
    app.limits.takeMiss(client.address);
    return problem;
  } catch (thrown) {
    return toProblem(thrown);
  }
}

type Arrived = Pick<Call, "app" | "request" | "client" | "connection" | "requestId">;

/** A call of which nothing is read yet. */
function unknownCall(arrived: Arrived): Call {
  return {
    ...arrived,
    url: new URL(arrived.client.origin),
    params: {},
    settings: arrived.app.live.current,
    actor: visitor,
    user: null,
    session: null,
  };
}

function isSlow(tookMs: number, settings: Settings): boolean {
  const slowMs = settings["log.slow_ms"];
  return slowMs > 0 && tookMs >= slowMs;
}

function logSlow({ app, request, client, requestId }: Arrived, trace: Trace, status: number): void {
  const { endpoint, tookMs, parts } = trace;
  const { address } = client;
  const { method } = request;
  const facts = { requestId, method, endpoint, status, address, tookMs, parts };
  app.log.warn(facts, "Slow request");
}

/** Once: in the log, and for administrators on their pages. */
function warnOfProxy(app: App): void {
  const warning = text.request.proxyUntrusted;
  if (app.warnings.has(warning)) return;
  app.warnings.add(warning);
  app.log.warn(
    "X-Forwarded-For from an untrusted proxy on this machine, see server.trusted_proxies",
  );
}
