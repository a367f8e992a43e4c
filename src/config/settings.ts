import type { z } from "zod";
import { languages } from "../text/language.ts";
import {
  homePage,
  listenAddress,
  optionalListenAddress,
  postgresUrl,
  proxies,
  publicOrigin,
  schemes,
} from "./values/addresses.ts";
import { extensions, usualExtensions } from "./values/extensions.ts";
import {
  choice,
  flag,
  integer,
  line,
  optionalLine,
  secretText,
  workers,
  zone,
} from "./values/setting-types.ts";
import { themeNames } from "./values/themes.ts";

/** One setting. Its key is `section.name`: `[section] name` in config.toml, `TRUNK8_SECTION_NAME` outside. */
export interface SettingRow<Value> {
  /** One or two sentences for an operator: the comment in config.toml and the line in the README. */
  readonly doc: string;
  readonly type: z.ZodType<Value>;
  readonly default: NoInfer<Value>;
  /** `live`: a change takes effect within a second. `restart`: at the next start. */
  readonly takesEffect: "live" | "restart";
  /** Never printed, and left out of config.toml as first written. */
  readonly secret?: true;
  /** Older or handier environment names, each with how its text becomes this setting's; null: not meant for us. */
  readonly aliases?: Readonly<Record<string, (value: string) => string | null>>;
}

function row<Value>(definition: SettingRow<Value>): SettingRow<Value> {
  return definition;
}

/** Every setting there is. */
export const settingRows = {
  "app.title": row({
    doc: "The site's name, in its heading and in the browser's tab.",
    type: line(60),
    default: "Trunk8",
    takesEffect: "live",
  }),
  "app.theme": row({
    doc: "Theme of the site's pages, for visitors and for accounts that chose none.",
    type: choice(themeNames),
    default: "cerulean",
    takesEffect: "live",
  }),
  "app.markdown_theme": row({
    doc: "Theme of Markdown pages, for visitors and for accounts that chose none.",
    type: choice(themeNames),
    default: "cerulean",
    takesEffect: "live",
  }),
  "app.home": row({
    doc: "What strangers see at /: login for the sign-in page, or an http or https address to send them to.",
    type: homePage(),
    default: "login",
    takesEffect: "live",
  }),
  "app.language": row({
    doc: "Language of pages, messages and commands: en. en-xa and ar-xb are made of it, to test translations with.",
    type: choice(languages),
    default: "en",
    takesEffect: "live",
  }),
  "app.timezone": row({
    doc: "IANA name of the time zone for times written without one, such as Europe/Berlin. Empty: the machine's.",
    type: zone(),
    default: "",
    takesEffect: "live",
  }),
  "app.examples": row({
    doc: "Make example links for the administrator on the very first start.",
    type: flag(),
    default: true,
    takesEffect: "restart",
  }),
  "app.max_file_size_mb": row({
    doc: "The largest file that can be uploaded, in MB of 1,048,576 bytes. 0: any size.",
    type: integer(0, 100_000_000),
    default: 100,
    takesEffect: "live",
  }),
  "files.allowed_extensions": row({
    doc: 'Endings of the files that can be uploaded, such as ["pdf", "png"]; ["*"] allows all. How files are served protects the site, not this list.',
    type: extensions(),
    default: usualExtensions,
    takesEffect: "live",
  }),
  "files.quota_mb": row({
    doc: "How many MB of files each account may have, unless it has a quota of its own. 0: any number.",
    type: integer(0, 1_000_000_000),
    default: 0,
    takesEffect: "live",
  }),
  "files.accelerate": row({
    doc: "nginx: a request that came through a trusted proxy is answered by X-Accel-Redirect, so that nginx sends the file. Empty: Trunk8 sends all itself.",
    type: choice(["", "nginx"]),
    default: "",
    takesEffect: "live",
  }),
  "files.cache_mb": row({
    doc: "How many MB of files up to 64 KB one process keeps in memory. 0: none.",
    type: integer(0, 1_000_000),
    default: 16,
    takesEffect: "restart",
  }),
  "admin.password": row({
    doc: "The administrator's password, compared and never stored. Unset: a random one is made on the first start, printed once, and stored as a hash.",
    type: secretText(),
    default: "",
    takesEffect: "restart",
    secret: true,
  }),
  "secret.key": row({
    doc: "Keys the session hashes; changing it signs everyone out. Unset: one is made once and kept in the data folder.",
    type: secretText(),
    default: "",
    takesEffect: "restart",
    secret: true,
  }),
  "session.permanent_lifetime_days": row({
    doc: "How many days a sign-in with 'remember me' lasts.",
    type: integer(1, 3650),
    default: 30,
    takesEffect: "live",
  }),
  "server.listen": row({
    doc: "Where to listen: HOST:PORT, [IPv6]:PORT, or unix:PATH for a socket.",
    type: listenAddress(),
    default: "0.0.0.0:5001",
    takesEffect: "restart",
    aliases: { TRUNK8_PORT: (port) => (isServiceLink(port) ? null : `0.0.0.0:${port}`) },
  }),
  "server.workers": row({
    doc: "How many processes answer requests: a number, or auto for one a core. They are watched, replaced when they die, and one by one on SIGUSR2. Empty: one, with nobody watching it.",
    type: workers(),
    default: "",
    takesEffect: "restart",
  }),
  "server.timeout": row({
    doc: "Seconds in which a request is answered, files on their way in or out excepted, and after which a worker that does not react is replaced.",
    type: integer(5, 3600),
    default: 120,
    takesEffect: "live",
  }),
  "server.keep_alive": row({
    doc: "Seconds that a connection may be silent before it is closed; longer while a file moves. Behind a proxy more than the proxy's own.",
    type: integer(1, 255),
    default: 5,
    takesEffect: "restart",
  }),
  "server.max_requests": row({
    doc: "Replace a worker after so many requests. 0: never; it is for programs that leak memory, and this one is measured not to.",
    type: integer(0, 1_000_000_000),
    default: 0,
    takesEffect: "live",
  }),
  "server.max_requests_jitter": row({
    doc: "Up to so many requests more, at random, so that not all workers are replaced at once.",
    type: integer(0, 1_000_000_000),
    default: 0,
    takesEffect: "live",
  }),
  "server.shutdown_timeout": row({
    doc: "Seconds that requests under way are given when the server stops; then they are cut off.",
    type: integer(0, 3600),
    default: 10,
    takesEffect: "live",
  }),
  "server.public_url": row({
    doc: "The address people use, such as https://x.example. Empty: the address each page was asked under.",
    type: publicOrigin(),
    default: "",
    takesEffect: "live",
  }),
  "server.content_origin": row({
    doc: "An address such as https://x-content.example, led to this same server, where users' web pages run apart from the site and where nothing else is. Empty: they run in a sandbox on the site's own address.",
    type: publicOrigin(),
    default: "",
    takesEffect: "live",
  }),
  "server.trusted_proxies": row({
    doc: 'Whose X-Forwarded-For and X-Forwarded-Proto to believe: addresses and CIDRs such as ["127.0.0.1", "10.0.0.0/8"], or one number, the count of proxies in front. Empty: only the peer of a unix socket.',
    type: proxies(),
    default: [],
    takesEffect: "live",
  }),
  "server.run_folder": row({
    doc: "Where the processes of one machine share memory and keep visits that are not saved yet. It must be on a disk of this machine, so with a data folder on the network it is set. Empty: run in the data folder.",
    type: optionalLine(4096),
    default: "",
    takesEffect: "restart",
  }),
  "server.hsts_seconds": row({
    doc: "How long browsers shall insist on https after one visit by https (Strict-Transport-Security). 0 turns it off.",
    type: integer(0, 63_072_000),
    default: 31_536_000,
    takesEffect: "live",
  }),
  "database.url": row({
    doc: "postgres://user:password@host:port/name for PostgreSQL. Empty: the embedded SQLite file in the data folder.",
    type: postgresUrl(),
    default: "",
    takesEffect: "restart",
    secret: true,
  }),
  "database.pool_size": row({
    doc: "How many PostgreSQL connections one process may hold.",
    type: integer(2, 200),
    default: 10,
    takesEffect: "restart",
  }),
  "links.schemes": row({
    doc: "Schemes a redirect may lead to. javascript, data, vbscript, blob and file never are.",
    type: schemes(),
    default: ["http", "https"],
    takesEffect: "live",
  }),
  "links.indexed": row({
    doc: "Let search engines index the links: robots.txt forbids nothing, and no link says noindex.",
    type: flag(),
    default: false,
    takesEffect: "live",
  }),
  "links.nofollow": row({
    doc: "Mark the links inside of Markdown pages as nofollow, so that nobody writes pages here to be found elsewhere.",
    type: flag(),
    default: true,
    takesEffect: "live",
  }),
  "links.expired_retention_days": row({
    doc: "How many days an expired link is kept, unanswered, before it is removed. 0: removed at once.",
    type: integer(0, 36_500),
    default: 30,
    takesEffect: "live",
  }),
  "links.cache_size": row({
    doc: "How many links, and as many unknown codes, one process keeps in memory.",
    type: integer(100, 10_000_000),
    default: 100_000,
    takesEffect: "restart",
  }),
  "links.max_age_seconds": row({
    doc: "How many seconds browsers and shared caches may answer for a link without asking, never beyond its expiry. 0: not at all. Above it those openings are not counted, and a link that was changed or switched off lives on in caches for so long.",
    type: integer(0, 31_536_000),
    default: 0,
    takesEffect: "live",
  }),
  "backup.max_upload_mb": row({
    doc: "The largest backup that can be sent to be restored, in MB. 0: any size.",
    type: integer(0, 100_000_000),
    default: 0,
    takesEffect: "live",
  }),
  "backup.keep_daily": row({
    doc: "Make a backup of everything each day, into backups/ of the data folder, and keep so many. 0: none.",
    type: integer(0, 3650),
    default: 0,
    takesEffect: "live",
  }),
  "backup.keep_weekly": row({
    doc: "Of the daily backups keep also the first of each week, so many of them. 0: none.",
    type: integer(0, 520),
    default: 0,
    takesEffect: "live",
  }),
  "visits.retention_days": row({
    doc: "How many days single visits are kept. Hourly totals stay for ever.",
    type: integer(1, 36_500),
    default: 90,
    takesEffect: "live",
  }),
  "visits.journal_mb": row({
    doc: "How many MB of visits one process may hold back while the database takes none. Beyond it only totals are kept.",
    type: integer(2, 100_000),
    default: 256,
    takesEffect: "live",
  }),
  "audit.retention_days": row({
    doc: "How many days the record of who did what is kept.",
    type: integer(1, 36_500),
    default: 365,
    takesEffect: "live",
  }),
  "log.level": row({
    doc: "How much to log: debug, info, warning, error or critical.",
    type: choice(["debug", "info", "warning", "error", "critical"]),
    default: "info",
    takesEffect: "live",
  }),
  "log.client_address": row({
    doc: "How much of clients' addresses is logged: short (the first three parts, of IPv6 the first 48 bits), full (which fail2ban needs) or none.",
    type: choice(["short", "full", "none"]),
    default: "short",
    takesEffect: "live",
  }),
  "log.slow_ms": row({
    doc: "Log each request that takes so many milliseconds or more until its answer begins, and where the time went. 0: none.",
    type: integer(0, 3_600_000),
    default: 1000,
    takesEffect: "live",
  }),
  "log.access": row({
    doc: "A file for one line a request, in the form that web servers use; opened again on SIGHUP. -: standard output. Empty: none.",
    type: optionalLine(4096),
    default: "",
    takesEffect: "restart",
  }),
  "limits.stranger_per_minute": row({
    doc: "How many addresses that lead nowhere, and how many forms, one network address (of IPv6: one /64) may ask for in a minute without being signed in, a fifth of them at once. 0: any number.",
    type: integer(0, 1_000_000),
    default: 100,
    takesEffect: "live",
  }),
  "limits.account_per_minute": row({
    doc: "How many requests one account may make in a minute, a fifth of them at once. 0: any number.",
    type: integer(0, 1_000_000),
    default: 6000,
    takesEffect: "live",
  }),
  "limits.open_per_minute": row({
    doc: "How many live links one network address may open in a minute, a fifth of them at once. 0: any number, and then openings are answered faster.",
    type: integer(0, 1_000_000),
    default: 0,
    takesEffect: "live",
  }),
  "limits.slow_connections": row({
    doc: "How many connections that move less than a kilobyte a second one network address may hold at one process; the others are ended. Never a trusted proxy's. 0: any number.",
    type: integer(0, 1_000_000),
    default: 100,
    takesEffect: "live",
  }),
  "ops.listen": row({
    doc: "Where metrics and the state of health are told, apart from the site and without signing in: HOST:PORT, [IPv6]:PORT or unix:PATH, never where strangers come. Empty: nowhere.",
    type: optionalListenAddress(),
    default: "127.0.0.1:9101",
    takesEffect: "restart",
  }),
  "ops.disk_floor_mb": row({
    doc: "Below so many free MB on the data folder's disk the server says that it is not ready. It goes on answering.",
    type: integer(0, 100_000_000),
    default: 200,
    takesEffect: "live",
  }),
  "config.check_seconds": row({
    doc: "How often to look at config.toml's modification time, besides watching it.",
    type: integer(1, 3600),
    default: 5,
    takesEffect: "live",
  }),
  "config.force_reload_seconds": row({
    doc: "How often to read config.toml again even if it looks unchanged.",
    type: integer(10, 86_400),
    default: 3600,
    takesEffect: "live",
  }),
};

type Rows = typeof settingRows;

export type SettingKey = keyof Rows;

/** All effective settings, by key. */
export type Settings = {
  readonly [Key in SettingKey]: Rows[Key] extends SettingRow<infer Value> ? Value : never;
};

export const settingKeys = Object.keys(settingRows) as SettingKey[];

/** One row, whatever its type. */
export function settingRow(key: SettingKey): SettingRow<unknown> {
  return settingRows[key];
}

/** Every setting at its default. */
export const defaultSettings = Object.fromEntries(
  settingKeys.map((key) => [key, settingRows[key].default]),
) as Settings;

/** Kubernetes sets TRUNK8_PORT=tcp://10.0.0.7:80 in every pod beside a service named trunk8. */
function isServiceLink(value: string): boolean {
  return value.startsWith("tcp://");
}
