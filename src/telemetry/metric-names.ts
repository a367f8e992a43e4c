/** How a metric is read: a counter only grows, a gauge goes up and down, a histogram counts by size. */
export type MetricType = "counter" | "gauge" | "histogram";

interface MetricRow {
  readonly type: MetricType;
  readonly help: string;
  readonly labels: readonly string[];
}

/** Every metric there is. Values of several processes are added up. */
export const metricRows = {
  trunk8_info: {
    type: "gauge",
    help: "What runs: always 1, with its version and the name of this node (server.node_name).",
    labels: ["version", "node"],
  },
  trunk8_requests_total: {
    type: "counter",
    help: "Requests that were answered, by method, name of the URL and status.",
    labels: ["method", "endpoint", "status"],
  },
  trunk8_request_duration_seconds: {
    type: "histogram",
    help: "Time until an answer begins, by name of the URL.",
    labels: ["endpoint"],
  },
  trunk8_late_answers_total: {
    type: "counter",
    help: "Requests that were answered with 503 since they took longer than server.timeout.",
    labels: [],
  },
  trunk8_limited_requests_total: {
    type: "counter",
    help: "Requests that were refused with 429, by the limit.",
    labels: ["limit"],
  },
  trunk8_slow_connections_ended_total: {
    type: "counter",
    help: "Connections that were ended since they were slow, and too many of one address or for too long.",
    labels: [],
  },
  trunk8_active_users: {
    type: "gauge",
    help: "Accounts with a request in the last 5 minutes.",
    labels: [],
  },
  trunk8_sessions: {
    type: "gauge",
    help: "Sessions that have not ended.",
    labels: [],
  },
  trunk8_link_accesses_total: {
    type: "counter",
    help: "Visits of links, by kind of link and class of visitor.",
    labels: ["kind", "visitor"],
  },
  trunk8_file_download_bytes: {
    type: "histogram",
    help: "Bytes of a file that one answer was to send.",
    labels: [],
  },
  trunk8_link_cache_entries: {
    type: "gauge",
    help: "Links and unknown codes in memory.",
    labels: [],
  },
  trunk8_link_cache_misses_total: {
    type: "counter",
    help: "Openings for which the database was asked.",
    labels: [],
  },
  trunk8_changes_heard: {
    type: "gauge",
    help: "1 while changes of other nodes are known to arrive, else 0: then links are read from the database.",
    labels: [],
  },
  trunk8_changes_delay_seconds: {
    type: "histogram",
    help: "How long a notification between nodes takes, from before it is sent until it is heard, measured several times a second: how old an answer from memory typically is. Absent where there is one node.",
    labels: [],
  },
  trunk8_serving_stale: {
    type: "gauge",
    help: "1 while the database is away and links may be answered from older memory, by links.serve_stale_seconds.",
    labels: [],
  },
  trunk8_clock_offset_seconds: {
    type: "gauge",
    help: "How far this machine's clock is ahead of the database's, whose time is used. Absent where there is one node.",
    labels: [],
  },
  trunk8_visit_journal_files: {
    type: "gauge",
    help: "Files of visits that are not saved yet: one or two a process while all is well.",
    labels: [],
  },
  trunk8_visits_without_details_total: {
    type: "counter",
    help: "Visits that were kept as totals only, since the database took none for too long.",
    labels: [],
  },
  trunk8_visits_lost_total: {
    type: "counter",
    help: "Visits that neither the database nor the disk took.",
    labels: [],
  },
  trunk8_database_duration_seconds: {
    type: "histogram",
    help: "Time that the database took, waiting included: lookup, read or write (a whole transaction).",
    labels: ["operation"],
  },
  trunk8_uploads_total: {
    type: "counter",
    help: "Files that were taken in.",
    labels: [],
  },
  trunk8_upload_bytes_total: {
    type: "counter",
    help: "Bytes of the files that were taken in.",
    labels: [],
  },
  trunk8_upload_refusals_total: {
    type: "counter",
    help: "Uploads that were refused or broke off, by the reason.",
    labels: ["reason"],
  },
  trunk8_damaged_files_total: {
    type: "counter",
    help: "Openings of files whose bytes are missing or not those that were stored.",
    labels: [],
  },
  trunk8_password_checks_running: {
    type: "gauge",
    help: "Passwords that are being hashed or checked.",
    labels: [],
  },
  trunk8_password_checks_waiting: {
    type: "gauge",
    help: "Passwords that wait to be hashed or checked.",
    labels: [],
  },
  trunk8_password_checks_refused_total: {
    type: "counter",
    help: "Passwords that were not checked, since too many waited.",
    labels: [],
  },
  trunk8_workers: {
    type: "gauge",
    help: "Processes that answer requests.",
    labels: [],
  },
  trunk8_worker_restarts_total: {
    type: "counter",
    help: "Workers that exited unexpectedly and were replaced.",
    labels: [],
  },
  trunk8_cpu_seconds_total: {
    type: "counter",
    help: "CPU time that the answering processes used.",
    labels: [],
  },
  trunk8_memory_bytes: {
    type: "gauge",
    help: "Memory that the answering processes hold (resident).",
    labels: [],
  },
  trunk8_open_files: {
    type: "gauge",
    help: "Files and connections that the answering processes have open.",
    labels: [],
  },
  trunk8_event_loop_lag_seconds: {
    type: "histogram",
    help: "Delay of a timer, twice a second: how long requests wait for the event loop.",
    labels: [],
  },
  trunk8_disk_free_bytes: {
    type: "gauge",
    help: "Free space on the data folder's disk.",
    labels: [],
  },
  trunk8_disk_size_bytes: {
    type: "gauge",
    help: "Size of the data folder's disk.",
    labels: [],
  },
  trunk8_settings_broken: {
    type: "gauge",
    help: "1 while config.toml is broken and the last good settings are in force.",
    labels: [],
  },
  trunk8_ready: {
    type: "gauge",
    help: "1 while links can be answered: database and stored files are there.",
    labels: [],
  },
  trunk8_degraded: {
    type: "gauge",
    help: "1 while something else is wrong, by the name of the health check.",
    labels: ["check"],
  },
  trunk8_backup_last_timestamp_seconds: {
    type: "gauge",
    help: "When the newest backup in the data folder's backups was completed.",
    labels: [],
  },
  trunk8_job_period_seconds: {
    type: "gauge",
    help: "How often a periodic job of the site runs.",
    labels: ["job"],
  },
  trunk8_job_last_run_timestamp_seconds: {
    type: "gauge",
    help: "When a periodic job of the site last began.",
    labels: ["job"],
  },
  trunk8_job_duration_seconds: {
    type: "gauge",
    help: "How long the last run of a periodic job took.",
    labels: ["job"],
  },
  trunk8_job_failed: {
    type: "gauge",
    help: "1 where the last run of a periodic job failed.",
    labels: ["job"],
  },
} as const satisfies Readonly<Record<`trunk8_${string}`, MetricRow>>;

export type MetricName = keyof typeof metricRows;

export const metricNames = Object.keys(metricRows) as MetricName[];

/** The labels of one metric, all of them. */
export type LabelsOf<Name extends MetricName> = Readonly<
  Record<(typeof metricRows)[Name]["labels"][number], string>
>;
