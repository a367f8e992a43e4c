import { type Environment, readEnvironment } from "./environment.ts";
import { configPath, readConfigFile } from "./file/config-file.ts";
import { type Given, type Layer, type Loaded, mergeLayers, parseSetting } from "./layers.ts";
import { type SettingKey, settingKeys } from "./settings.ts";
import { text } from "./text.en.ts";

/** Settings from the command line, as text. */
export type Flags = Readonly<Partial<Record<SettingKey, string>>>;

/** Sources of settings. */
export interface Sources {
  readonly dataFolder: string;
  readonly env: Environment;
  readonly flags: Flags;
}

/**
 * Loads the settings, each with its origin: defaults, then the data folder's file, environment variables, flags.
 * @throws Problem `invalid` that names the file with line and column, the variable or the flag
 */
export async function loadSettings(sources: Sources): Promise<Loaded> {
  const file = await readConfigFile(configPath(sources.dataFolder));
  return mergeLayers([file, ...(await readOutside(sources))]);
}

/** Reads the layers that cannot change while the program runs: environment variables and flags. */
export async function readOutside({ env, flags }: Omit<Sources, "dataFolder">): Promise<Layer[]> {
  return [await readEnvironment(env), readFlags(flags)];
}

function readFlags(flags: Flags): Layer {
  const given: Given[] = [];
  for (const key of settingKeys) {
    const raw = flags[key];
    if (raw === undefined) continue;
    const value = parseSetting(key, raw, text.sources.commandLine);
    given.push({ key, value, origin: { from: "flag" } });
  }
  return { given, warnings: [] };
}
