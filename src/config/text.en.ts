import { catalogue } from "../text/catalogue.ts";
import type { SettingKey } from "./settings.ts";

/** What each setting does: the comment in config.toml and the line in the documentation. */
const settings: Readonly<Record<SettingKey, string>> = {
  "app.title": "Site name, shown in the page header and the browser tab.",
  "app.theme": "Theme of the site's pages, for visitors and for users who have not chosen one.",
  "app.markdown_theme":
    "Theme of Markdown pages, for visitors and for users who have not chosen one.",
  "app.home":
    "What visitors see at /: login for the sign-in page, or an http or https URL to redirect to.",
  "app.language":
    "Language of pages, messages and commands: en. The others, en-xa and ar-xb, are generated from it to test translations.",
  "app.timezone":
    "Time zone of times given without one, as an IANA name such as Europe/Berlin. Empty = the machine's time zone.",
  "app.examples": "Create example links for the administrator on the first start.",
  "app.max_file_size_mb":
    "Maximum size of an uploaded file, in MB (1 MB = 1,048,576 bytes). 0 = unlimited.",
  "files.allowed_extensions":
    'File extensions that may be uploaded, such as ["pdf", "png"]. ["*"] = all, the default: what protects the site is how files are served, not their names.',
  "files.inline":
    "Open new files in the browser if their type is harmless. false = download them. Each link can differ; existing links keep theirs.",
  "files.remove_metadata":
    "Offer to remove location and camera data from uploaded images, as the form's choice for JPEG, PNG and WebP. false = the choice is not made beforehand. Programs ask for it themselves.",
  "files.quota_mb": "Storage quota of each account that has none of its own, in MB. 0 = unlimited.",
  "files.chunk_mb":
    "Size of the portions in which the upload page sends larger files, in MB. Each is one request: proxies must let it through.",
  "files.site_files":
    "Most files of an HTML page that consists of several, as from a zip file. Together they have at most app.max_file_size_mb.",
  "files.resume_days":
    "Days for which an unfinished upload can go on. Then it is deleted, and so is a finished one without a link.",
  "files.accelerate":
    "nginx: answer requests from a trusted proxy with X-Accel-Redirect, so that nginx sends the file. Empty = Trunk8 sends all files itself.",
  "files.cache_mb":
    "Memory that each process uses to cache files of up to 64 KB, in MB. 0 = disabled.",
  "admin.password":
    "Password of the administrator. It is compared, never stored. Unset = a random password is generated on the first start, printed once and stored as a hash.",
  "secret.key":
    "Key for the hashes of sessions. Changing it signs everyone out. Unset = a key is generated once and kept in the data folder.",
  "session.permanent_lifetime_days": 'Days that a sign-in with "Remember me" lasts.',
  "server.listen": "Listen address: HOST:PORT, [IPv6]:PORT, or unix:PATH for a Unix socket.",
  "server.workers":
    "Number of worker processes, or auto for one per CPU core. A supervisor replaces workers that exit, and all of them one by one on SIGUSR2. Empty = one process without a supervisor.",
  "server.timeout":
    "Seconds until a request times out, not counting file transfers, and until a worker that does not respond is replaced.",
  "server.keep_alive":
    "Seconds until an idle connection is closed; longer while a file is transferred. Behind a proxy, use more than the proxy's own idle timeout.",
  "server.max_requests":
    "Replace a worker after this many requests. 0 = never. Meant for programs that leak memory; this one is measured not to.",
  "server.max_requests_jitter":
    "Add a random number of requests, up to this many, to max_requests, so that workers are not all replaced at once.",
  "server.shutdown_timeout":
    "Seconds that requests in progress may take to finish when the server stops.",
  "server.public_url":
    "Public URL of the site, such as https://x.example. Empty = the address that each page was requested under.",
  "server.content_origin":
    "Separate origin for users' HTML pages, such as https://x-content.example. It must point to this server and serve nothing else. Empty = HTML pages run in a sandbox on the site's own origin.",
  "server.trusted_proxies":
    'Proxies whose X-Forwarded-For and X-Forwarded-Proto headers are trusted: addresses and CIDRs such as ["127.0.0.1", "10.0.0.0/8"], or the number of proxies in front. Empty = only the peer of a Unix socket.',
  "server.run_folder":
    "Folder for the memory that processes of one machine share and for visits not saved yet. It must be on a local disk: set it if the data folder is on a network file system. Empty = run in the data folder.",
  "server.node_name":
    "Name of this machine in the list of nodes, in logs and in metrics: each node has a different one. Empty = the host name.",
  "server.drain_seconds":
    "Seconds that a stopping server goes on answering requests while /health/ready fails: time for load balancers to send requests to other nodes. A second signal ends it. 0 = stop at once.",
  "server.hsts_seconds":
    "Seconds that browsers use only HTTPS after one visit by HTTPS (Strict-Transport-Security). 0 = disabled.",
  "server.hsts_subdomains":
    "Browsers use only HTTPS for all subdomains of this host, too (includeSubDomains). Turn it on only if every subdomain supports HTTPS.",
  "database.url":
    "PostgreSQL URL: postgres://user:password@host:port/name. With several servers (host1:port,host2:port), the primary is used. Empty = the embedded SQLite database in the data folder.",
  "database.listen_url":
    "URL of the same PostgreSQL without PgBouncer in between, for the connection that listens for changes. Empty: `database.url`.",
  "database.pool_size": "Maximum number of PostgreSQL connections per process.",
  "links.schemes":
    "URL schemes that destinations may have. javascript, data, vbscript, blob and file are never allowed.",
  "links.indexed":
    "Let search engines index short links: robots.txt allows everything, and no link sends noindex.",
  "links.nofollow":
    "Mark the links in Markdown pages as nofollow, which makes them useless to spammers.",
  "links.expired_retention_days": "Days until an expired link is deleted. 0 = immediately.",
  "links.trash_days":
    "Days that a deleted link stays in the trash, from which its owner can restore it. 0 = it is deleted at once.",
  "links.cache_size":
    "Number of links, and of unknown short codes, that each process keeps in memory.",
  "links.forward_query":
    "Redirects pass the visitor's query parameters on to the destination, where a link does not say otherwise.",
  "links.embed_anywhere":
    "Links may say that every website may show them in a frame (`*`). Off: only websites that they name, also for links that say so already.",
  "links.fallback_url":
    "Where visitors are sent by links that have expired, are disabled or have reached their visit limit, and have no fallback of their own. Empty = they see a message.",
  "links.gone_text":
    "What visitors read at links that have expired, are disabled or have reached their visit limit. Empty = which of these it is.",
  "links.serve_stale_seconds":
    "While PostgreSQL is away, seconds that links in memory are answered beyond the 0.8 seconds for which they are known to be current. Meanwhile, a change by another node that still reaches it is missed. 0 = such requests get 503.",
  "links.max_age_seconds":
    "Seconds that browsers and shared caches may answer for a link, never past its expiry. 0 = disabled. Otherwise, visits answered by caches are not counted, and changed or disabled links stay reachable there for that long.",
  "backup.max_upload_mb": "Maximum size of a backup uploaded for restoring, in MB. 0 = unlimited.",
  "backup.keep_daily":
    "Back up the whole site every day into backups/ of the data folder, and keep this many backups. 0 = disabled.",
  "backup.keep_weekly":
    "Number of weekly backups to keep in addition: the first daily backup of each week. 0 = none.",
  "visits.retention_days": "Days to keep single visits. Totals are kept forever.",
  "visits.journal_mb":
    "Maximum size of the visits that each process holds while the database is unavailable, in MB. Beyond it, only totals are kept.",
  "visits.count_owners":
    "Count what the signed-in owner of a link opens. Off: it is left out; visit limits count it all the same.",
  "visits.respect_gpc":
    "Count visitors whose browser sends Sec-GPC or DNT without referrer, browser, device, language, country, campaign and unique visitor.",
  "visits.excluded_networks":
    'Networks whose visits are not counted: addresses and CIDRs such as ["192.0.2.0/24", "2001:db8::/32"]. Visit limits count them all the same.',
  "visits.countries":
    "Find out the countries of visitors: by `visits.country_header`, then `visits.country_file`, then the bundled table of IP2Location LITE. No address is stored.",
  "visits.country_header":
    "Header by which a trusted proxy names the visitor's country, such as CF-IPCountry or X-Country. Empty = none.",
  "visits.country_file":
    "Country database of your own in the MaxMind format (.mmdb), which also knows IPv6. It is read again when it has changed. Empty = only the bundled table, of IPv4 addresses.",
  "audit.retention_days": "Days to keep the audit log of who did what.",
  "log.level": "Log level: debug, info, warning, error or critical.",
  "log.client_address":
    "How much of client addresses to log: short (the first three parts, of IPv6 the first 48 bits), full (needed by fail2ban) or none.",
  "log.slow_ms":
    "Log requests that take this many milliseconds or more to begin their response, and where the time went. 0 = disabled.",
  "log.access":
    "Access log: a file for one line per request in the combined log format, reopened on SIGHUP. - = standard output. Empty = disabled.",
  "limits.stranger_per_minute":
    "Rate limit of visitors: unknown short codes and forms per minute and network address (IPv6: per /64), at most a fifth of them at once. 0 = unlimited.",
  "limits.account_per_minute":
    "Rate limit of users: requests per minute and account, at most a fifth of them at once. 0 = unlimited.",
  "limits.key_per_minute":
    "Rate limit of API keys: requests per minute and key, at most a fifth of them at once. 0 = unlimited.",
  "limits.open_per_minute":
    "Rate limit of visits: live links opened per minute and network address, at most a fifth of them at once. 0 = unlimited, which also makes redirects faster.",
  "limits.stranger_cpu_ms":
    "CPU time of visitors in milliseconds per minute and network address, at most a fifth of it at once: QR codes, file views, thumbnails and documents that are not cached. 0 = unlimited.",
  "limits.account_cpu_ms": "The same per minute and account, with previews. 0 = unlimited.",
  "limits.uploads": "Number of uploads that one account may send at a time. 0 = unlimited.",
  "limits.upload_bytes_per_second":
    "Least average rate of an upload in bytes per second, after its first 30 seconds. 0 = none.",
  "limits.slow_connections":
    "Number of connections below 1 KB per second that one network address may hold per process; others are closed. Does not apply to trusted proxies. 0 = unlimited.",
  "api.allowed_origins":
    'Sites whose scripts in browsers may call /api/v1 with an API key (CORS), such as ["https://app.example"]. Cookies do not count there. Empty = none.',
  "ops.listen":
    "Address of the metrics and health endpoints, which need no sign-in: HOST:PORT, [IPv6]:PORT or unix:PATH. Do not expose it to the internet. Empty = disabled.",
  "ops.disk_floor_mb":
    "Free disk space of the data folder, in MB, below which the health endpoint reports a problem. Requests are still answered.",
  "config.check_seconds":
    "Seconds between checks of config.toml's modification time, in addition to file system events.",
  "config.force_reload_seconds":
    "Seconds until config.toml is read again even if it looks unchanged.",
};

export const text = catalogue({
  settings,
  firstConfig: {
    introduction: `Trunk8 settings. Commented lines show the defaults: remove the # to change one.
"Immediately" means within a second of saving this file.
Environment variables override this file, and command line options override both.`,
    defaultValue: (value: string) => `Default: ${value}.`,
    unset: "unset",
    takesEffectLive: "Takes effect: immediately.",
    takesEffectOnRestart: "Takes effect: after a restart.",
    environment: (names: string) => `Environment: ${names}.`,
  },
  sources: {
    database: "database",
    variable: (name: string) => `environment variable ${name}`,
    commandLine: "command line",
    position: (path: string, line: number, column: number) =>
      `${path}, line ${line}, column ${column}`,
  },
  mustBe: (source: string, key: string, form: string) => `${source}: ${key} must be ${form}.`,
  unknown: (source: string, key: string) => `${source}: unknown setting ${key}.`,
  syntax: (position: string, error: string) => `${position}: ${error}.`,
  bothSet: (variable: string, fileVariable: string) =>
    `Both ${variable} and ${fileVariable} are set. Remove one of them.`,
  secretUnreadable: (variable: string, path: string) =>
    `environment variable ${variable}: cannot read ${path}.`,
  contentOrigin: {
    same_host:
      "server.content_origin is ignored: it has the host name of server.public_url, and cookies are shared by all ports of a host. Use another host name.",
    same_site:
      "server.content_origin and server.public_url are of one site: one is a subdomain of the other. Users' HTML pages are better separated under another domain.",
  },
  overriders: {
    variable: (name: string) => `the environment variable ${name}`,
    commandLine: "the command line",
  },
  overridden: (key: string, overrider: string) =>
    `${key} is set by ${overrider} and cannot be changed here.`,
  file: {
    unreadable: (path: string, code: string) => `Cannot read ${path}: ${code}.`,
    notUtf8: (path: string) => `Cannot read ${path}: it is not UTF-8 text.`,
    changing: (path: string) =>
      `${path} is being changed by another program. Try again in a moment.`,
    mounted: (path: string) =>
      `${path} is mounted as a single file, which cannot be replaced. Mount its folder instead, or edit the file on the host.`,
    readOnly: (path: string) => `${path} is read-only. Make it writable, or edit it at its source.`,
  },
});
