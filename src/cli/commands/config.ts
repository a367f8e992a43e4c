import type { Loaded, Origin } from "../../config/layers.ts";
import { loadSettings } from "../../config/load-settings.ts";
import { type SettingKey, type Settings, settingKeys, settingRow } from "../../config/settings.ts";
import { type Command, printNote, printResult } from "../command.ts";

export const config: Command = {
  synopsis: "config [OPTIONS]",
  summary: () => "Print the settings in force and where each came from, secrets hidden.",
  words: [0, 0],
  options: { json: { doc: () => "print an array of {key, value, origin} as JSON" } },
  run: async ({ dataFolder, env, has }) => {
    const loaded = await loadSettings({ dataFolder, env, flags: {} });
    if (loaded.settings["database.url"] !== "") printNote(SAVED_ELSEWHERE);
    printConfig(loaded, { json: has("json") });
  },
};

/** The database is not opened for this: one prints settings also to find out why it cannot be. */
const SAVED_ELSEWHERE =
  "What administrators saved on the page of site settings is in the database, and not shown here. It wins over the file.";

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
  loaded.warnings.forEach(printNote);
  printResult(json ? JSON.stringify(described, null, 2) : formatLines(described));
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
    case "database":
      return "database";
    case "environment":
      return `environment ${origin.name}`;
    case "flag":
      return "command line";
  }
}

function isSecret(key: SettingKey): boolean {
  return settingRow(key).secret === true;
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
