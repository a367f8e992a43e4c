import type { Loaded, Origin } from "../../config/layers.ts";
import { loadSettings } from "../../config/load-settings.ts";
import { type SettingKey, type Settings, settingKeys, settingRow } from "../../config/settings.ts";
import { listServers } from "../../database/servers/server-urls.ts";
import { type Command, printNote, printResult } from "../command.ts";
import { screenWidth } from "../screen.ts";
import { text } from "./text.en.ts";

export const config: Command = {
  synopsis: "config [OPTIONS]",
  summary: () => text.config.summary,
  words: [0, 0],
  examples: ["trunk8 config", "trunk8 config --json"],
  options: { json: { doc: () => text.config.json } },
  run: async ({ dataFolder, env, has }) => {
    const loaded = await loadSettings({ dataFolder, env, flags: {} });
    // The database is not opened: settings are printed also to find out why that fails.
    if (loaded.settings["database.url"] !== "") printNote(text.config.savedElsewhere);
    printConfig(loaded, { json: has("json") });
  },
};

/** One line of `trunk8 config`. */
export interface DescribedSetting {
  readonly key: SettingKey;
  /** Of a secret, only whether it is set. */
  readonly value: Settings[SettingKey];
  readonly origin: string;
}

/** Returns the effective settings and where each comes from, without secrets. */
export function describeSettings({ settings, origins }: Loaded): DescribedSetting[] {
  return settingKeys.map((key) => ({
    key,
    value: isSecret(key) ? hideSecret(key, String(settings[key])) : settings[key],
    origin: describeOrigin(origins[key]),
  }));
}

/** Prints the settings, as JSON or as lines of `key = value  # origin`, and warnings to standard error. */
export function printConfig(loaded: Loaded, { json }: { readonly json: boolean }): void {
  const described = describeSettings(loaded);
  loaded.warnings.forEach(printNote);
  printResult(json ? JSON.stringify(described, null, 2) : formatLines(described));
}

/** On a screen, an origin that does not fit beside its setting is on the next line. */
function formatLines(described: readonly DescribedSetting[]): string {
  const width = screenWidth();
  const lines = described.map(({ key, value, origin }) => ({
    setting: `${key} = ${isSecret(key) ? value : JSON.stringify(value)}`,
    origin: `# ${origin}`,
  }));
  const widths = lines.map(({ setting }) => setting.length);
  const column = Math.max(...widths.filter((length) => length <= width / 2));
  return lines
    .map(({ setting, origin }) => {
      const line = `${setting.padEnd(column)}  ${origin}`;
      return line.length <= width ? line : `${setting}\n  ${origin}`;
    })
    .join("\n");
}

function describeOrigin(origin: Origin): string {
  const texts = text.config.origin;
  switch (origin.from) {
    case "file":
      return texts.file(origin.path);
    case "environment":
      return texts.environment(origin.name);
    default:
      return texts[origin.from];
  }
}

function isSecret(key: SettingKey): boolean {
  return settingRow(key).secret === true;
}

function hideSecret(key: SettingKey, value: string): string {
  if (value === "") return text.config.secretNotSet;
  return key === "database.url" || key === "database.listen_url"
    ? withoutCredentials(value)
    : text.config.secretSet;
}

/** Host and name only: a password may also be in the query. */
function withoutCredentials(address: string): string {
  const servers = listServers(address).map((server) => new URL(server));
  const [{ protocol, pathname } = new URL(address)] = servers;
  return `${protocol}//${servers.map(({ host }) => host).join(",")}${pathname}`;
}
