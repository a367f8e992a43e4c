import { readSetting } from "../../config/layers.ts";
import type { SettingKey, Settings } from "../../config/settings.ts";
import type { Form } from "../../http/request/form.ts";
import { Problem } from "../../problem.ts";

/** What an administrator sets on the site's page: by its key, and the words for it. Each changes at once. */
export const siteFields = {
  "app.title": "Name of the site",
  "app.home": "What strangers see at the home page",
  "app.timezone": "Time zone",
  "server.public_url": "Public address",
  "app.max_file_size_mb": "Largest file, in MB",
  "files.quota_mb": "Room for files of each account, in MB",
  "files.allowed_extensions": "Allowed files",
  "session.permanent_lifetime_days": "Days that a sign-in is remembered",
  "links.schemes": "Schemes that links may lead to",
  "links.indexed": "Let search engines find the links",
  "links.expired_retention_days": "Days that expired links are kept",
  "links.max_age_seconds": "Seconds that caches may answer for a link",
  "visits.retention_days": "Days that single visits are kept",
  "audit.retention_days": "Days that the record is kept",
  "backup.keep_daily": "Daily backups to keep",
  "backup.keep_weekly": "Weekly backups to keep",
} as const satisfies Partial<Record<SettingKey, string>>;

export type SiteField = keyof typeof siteFields;

export const siteFieldKeys = Object.keys(siteFields) as SiteField[];

/** A setting as the text of its field. */
export function fieldText(value: Settings[SiteField]): string {
  if (typeof value === "boolean") return value ? "on" : "off";
  return typeof value === "object" ? value.join(", ") : String(value);
}

/** The field beside each that says what the page showed. */
export function shownName(key: SiteField): string {
  return `shown.${key}`;
}

/** What was left alone stays as it is by now: somebody else may have changed it meanwhile. */
function isTouched(form: Form, key: SiteField): boolean {
  if (!form.has(key)) return false;
  return !form.has(shownName(key)) || form.text(shownName(key)) !== form.text(key);
}

/**
 * The settings that a form changes.
 * @throws Problem `invalid` that names every field that will not do
 */
export function parseSiteFields(form: Form): Partial<Settings> {
  const values: [SiteField, unknown][] = [];
  const refusals: [SiteField, string][] = [];
  for (const key of siteFieldKeys.filter((each) => isTouched(form, each))) {
    const read = readSetting(key, form.text(key));
    if ("value" in read) values.push([key, read.value]);
    else refusals.push([key, `This ${read.refusal}.`]);
  }
  if (refusals.length === 0) return Object.fromEntries(values) as Partial<Settings>;
  const fields = Object.fromEntries(refusals);
  throw new Problem("invalid", "Some of this will not do: see below.", { fields });
}
