import { changeableSettings } from "../../config/changeable-settings.ts";
import { readSetting } from "../../config/layers.ts";
import type { Settings } from "../../config/settings.ts";
import type { Form } from "../../http/request/form.ts";
import { Problem } from "../../problem.ts";
import { text } from "./text.en.ts";

export type SiteField = (typeof changeableSettings)[number];

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
  for (const key of changeableSettings.filter((each) => isTouched(form, each))) {
    const read = readSetting(key, form.text(key));
    if ("value" in read) values.push([key, read.value]);
    else refusals.push([key, text.siteSettings.mustBe(read.expected)]);
  }
  if (refusals.length === 0) return Object.fromEntries(values) as Partial<Settings>;
  const fields = Object.fromEntries(refusals);
  throw new Problem("invalid", text.siteSettings.correct, { fields });
}
