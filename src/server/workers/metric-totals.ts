import { addUp, countedIn, type Series } from "../../telemetry/metric-series.ts";
import type { Report } from "./metrics-report.ts";

/** Sums of the metrics of all workers of a machine. Counters of workers that have ended stay in the sums. */
export class MetricTotals {
  readonly #running = new Map<object, Report>();
  #ended: Series = new Map();

  /** Keeps the latest report of a worker. */
  keep(worker: object, report: Report): void {
    this.#running.set(worker, report);
  }

  /** Keeps the counters of a worker that has ended, and drops its gauges. */
  retire(worker: object): void {
    const report = this.#running.get(worker);
    if (report === undefined) return;
    this.#running.delete(worker);
    this.#ended = addUp([this.#ended, countedIn(seriesIn(report))]);
  }

  /** Returns all series. An account counts as active once, whichever workers answered it. */
  sum(): Series {
    const reports = [...this.#running.values()];
    const series = addUp([this.#ended, ...reports.map(seriesIn)]);
    const active = new Set(reports.flatMap(({ activeUsers }) => activeUsers));
    return series.set("trunk8_active_users", active.size);
  }
}

function seriesIn({ series }: Report): Series {
  return new Map(Object.entries(series));
}
