import { languages } from "../text/language.ts";
import { limitSettings } from "./rows/limit-settings.ts";
import { linkSettings } from "./rows/link-settings.ts";
import { row, type SettingRow } from "./rows/setting-row.ts";
import { visitSettings } from "./rows/visit-settings.ts";
import {
  homePage,
  listenAddress,
  optionalListenAddress,
  origins,
  postgresUrl,
  proxies,
  publicOrigin,
} from "./values/addresses.ts";
import { extensions } from "./values/extensions.ts";
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

/** Every setting there is. */
export const settingRows = {
  "app.title": row({
    type: line(60),
    default: "Trunk8",
    takesEffect: "live",
  }),
  "app.theme": row({
    type: choice(themeNames),
    default: "cerulean",
    takesEffect: "live",
  }),
  "app.markdown_theme": row({
    type: choice(themeNames),
    default: "cerulean",
    takesEffect: "live",
  }),
  "app.home": row({
    type: homePage(),
    default: "login",
    takesEffect: "live",
  }),
  "app.language": row({
    type: choice(languages),
    default: "en",
    takesEffect: "live",
  }),
  "app.timezone": row({
    type: zone(),
    default: "",
    takesEffect: "live",
  }),
  "app.examples": row({
    type: flag(),
    default: true,
    takesEffect: "restart",
  }),
  "app.max_file_size_mb": row({
    type: integer(0, 100_000_000),
    default: 100,
    takesEffect: "live",
  }),
  "files.allowed_extensions": row({
    type: extensions(),
    default: ["*"],
    takesEffect: "live",
  }),
  "files.inline": row({
    type: flag(),
    default: true,
    takesEffect: "live",
  }),
  "files.remove_metadata": row({
    type: flag(),
    default: true,
    takesEffect: "live",
  }),
  "files.quota_mb": row({
    type: integer(0, 1_000_000_000),
    default: 0,
    takesEffect: "live",
  }),
  "files.chunk_mb": row({
    type: integer(1, 1_000_000),
    default: 16,
    takesEffect: "live",
  }),
  "files.site_files": row({
    type: integer(1, 10_000),
    default: 2000,
    takesEffect: "live",
  }),
  "files.resume_days": row({
    type: integer(1, 365),
    default: 7,
    takesEffect: "live",
  }),
  "files.accelerate": row({
    type: choice(["", "nginx"]),
    default: "",
    takesEffect: "live",
  }),
  "files.cache_mb": row({
    type: integer(0, 1_000_000),
    default: 16,
    takesEffect: "restart",
  }),
  "admin.password": row({
    type: secretText(),
    default: "",
    takesEffect: "restart",
    secret: true,
  }),
  "secret.key": row({
    type: secretText(),
    default: "",
    takesEffect: "restart",
    secret: true,
  }),
  "session.permanent_lifetime_days": row({
    type: integer(1, 3650),
    default: 30,
    takesEffect: "live",
  }),
  "server.listen": row({
    type: listenAddress(),
    default: "0.0.0.0:5001",
    takesEffect: "restart",
    aliases: { TRUNK8_PORT: (port) => (isServiceLink(port) ? null : `0.0.0.0:${port}`) },
  }),
  "server.workers": row({
    type: workers(),
    default: "",
    takesEffect: "restart",
  }),
  "server.timeout": row({
    type: integer(5, 3600),
    default: 120,
    takesEffect: "live",
  }),
  "server.keep_alive": row({
    type: integer(1, 255),
    default: 5,
    takesEffect: "restart",
  }),
  "server.max_requests": row({
    type: integer(0, 1_000_000_000),
    default: 0,
    takesEffect: "live",
  }),
  "server.max_requests_jitter": row({
    type: integer(0, 1_000_000_000),
    default: 0,
    takesEffect: "live",
  }),
  "server.shutdown_timeout": row({
    type: integer(0, 3600),
    default: 10,
    takesEffect: "live",
  }),
  "server.public_url": row({
    type: publicOrigin(),
    default: "",
    takesEffect: "live",
  }),
  "server.content_origin": row({
    type: publicOrigin(),
    default: "",
    takesEffect: "live",
  }),
  "server.trusted_proxies": row({
    type: proxies(),
    default: [],
    takesEffect: "live",
  }),
  "server.run_folder": row({
    type: optionalLine(4096),
    default: "",
    takesEffect: "restart",
  }),
  "server.node_name": row({
    type: optionalLine(63),
    default: "",
    takesEffect: "restart",
  }),
  "server.drain_seconds": row({
    type: integer(0, 3600),
    default: 0,
    takesEffect: "live",
  }),
  "server.hsts_seconds": row({
    type: integer(0, 63_072_000),
    default: 31_536_000,
    takesEffect: "live",
  }),
  "server.hsts_subdomains": row({ type: flag(), default: false, takesEffect: "live" }),
  "database.url": row({
    type: postgresUrl(),
    default: "",
    takesEffect: "restart",
    secret: true,
  }),
  "database.listen_url": row({
    type: postgresUrl(),
    default: "",
    takesEffect: "restart",
    secret: true,
  }),
  "database.pool_size": row({
    type: integer(2, 200),
    default: 10,
    takesEffect: "restart",
  }),
  ...linkSettings,
  "backup.max_upload_mb": row({
    type: integer(0, 100_000_000),
    default: 1024,
    takesEffect: "live",
  }),
  "backup.keep_daily": row({
    type: integer(0, 3650),
    default: 0,
    takesEffect: "live",
  }),
  "backup.keep_weekly": row({
    type: integer(0, 520),
    default: 0,
    takesEffect: "live",
  }),
  ...visitSettings,
  "audit.retention_days": row({
    type: integer(1, 36_500),
    default: 365,
    takesEffect: "live",
  }),
  "log.level": row({
    type: choice(["debug", "info", "warning", "error", "critical"]),
    default: "info",
    takesEffect: "live",
  }),
  "log.client_address": row({
    type: choice(["short", "full", "none"]),
    default: "short",
    takesEffect: "live",
  }),
  "log.slow_ms": row({
    type: integer(0, 3_600_000),
    default: 1000,
    takesEffect: "live",
  }),
  "log.access": row({
    type: optionalLine(4096),
    default: "",
    takesEffect: "restart",
  }),
  ...limitSettings,
  "api.allowed_origins": row({
    type: origins(),
    default: [],
    takesEffect: "live",
  }),
  "ops.listen": row({
    type: optionalListenAddress(),
    default: "127.0.0.1:9101",
    takesEffect: "restart",
  }),
  "ops.disk_floor_mb": row({
    type: integer(0, 100_000_000),
    default: 200,
    takesEffect: "live",
  }),
  "config.check_seconds": row({
    type: integer(1, 3600),
    default: 5,
    takesEffect: "live",
  }),
  "config.force_reload_seconds": row({
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
