import type { App } from "../../app.ts";
import type { LeaseState } from "../../database/leases.ts";
import { checkReadiness, isWell } from "../../health/readiness.ts";
import { type Job, jobs } from "../../jobs/jobs.ts";
import { readDisk } from "../../os/disk.ts";
import { listOpenFiles } from "../../os/open-files.ts";
import { lastBackupAt } from "../../site-backup/backup-schedule.ts";
import { type Series, seriesOf } from "../../telemetry/metric-series.ts";
import { version } from "../../version.ts";

/** Metrics of one process, as plain objects that can be sent to another. */
export interface Report {
  readonly series: Readonly<Record<string, number>>;
  readonly activeUsers: readonly number[];
}

/**
 * Returns the metrics of this process.
 * @param ofSite whether to add those of the site, which all processes share
 */
export async function makeReport(app: App, { ofSite }: { ofSite: boolean }): Promise<Report> {
  const series: Series = new Map();
  app.metrics.addTo(series);
  addModules(app, series);
  addProcess(series);
  if (ofSite) await addSite(app, series);
  return { series: Object.fromEntries(series), activeUsers: app.metrics.activeUsers() };
}

/** Adds counters that modules keep themselves. */
function addModules({ visits, files, accounts, links, database }: App, series: Series): void {
  series.set("trunk8_visits_without_details_total", visits.detailsDropped);
  series.set("trunk8_visits_lost_total", visits.lost);
  series.set("trunk8_damaged_files_total", files.blobs.damaged);
  series.set("trunk8_password_checks_running", accounts.passwords.running);
  series.set("trunk8_password_checks_waiting", accounts.passwords.waiting);
  series.set("trunk8_password_checks_refused_total", accounts.passwords.refused);
  series.set("trunk8_link_cache_entries", links.cache.size);
  series.set("trunk8_link_cache_misses_total", links.cache.misses);
  series.set("trunk8_changes_heard", database.changes.isProven ? 1 : 0);
  series.set("trunk8_serving_stale", database.changes.isStale ? 1 : 0);
  database.changeDelays?.addTo(series, "trunk8_changes_delay_seconds");
}

function addProcess(series: Series): void {
  const { user, system } = process.cpuUsage();
  series.set("trunk8_cpu_seconds_total", (user + system) / 1_000_000);
  series.set("trunk8_memory_bytes", process.memoryUsage.rss());
  series.set("trunk8_workers", 1);
  const openFiles = listOpenFiles().length;
  if (openFiles > 0) series.set("trunk8_open_files", openFiles);
}

async function addSite(app: App, series: Series): Promise<void> {
  series.set(seriesOf("trunk8_info", { version, node: app.nodes.name }), 1);
  series.set("trunk8_visit_journal_files", app.visits.journalDepth);
  series.set("trunk8_settings_broken", app.live.fault === null ? 0 : 1);
  const disk = await readDisk(app.live.dataFolder);
  series.set("trunk8_disk_free_bytes", disk.freeBytes);
  series.set("trunk8_disk_size_bytes", disk.sizeBytes);
  if (app.database.clock !== null)
    series.set("trunk8_clock_offset_seconds", (app.machineClock() - app.clock()) / 1000);
  await Promise.all([addHealth(app, series), addBackup(app, series), addDatabase(app, series)]);
}

async function addHealth(app: App, series: Series): Promise<void> {
  const { ready, degraded } = await checkReadiness(app);
  series.set("trunk8_ready", isWell(ready) ? 1 : 0);
  for (const [check, fault] of Object.entries(degraded))
    series.set(seriesOf("trunk8_degraded", { check }), fault === null ? 0 : 1);
}

async function addBackup(app: App, series: Series): Promise<void> {
  const at = await lastBackupAt(app);
  if (at !== null) series.set("trunk8_backup_last_timestamp_seconds", at / 1000);
}

async function addDatabase({ accounts, leases }: App, series: Series): Promise<void> {
  try {
    series.set("trunk8_sessions", await accounts.sessions.count());
    for (const lease of await leases.list()) {
      const job = jobs.find(({ id }) => id === lease.name);
      if (job !== undefined) addJob(job, lease, series);
    }
  } catch {
    // The database is unavailable, which other metrics show: a scrape succeeds all the same.
  }
}

function addJob(
  { id: job, everyMs }: Job,
  { ranAt, tookMs, failure }: LeaseState,
  series: Series,
): void {
  if (ranAt === null || tookMs === null) return;
  series.set(seriesOf("trunk8_job_period_seconds", { job }), everyMs / 1000);
  series.set(seriesOf("trunk8_job_last_run_timestamp_seconds", { job }), ranAt / 1000);
  series.set(seriesOf("trunk8_job_duration_seconds", { job }), tookMs / 1000);
  series.set(seriesOf("trunk8_job_failed", { job }), failure === "" ? 0 : 1);
}
