import { type Environment, readEnvironment } from "./environment.ts";
import { configPath, readConfigFile } from "./file/config-file.ts";
import { type Given, type Layer, type Loaded, mergeLayers, parseSetting } from "./layers.ts";
import { type SettingKey, settingKeys } from "./settings.ts";

/** Settings from the command line, as text. */
export type Flags = Readonly<Partial<Record<SettingKey, string>>>;

/** Everything that settings come from. */
export interface Sources {
  readonly dataFolder: string;
  readonly env: Environment;
  readonly flags: Flags;
}

/**
 * The settings and where each came from: defaults, then the data folder's file, the environment, flags.
 * @throws Problem `invalid` that names the file with line and column, the variable or the flag
 */
export async function loadSettings(sources: Sources): Promise<Loaded> {
  const file = await readConfigFile(configPath(sources.dataFolder));
  return mergeLayers([file, ...(await readOutside(sources))]);
}

/** The layers that cannot change while the program runs: environment and flags. */
export async function readOutside({ env, flags }: Omit<Sources, "dataFolder">): Promise<Layer[]> {
  return [await readEnvironment(env), readFlags(flags)];
}

function readFlags(flags: Flags): Layer {
  const given: Given[] = [];
  for (const key of settingKeys) {
    const text = flags[key];
    if (text === undefined) continue;
    given.push({ key, value: parseSetting(key, text, "command line"), origin: { from: "flag" } });
  }
  return { given, warnings: [] };
}
