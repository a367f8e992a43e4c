import { type LabelsOf, type MetricName, metricNames, metricRows } from "./metric-names.ts";

/** Values by series, such as `trunk8_requests_total{method="GET",endpoint="open",status="302"}`. */
export type Series = Map<string, number>;

/** Media type of Prometheus' text format. */
export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Returns the name of a series of a metric. */
export function seriesOf<Name extends MetricName>(name: Name, labels: LabelsOf<Name>): string {
  return named(name, Object.entries<string>(labels));
}

/** The same for a part of a histogram. */
export function named(
  name: string,
  labels: readonly (readonly [name: string, value: string])[],
): string {
  if (labels.length === 0) return name;
  return `${name}{${labels.map(([label, value]) => `${label}="${escapeValue(value)}"`).join(",")}}`;
}

function escapeValue(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

/** Returns the sums of several processes. */
export function addUp(all: Iterable<Series>): Series {
  const sum: Series = new Map();
  for (const series of all) {
    for (const [name, value] of series) sum.set(name, (sum.get(name) ?? 0) + value);
  }
  return sum;
}

/** Returns the counters and histograms of a process, without its gauges. */
export function countedIn(series: Series): Series {
  return new Map([...series].filter(([name]) => metricRows[metricOf(name)].type !== "gauge"));
}

const PARTS = /_(bucket|sum|count)$/;

function metricOf(series: string): MetricName {
  const [name = ""] = series.split("{", 1);
  return (name in metricRows ? name : name.replace(PARTS, "")) as MetricName;
}

/** Returns the series in Prometheus' text format. */
export function expose(series: Series): string {
  const lines = new Map<MetricName, string[]>(metricNames.map((name) => [name, []]));
  for (const [name, value] of series) lines.get(metricOf(name))?.push(`${name} ${value}\n`);
  return [...lines]
    .filter(([, values]) => values.length > 0)
    .map(([name, values]) => `${headOf(name)}${values.join("")}`)
    .join("");
}

function headOf(name: MetricName): string {
  const { help, type } = metricRows[name];
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
}
