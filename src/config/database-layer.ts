import { toProblem } from "../problem.ts";
import { isSettingKey } from "./file/config-file.ts";
import { type Given, type Layer, parseSetting } from "./layers.ts";
import type { SettingKey, Settings } from "./settings.ts";

/** The settings that a database gives. What this version does not know, or not allow, is a warning. */
export function layerOfTable(values: ReadonlyMap<string, unknown>): Layer {
  const given: Given[] = [];
  const warnings: string[] = [];
  for (const [key, raw] of values) {
    try {
      if (isSettingKey(key)) given.push({ key, value: readValue(key, raw), origin: ORIGIN });
      else warnings.push(`The database has a setting ${key}, of which there is none.`);
    } catch (thrown) {
      warnings.push(toProblem(thrown).message);
    }
  }
  return { given, warnings };
}

const ORIGIN = { from: "database" } as const;

function readValue(key: SettingKey, raw: unknown): Settings[SettingKey] {
  return parseSetting(key, raw, "The database");
}
