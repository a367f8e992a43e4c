import type { App } from "../app.ts";
import type { Settings } from "../config/settings.ts";
import type { Call, Connection } from "../http/call.ts";
import { isForContentHost } from "../http/content-origin.ts";
import { identify, passwordDetour, refuseCrossSite, requireAccess } from "../http/guard.ts";
import { prefersJson } from "../http/request/accept.ts";
import { canonicalUrl, ignoredForwardedFor, readClient } from "../http/request/client.ts";
import { makeRequestId, REQUEST_ID, requestIdOf } from "../http/request/request-id.ts";
import { isServerFault, plainProblem, problemJson } from "../http/response/problem-response.ts";
import { signInRedirect } from "../http/response/response.ts";
import { urls } from "../http/urls.ts";
import { visitor } from "../policy.ts";
import { Problem, toProblem } from "../problem.ts";
import { Trace } from "../telemetry/trace.ts";
import { openContent } from "../web/open/open.ts";
import { problemPage } from "../web/ui/layout/problem-page.tsx";
import { findHandler, findRoute } from "./routes.ts";

/** Answers one request, whatever happens, and counts it. */
export async function answer(
  app: App,
  request: Request,
  connection: Connection,
): Promise<Response> {
  const settings = app.live.current;
  const arrival = { request, peerAddress: connection.address(request), settings };
  const client = readClient(arrival);
  if (ignoredForwardedFor(arrival)) warnOfProxy(app);
  const trace = new Trace(requestIdOf(request, client) ?? makeRequestId(app.random));
  const arrived = { app, request, client, connection, requestId: trace.id };
  const response = await trace.run(() => answerTraced(arrived, trace));
  response.headers.set(REQUEST_ID, trace.id);
  const { endpoint, tookMs } = trace;
  app.metrics.endpoint(endpoint).count(request.method, response.status, tookMs / 1000);
  if (isSlow(tookMs, settings)) logSlow(arrived, trace, response.status);
  return response;
}

async function answerTraced(arrived: Arrived, trace: Trace): Promise<Response> {
  const { app, request, client } = arrived;
  const settings = app.live.current;
  let call = strangersCall(arrived);
  try {
    const url = canonicalUrl(request);
    if (url instanceof Problem) throw url;
    call = { ...call, url };
    const route = findRoute(url.pathname);
    const isApart = isForContentHost(request, settings);
    if (route === null || (isApart && route.name !== "open"))
      throw new Problem("not_found", "There is nothing at this address.");
    trace.endpoint = route.name;
    const handler = findHandler(route.name, request.method);
    call = { ...call, params: route.params };
    if (isApart) return await openContent(call);
    if (route.name !== "open") call = { ...call, ...(await identify(app, request, client)) };
    if (call.user !== null) app.metrics.noteUser(call.user.id);
    refuseTooMany(call);
    requireAccess(call, urls[route.name].access);
    refuseCrossSite(request, client);
    return passwordDetour(call, route.name) ?? (await handler(call));
  } catch (thrown) {
    return answerProblem(call, await countMiss(call, toProblem(thrown)));
  }
}

/** @throws Problem `too_many` */
function refuseTooMany({ app, user, client, request }: Call): void {
  if (user !== null) app.limits.takeOfAccount(user.id, client.address);
  else if (!isReading(request)) app.limits.takePost(client.address);
}

/** What a stranger is answered who asked for what is not there: that, or that they do so too often. */
async function countMiss(call: Call, problem: Problem): Promise<Problem> {
  const { app, request, client } = call;
  if (problem.code !== "not_found" || call.user !== null) return problem;
  try {
    // To open a link nobody is asked who they are.
    if ((await identify(app, request, client)).user === null) app.limits.takeMiss(client.address);
    return problem;
  } catch (thrown) {
    return toProblem(thrown);
  }
}

type Arrived = Pick<Call, "app" | "request" | "client" | "connection" | "requestId">;

/** What a request is before anything in it was understood. */
function strangersCall(arrived: Arrived): Call {
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

async function answerProblem(call: Call, problem: Problem): Promise<Response> {
  if (isServerFault(problem)) logFailure(call, problem);
  if (isForContentHost(call.request, call.settings)) return plainProblem(problem, { call });
  const wantsJson = prefersJson(call.request);
  if (problem.code === "unauthenticated" && isReading(call.request) && !wantsJson)
    return signInRedirect(call);
  return wantsJson
    ? problemJson(problem, { call, requestId: call.requestId })
    : problemPage(await recognised(call, problem), problem);
}

/**
 * Where no link is found nobody was asked for yet; the page for people then says who they are. Strangers bring no
 * cookie, so they cost no look-up.
 */
async function recognised(call: Call, { code }: Problem): Promise<Call> {
  if (call.user !== null || (code !== "not_found" && code !== "gone")) return call;
  try {
    return { ...call, ...(await identify(call.app, call.request, call.client)) };
  } catch {
    return call;
  }
}

function isReading({ method }: Request): boolean {
  return method === "GET" || method === "HEAD";
}

function logFailure({ app, request, url }: Call, problem: Problem): void {
  const facts = {
    err: problem.cause ?? problem,
    code: problem.code,
    method: request.method,
    path: url.pathname,
  };
  app.log.error(facts, problem.message);
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
  app.log.warn(facts, "A request was slow.");
}

const PROXY_WARNING =
  "A proxy on this machine sends X-Forwarded-For, but it is not trusted, so every visitor seems to come from it. Set server.trusted_proxies.";

function warnOfProxy(app: App): void {
  if (app.warnings.has(PROXY_WARNING)) return;
  app.warnings.add(PROXY_WARNING);
  app.log.warn(PROXY_WARNING);
}
