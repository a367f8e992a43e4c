import type { App } from "../app.ts";
import { parseListen } from "../config/values/listen-address.ts";
import { type Checks, checkReadiness, isWell, type Readiness } from "../health/readiness.ts";
import { opsUrls } from "../http/urls.ts";
import { Problem } from "../problem.ts";
import { EXPOSITION_TYPE, expose, type Series } from "../telemetry/metric-series.ts";
import { text as sharedText } from "../text/text.en.ts";
import { isOpsHost } from "./ops-host.ts";
import { text } from "./text.en.ts";
import { MetricTotals } from "./workers/metric-totals.ts";
import { makeReport } from "./workers/metrics-report.ts";

/** Metrics and health of a running site, of one process or several. */
export interface Operations {
  metrics(): Promise<Series>;
  readiness(): Promise<Readiness>;
}

export interface OpsServer {
  /** The TCP port; null on a unix socket. */
  readonly port: number | null;
  stop(): Promise<void>;
}

/**
 * Serves metrics and health checks at `ops.listen`, apart from the site; null if that is empty.
 * @throws Problem `internal` if the address is in use
 */
export function startOps(listen: string, operations: Operations): OpsServer | null {
  if (listen === "") return null;
  try {
    const server = Bun.serve({
      ...parseListen(listen),
      development: false,
      fetch: (request) => answer(request, listen, operations),
      error: () => plain(500, `${sharedText.internalError}\n`),
    });
    return { port: server.port ?? null, stop: () => server.stop(true) };
  } catch (cause) {
    throw new Problem("internal", text.listen.opsInUse(listen), { cause });
  }
}

async function answer(request: Request, listen: string, operations: Operations): Promise<Response> {
  if (!isOpsHost(request.headers.get("host"), listen))
    return plain(421, `${text.health.foreignHost}\n`);
  if (request.method !== "GET" && request.method !== "HEAD")
    return plain(405, `${text.health.readOnly}\n`);
  switch (URL.parse(request.url)?.pathname) {
    case opsUrls.metrics:
      return exposition(await operations.metrics());
    case opsUrls.live:
      return health({ ready: {}, degraded: {} });
    case opsUrls.ready:
      return health(await operations.readiness());
    default:
      return plain(404, `${Object.values(opsUrls).join("\n")}\n`);
  }
}

function exposition(series: Series): Response {
  return respond(200, expose(series), EXPOSITION_TYPE);
}

/**
 * `fail` and 503 if links cannot be answered, `warn` and 200 if something else is wrong, in the format of
 * draft-inadarei-api-health-check.
 */
function health({ ready, degraded }: Readiness): Response {
  const body = {
    ...summaryOf({ ready, degraded }),
    checks: { ...verdictsOn(ready, "fail"), ...verdictsOn(degraded, "warn") },
  };
  const status = isWell(ready) ? 200 : 503;
  return respond(status, `${JSON.stringify(body)}\n`, "application/health+json");
}

interface Verdict {
  readonly status: "pass" | "warn" | "fail";
  readonly output?: string;
}

function summaryOf({ ready, degraded }: Readiness): Verdict {
  if (!isWell(ready)) return { status: "fail", output: text.health.notReady };
  return isWell(degraded) ? { status: "pass" } : { status: "warn", output: text.health.degraded };
}

function verdictsOn(checks: Checks, wrong: Verdict["status"]): Record<string, [Verdict]> {
  const verdicts = Object.entries(checks).map(([name, fault]): [string, [Verdict]] => [
    name,
    [fault === null ? { status: "pass" } : { status: wrong, output: fault }],
  ]);
  return Object.fromEntries(verdicts);
}

function plain(status: number, text: string): Response {
  return respond(status, text, "text/plain; charset=utf-8");
}

function respond(status: number, body: string, type: string): Response {
  const headers = {
    "content-type": type,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  };
  return new Response(body, { status, headers });
}

/** Metrics and health of a single process. */
export function operationsOf(app: App): Operations {
  const totals = new MetricTotals();
  return {
    metrics: async () => {
      totals.keep(app, await makeReport(app, { ofSite: true }));
      return totals.sum().set("trunk8_worker_restarts_total", 0);
    },
    readiness: () => checkReadiness(app),
  };
}
