import { Problem } from "../problem.ts";
import { contentOriginWarnings } from "./origin-relation.ts";
import { defaultSettings, type SettingKey, type Settings, settingRows } from "./settings.ts";
import { text } from "./text.en.ts";

/** The source of a setting's value. */
export type Origin =
  | { readonly from: "default" }
  | { readonly from: "file"; readonly path: string }
  | { readonly from: "database" }
  | { readonly from: "environment"; readonly name: string }
  | { readonly from: "flag" };

/** One checked value of a source. */
export interface Given {
  readonly key: SettingKey;
  readonly value: Settings[SettingKey];
  readonly origin: Origin;
}

/** Settings of one source. */
export interface Layer {
  readonly given: readonly Given[];
  /** Messages for the operator. */
  readonly warnings: readonly string[];
}

/** All settings, each with its origin. */
export interface Loaded {
  readonly settings: Settings;
  readonly origins: Readonly<Record<SettingKey, Origin>>;
  readonly warnings: readonly string[];
}

/** Merges `layers` over the defaults: a later layer wins. */
export function mergeLayers(layers: readonly Layer[]): Loaded {
  const given = layers.flatMap((layer) => layer.given);
  const values = Object.fromEntries(given.map(({ key, value }) => [key, value]));
  const origins = Object.fromEntries(given.map(({ key, origin }) => [key, origin]));
  const settings = { ...defaultSettings, ...(values as Partial<Settings>) };
  return {
    settings,
    origins: { ...defaultOrigins, ...origins },
    warnings: [...layers.flatMap(({ warnings }) => warnings), ...contentOriginWarnings(settings)],
  };
}

/**
 * Checks one raw value; `source` is where the message says that it stands.
 * @throws Problem `invalid` on `key`, without the value: it may be a secret
 */
export function parseSetting(key: SettingKey, raw: unknown, source: string): Settings[SettingKey] {
  const read = readSetting(key, raw);
  if ("value" in read) return read.value;
  const message = text.mustBe(source, key, read.expected);
  throw new Problem("invalid", message, { fields: { [key]: message } });
}

/** Reads a raw value; where it is refused, returns what is expected, as in `true or false`. */
export function readSetting(
  key: SettingKey,
  raw: unknown,
): { readonly value: Settings[SettingKey] } | { readonly expected: string } {
  const parsed = settingRows[key].type.safeParse(raw);
  if (parsed.success) return { value: parsed.data };
  return { expected: parsed.error.issues[0]?.message ?? "" };
}

const defaultOrigins = Object.fromEntries(
  Object.keys(settingRows).map((key) => [key, { from: "default" }]),
) as Record<SettingKey, Origin>;
