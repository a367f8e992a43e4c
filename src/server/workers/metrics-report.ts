import { existsSync, readdirSync } from "node:fs";
import type { App } from "../../app.ts";
import type { LeaseState } from "../../database/leases.ts";
import { readDisk } from "../../os/disk.ts";
import { type Series, seriesOf } from "../../telemetry/metric-series.ts";
import { version } from "../../version.ts";
import { jobs } from "../jobs.ts";

/** What one process says of itself: plain objects, since it goes from process to process. */
export interface Report {
  readonly series: Readonly<Record<string, number>>;
  readonly activeUsers: readonly number[];
}

/**
 * What this process has counted, and how it is.
 * @param ofSite whether to say also what is the same for all processes of the site
 */
export async function makeReport(app: App, { ofSite }: { ofSite: boolean }): Promise<Report> {
  const series: Series = new Map();
  app.metrics.tell(series);
  tellParts(app, series);
  tellProcess(series);
  if (ofSite) await tellSite(app, series);
  return { series: Object.fromEntries(series), activeUsers: app.metrics.activeUsers() };
}

/** What was counted where it happens. */
function tellParts({ visits, blobs, passwords, links }: App, series: Series): void {
  series.set("trunk8_visits_without_details_total", visits.detailsDropped);
  series.set("trunk8_visits_lost_total", visits.lost);
  series.set("trunk8_damaged_files_total", blobs.damaged);
  series.set("trunk8_password_checks_running", passwords.running);
  series.set("trunk8_password_checks_waiting", passwords.waiting);
  series.set("trunk8_password_checks_refused_total", passwords.refused);
  series.set("trunk8_link_cache_entries", links.cache.size);
  series.set("trunk8_link_cache_misses_total", links.cache.misses);
}

const OPEN_FILES = "/proc/self/fd";

function tellProcess(series: Series): void {
  const { user, system } = process.cpuUsage();
  series.set("trunk8_cpu_seconds_total", (user + system) / 1_000_000);
  series.set("trunk8_memory_bytes", process.memoryUsage.rss());
  series.set("trunk8_workers", 1);
  if (existsSync(OPEN_FILES)) series.set("trunk8_open_files", readdirSync(OPEN_FILES).length);
}

async function tellSite(app: App, series: Series): Promise<void> {
  series.set(seriesOf("trunk8_info", { version }), 1);
  series.set("trunk8_visit_journal_files", app.visits.journalDepth);
  series.set("trunk8_settings_broken", app.live.fault === null ? 0 : 1);
  const disk = await readDisk(app.live.dataFolder);
  series.set("trunk8_disk_free_bytes", disk.freeBytes);
  series.set("trunk8_disk_size_bytes", disk.sizeBytes);
  await tellDatabase(app, series);
}

async function tellDatabase({ sessions, leases }: App, series: Series): Promise<void> {
  try {
    series.set("trunk8_sessions", await sessions.count());
    for (const lease of await leases.list())
      if (jobs.some(({ id }) => id === lease.name)) tellJob(lease, series);
  } catch {
    // The database is away, which other metrics tell: a scrape succeeds all the same.
  }
}

function tellJob({ name: job, ranAt, tookMs, failure }: LeaseState, series: Series): void {
  if (ranAt === null || tookMs === null) return;
  series.set(seriesOf("trunk8_job_last_run_timestamp_seconds", { job }), ranAt / 1000);
  series.set(seriesOf("trunk8_job_duration_seconds", { job }), tookMs / 1000);
  series.set(seriesOf("trunk8_job_failed", { job }), failure === "" ? 0 : 1);
}
