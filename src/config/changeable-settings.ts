import type { SettingKey } from "./settings.ts";

/** Settings that an administrator changes on the site's page, in its order, and by the API; each takes effect immediately. */
export const changeableSettings = [
  "app.title",
  "app.home",
  "app.timezone",
  "server.public_url",
  "app.max_file_size_mb",
  "files.quota_mb",
  "files.allowed_extensions",
  "files.inline",
  "files.remove_metadata",
  "session.permanent_lifetime_days",
  "links.schemes",
  "links.indexed",
  "links.fallback_url",
  "links.forward_query",
  "links.embed_anywhere",
  "links.gone_text",
  "links.expired_retention_days",
  "links.max_age_seconds",
  "visits.retention_days",
  "audit.retention_days",
  "backup.keep_daily",
  "backup.keep_weekly",
] as const satisfies readonly SettingKey[];
