import { addUp, countedIn, type Series } from "../../telemetry/metric-series.ts";
import type { Report } from "./metrics-report.ts";

/** What the workers of a machine count together. Of those that are gone, it stays what they last told. */
export class MetricTotals {
  readonly #living = new Map<object, Report>();
  #gone: Series = new Map();

  /** Keeps the latest that a worker says. */
  keep(worker: object, report: Report): void {
    this.#living.set(worker, report);
  }

  /** Its counts stay; how it was does not. */
  bury(worker: object): void {
    const report = this.#living.get(worker);
    if (report === undefined) return;
    this.#living.delete(worker);
    this.#gone = addUp([this.#gone, countedIn(seriesIn(report))]);
  }

  /** All series. An account is active once, whoever answered it. */
  sum(): Series {
    const reports = [...this.#living.values()];
    const series = addUp([this.#gone, ...reports.map(seriesIn)]);
    const active = new Set(reports.flatMap(({ activeUsers }) => activeUsers));
    return series.set("trunk8_active_users", active.size);
  }
}

function seriesIn({ series }: Report): Series {
  return new Map(Object.entries(series));
}
