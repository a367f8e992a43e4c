import { toProblem } from "../problem.ts";
import { isSettingKey } from "./file/config-file.ts";
import { type Given, type Layer, parseSetting } from "./layers.ts";
import type { SettingKey, Settings } from "./settings.ts";
import { text } from "./text.en.ts";

/** Settings stored in the database. Unknown keys and refused values become warnings. */
export function layerOfTable(values: ReadonlyMap<string, unknown>): Layer {
  const given: Given[] = [];
  const warnings: string[] = [];
  for (const [key, raw] of values) {
    try {
      if (isSettingKey(key)) given.push({ key, value: readValue(key, raw), origin: ORIGIN });
      else warnings.push(text.unknown(text.sources.database, key));
    } catch (thrown) {
      warnings.push(toProblem(thrown).message);
    }
  }
  return { given, warnings };
}

const ORIGIN = { from: "database" } as const;

function readValue(key: SettingKey, raw: unknown): Settings[SettingKey] {
  return parseSetting(key, raw, text.sources.database);
}
