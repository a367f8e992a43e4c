import { readSetting } from "../../config/layers.ts";
import type { SettingKey, Settings } from "../../config/settings.ts";
import type { Form } from "../../http/request/form.ts";
import { Problem } from "../../problem.ts";
import { text } from "./text.en.ts";

/** Settings that an administrator changes on the site's page, in its order; each takes effect immediately. */
export const siteFieldKeys = [
  "app.title",
  "app.home",
  "app.timezone",
  "server.public_url",
  "app.max_file_size_mb",
  "files.quota_mb",
  "files.allowed_extensions",
  "files.inline",
  "session.permanent_lifetime_days",
  "links.schemes",
  "links.indexed",
  "links.fallback_url",
  "links.forward_query",
  "links.gone_text",
  "links.expired_retention_days",
  "links.max_age_seconds",
  "visits.retention_days",
  "audit.retention_days",
  "backup.keep_daily",
  "backup.keep_weekly",
] as const satisfies readonly SettingKey[];

export type SiteField = (typeof siteFieldKeys)[number];

/** Value of a setting as the text of its field. */
export function fieldText(value: Settings[SiteField]): string {
  if (typeof value === "boolean") return value ? "on" : "off";
  return typeof value === "object" ? value.join(", ") : String(value);
}

/** Name of the hidden field that holds the value the page showed. */
export function shownName(key: SiteField): string {
  return `shown.${key}`;
}

/** Whether the form changes a setting: one left untouched keeps what another administrator may have saved meanwhile. */
function isTouched(form: Form, key: SiteField): boolean {
  if (!form.has(key)) return false;
  return !form.has(shownName(key)) || form.text(shownName(key)) !== form.text(key);
}

/**
 * Settings that a form changes.
 * @throws Problem `invalid` that names every refused field
 */
export function parseSiteFields(form: Form): Partial<Settings> {
  const values: [SiteField, unknown][] = [];
  const refusals: [SiteField, string][] = [];
  for (const key of siteFieldKeys.filter((each) => isTouched(form, each))) {
    const read = readSetting(key, form.text(key));
    if ("value" in read) values.push([key, read.value]);
    else refusals.push([key, text.siteSettings.mustBe(read.expected)]);
  }
  if (refusals.length === 0) return Object.fromEntries(values) as Partial<Settings>;
  const fields = Object.fromEntries(refusals);
  throw new Problem("invalid", text.siteSettings.correct, { fields });
}
