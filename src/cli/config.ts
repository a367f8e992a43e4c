import type { Loaded, Origin } from "../config/layers.ts";
import {
  type SettingKey,
  type SettingRow,
  type Settings,
  settingKeys,
  settingRows,
} from "../config/settings.ts";

/** One line of `trunk8 config`. */
export interface DescribedSetting {
  readonly key: SettingKey;
  /** A secret's is only whether it is set. */
  readonly value: Settings[SettingKey];
  readonly origin: string;
}

/** The settings in force and where each came from, fit to be shown to anyone. */
export function describeSettings({ settings, origins }: Loaded): DescribedSetting[] {
  return settingKeys.map((key) => ({
    key,
    value: isSecret(key) ? hideSecret(key, String(settings[key])) : settings[key],
    origin: describeOrigin(origins[key]),
  }));
}

/** Writes the settings to stdout, as JSON or as lines of `key = value  # origin`; warnings go to stderr. */
export function printConfig(loaded: Loaded, { json }: { readonly json: boolean }): void {
  const described = describeSettings(loaded);
  for (const warning of loaded.warnings) process.stderr.write(`${warning}\n`);
  process.stdout.write(`${json ? JSON.stringify(described, null, 2) : formatLines(described)}\n`);
}

function formatLines(described: readonly DescribedSetting[]): string {
  const lines = described.map(({ key, value, origin }) => ({
    setting: `${key} = ${isSecret(key) ? value : JSON.stringify(value)}`,
    origin,
  }));
  const width = Math.max(...lines.map(({ setting }) => setting.length));
  return lines.map(({ setting, origin }) => `${setting.padEnd(width)}  # ${origin}`).join("\n");
}

function describeOrigin(origin: Origin): string {
  switch (origin.from) {
    case "default":
      return "default";
    case "file":
      return `file ${origin.path}`;
    case "environment":
      return `environment ${origin.name}`;
    case "flag":
      return "command line";
  }
}

function isSecret(key: SettingKey): boolean {
  const row: SettingRow<unknown> = settingRows[key];
  return row.secret === true;
}

function hideSecret(key: SettingKey, value: string): string {
  if (value === "") return "(not set)";
  return key === "database.url" ? withoutCredentials(value) : "(set)";
}

/** Host and name alone: a password may stand in the query too. */
function withoutCredentials(address: string): string {
  const { protocol, host, pathname } = new URL(address);
  return `${protocol}//${host}${pathname}`;
}
