import type { Clock } from "../clock.ts";
import { Histogram } from "./histogram.ts";
import { type Series, seriesOf } from "./metric-series.ts";

export interface MetricsParts {
  readonly clock: Clock;
  /** Kinds of links, and classes of visitors, each in the order of its indices. */
  readonly kinds: readonly string[];
  readonly visitors: readonly string[];
}

/** Seconds. A redirect takes less than the first. */
const DURATIONS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  30,
];

/** Bytes: 1 KB, 16 KB and so on up to 4 GB. */
const SIZES = [1, 16, 256, 4096, 65_536, 1_048_576, 4_194_304].map((kilo) => kilo * 1024);

const METHODS = ["GET", "HEAD", "POST", "other"];
const OTHER = METHODS.length - 1;

/** Status codes are below it. */
const STATUSES = 600;

/** How long an account counts as active after a request, in milliseconds. */
const ACTIVE_MS = 300_000;

/** Upper bound of the number of active accounts. */
const MAX_ACTIVE = 10_000;

/** Interval of measuring the event loop's lag, in milliseconds. */
const LAG_MS = 500;

export type DatabaseOperation = "lookup" | "read" | "write";

/** Metrics of one URL. Counting is one addition in memory, since redirects are counted, too. */
export class EndpointMetrics {
  readonly #counts = new Float64Array(METHODS.length * STATUSES);
  readonly #durations = new Histogram(DURATIONS);

  /** Counts one answer. */
  count(method: string, status: number, seconds: number): void {
    const at = placeOfMethod(method) * STATUSES + status;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#durations.observe(seconds);
  }

  /** Adds its series. */
  addTo(series: Series, endpoint: string): void {
    for (const [at, count] of this.#counts.entries()) {
      if (count === 0) continue;
      const method = METHODS[Math.floor(at / STATUSES)] ?? "other";
      const status = String(at % STATUSES);
      series.set(seriesOf("trunk8_requests_total", { method, endpoint, status }), count);
    }
    this.#durations.addTo(series, "trunk8_request_duration_seconds", [["endpoint", endpoint]]);
  }
}

function placeOfMethod(method: string): number {
  const place = METHODS.indexOf(method);
  return place < 0 ? OTHER : place;
}

/** Metrics of one process. */
export class Metrics {
  readonly #clock: Clock;
  readonly #kinds: readonly string[];
  readonly #visitors: readonly string[];
  readonly #endpoints = new Map<string, EndpointMetrics>();
  readonly #accesses: Float64Array;
  readonly #downloads = new Histogram(SIZES);
  readonly #lag = new Histogram(DURATIONS);
  readonly #database: Readonly<Record<DatabaseOperation, Histogram>> = {
    lookup: new Histogram(DURATIONS),
    read: new Histogram(DURATIONS),
    write: new Histogram(DURATIONS),
  };
  readonly #uploads = { files: 0, bytes: 0, refused: new Map<string, number>() };
  readonly #limited = new Map<string, number>();
  /** Time of each account's last request, the latest last. */
  readonly #active = new Map<number, number>();
  #late = 0;
  #slow = 0;
  /** The URL of links, counted for each redirect. */
  readonly opening: EndpointMetrics;

  constructor({ clock, kinds, visitors }: MetricsParts) {
    this.#clock = clock;
    this.#kinds = kinds;
    this.#visitors = visitors;
    this.#accesses = new Float64Array(kinds.length * visitors.length);
    this.opening = this.endpoint("open");
  }

  /** Returns the metrics of the URL of this name. */
  endpoint(name: string): EndpointMetrics {
    const known = this.#endpoints.get(name);
    if (known !== undefined) return known;
    const made = new EndpointMetrics();
    this.#endpoints.set(name, made);
    return made;
  }

  /** @param visitorPlace of the visitor's class */
  countAccess(kind: string, visitorPlace: number): void {
    const at = this.#kinds.indexOf(kind) * this.#visitors.length + visitorPlace;
    this.#accesses[at] = (this.#accesses[at] ?? 0) + 1;
  }

  countDownload(bytes: number): void {
    this.#downloads.observe(bytes);
  }

  countUpload(bytes: number): void {
    this.#uploads.files++;
    this.#uploads.bytes += bytes;
  }

  /** @param reason a code of a Problem */
  countUploadRefusal(reason: string): void {
    increase(this.#uploads.refused, reason);
  }

  /** Counts a request that was refused by the limit of this name. */
  countLimited(limit: string): void {
    increase(this.#limited, limit);
  }

  countSlow(connections: number): void {
    this.#slow += connections;
  }

  countLate(): void {
    this.#late++;
  }

  countDatabase(operation: DatabaseOperation, seconds: number): void {
    this.#database[operation].observe(seconds);
  }

  /** Counts the account as active. */
  noteUser(userId: number): void {
    this.#active.delete(userId);
    this.#active.set(userId, this.#clock());
    const [oldest] = this.#active.keys();
    if (this.#active.size > MAX_ACTIVE && oldest !== undefined) this.#active.delete(oldest);
  }

  /** Returns the accounts with a request in the last five minutes. */
  activeUsers(): number[] {
    const since = this.#clock() - ACTIVE_MS;
    for (const [userId, at] of this.#active) if (at < since) this.#active.delete(userId);
    return [...this.#active.keys()];
  }

  /** Measures regularly how late timers are; returns a function that stops it. */
  watchLoop(): () => void {
    let dueAt = performance.now() + LAG_MS;
    const look = () => {
      const now = performance.now();
      this.#lag.observe(Math.max(0, now - dueAt) / 1000);
      dueAt = now + LAG_MS;
    };
    const timer = setInterval(look, LAG_MS).unref();
    return () => clearInterval(timer);
  }

  /** Adds all series. */
  addTo(series: Series): void {
    for (const [name, endpoint] of this.#endpoints) endpoint.addTo(series, name);
    this.#addAccesses(series);
    this.#downloads.addTo(series, "trunk8_file_download_bytes");
    this.#lag.addTo(series, "trunk8_event_loop_lag_seconds");
    for (const [operation, durations] of Object.entries(this.#database))
      durations.addTo(series, "trunk8_database_duration_seconds", [["operation", operation]]);
    series.set("trunk8_uploads_total", this.#uploads.files);
    series.set("trunk8_upload_bytes_total", this.#uploads.bytes);
    for (const [reason, count] of this.#uploads.refused)
      series.set(seriesOf("trunk8_upload_refusals_total", { reason }), count);
    for (const [limit, count] of this.#limited)
      series.set(seriesOf("trunk8_limited_requests_total", { limit }), count);
    series.set("trunk8_late_answers_total", this.#late);
    series.set("trunk8_slow_connections_ended_total", this.#slow);
  }

  #addAccesses(series: Series): void {
    for (const [at, count] of this.#accesses.entries()) {
      const kind = this.#kinds[Math.floor(at / this.#visitors.length)] ?? "";
      const visitor = this.#visitors[at % this.#visitors.length] ?? "";
      series.set(seriesOf("trunk8_link_accesses_total", { kind, visitor }), count);
    }
  }
}

function increase(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
