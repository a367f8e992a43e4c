import { Problem } from "../problem.ts";
import { defaultSettings, type SettingKey, type Settings, settingRows } from "./settings.ts";

/** Where a setting's value came from. */
export type Origin =
  | { readonly from: "default" }
  | { readonly from: "file"; readonly path: string }
  | { readonly from: "database" }
  | { readonly from: "environment"; readonly name: string }
  | { readonly from: "flag" };

/** One value that somebody gave, checked. */
export interface Given {
  readonly key: SettingKey;
  readonly value: Settings[SettingKey];
  readonly origin: Origin;
}

/** What one source of settings says. */
export interface Layer {
  readonly given: readonly Given[];
  /** What an operator should hear about, one sentence each. */
  readonly warnings: readonly string[];
}

/** All settings, with where each came from. */
export interface Loaded {
  readonly settings: Settings;
  readonly origins: Readonly<Record<SettingKey, Origin>>;
  readonly warnings: readonly string[];
}

/** The defaults under `layers`: a later layer wins. */
export function mergeLayers(layers: readonly Layer[]): Loaded {
  const given = layers.flatMap((layer) => layer.given);
  const values = Object.fromEntries(given.map(({ key, value }) => [key, value]));
  const origins = Object.fromEntries(given.map(({ key, origin }) => [key, origin]));
  return {
    settings: { ...defaultSettings, ...(values as Partial<Settings>) },
    origins: { ...defaultOrigins, ...origins },
    warnings: layers.flatMap((layer) => layer.warnings),
  };
}

/**
 * Checks one raw value; `where` is the place that the message names.
 * @throws Problem `invalid` on `key`, without the value: it may be a secret
 */
export function parseSetting(key: SettingKey, raw: unknown, where: string): Settings[SettingKey] {
  const read = readSetting(key, raw);
  if ("value" in read) return read.value;
  const message = `${where}: ${key} ${read.refusal}.`;
  throw new Problem("invalid", message, { fields: { [key]: message } });
}

/** The value that a raw one stands for, or why it is none, as in `must be true or false`. */
export function readSetting(
  key: SettingKey,
  raw: unknown,
): { readonly value: Settings[SettingKey] } | { readonly refusal: string } {
  const parsed = settingRows[key].type.safeParse(raw);
  if (parsed.success) return { value: parsed.data };
  return { refusal: parsed.error.issues[0]?.message ?? "is not valid" };
}

const defaultOrigins = Object.fromEntries(
  Object.keys(settingRows).map((key) => [key, { from: "default" }]),
) as Record<SettingKey, Origin>;
