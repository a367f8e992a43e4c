import { readFile } from "node:fs/promises";
import { Problem } from "../problem.ts";
import { type Given, type Layer, parseSetting } from "./layers.ts";
import { type SettingKey, settingKeys, settingRow } from "./settings.ts";
import { text } from "./text.en.ts";

/** Environment variables, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

interface Found {
  readonly name: string;
  readonly value: string;
}

/** Environment variables that set a setting, the documented one first. */
export function environmentNames(key: SettingKey): readonly string[] {
  const { secret, aliases = {} } = settingRow(key);
  return [nameOf(key), ...(secret ? [`${nameOf(key)}_FILE`] : []), ...Object.keys(aliases)];
}

/**
 * Settings from environment variables. A secret may also be in a file that `..._FILE` names.
 * @throws Problem `invalid` that names the variable
 */
export async function readEnvironment(env: Environment): Promise<Layer> {
  const given: Given[] = [];
  for (const key of settingKeys) {
    const found = (await findInFile(key, env)) ?? findVariable(key, env);
    if (found === null) continue;
    const value = parseSetting(key, found.value, text.sources.variable(found.name));
    given.push({ key, value, origin: { from: "environment", name: found.name } });
  }
  return { given, warnings: [] };
}

function findVariable(key: SettingKey, env: Environment): Found | null {
  const own = env[nameOf(key)];
  if (own !== undefined && !isUnset(key, own)) return { name: nameOf(key), value: own };
  for (const [name, convert] of Object.entries(settingRow(key).aliases ?? {})) {
    const value = env[name] ? convert(env[name]) : null;
    if (value !== null) return { name, value };
  }
  return null;
}

async function findInFile(key: SettingKey, env: Environment): Promise<Found | null> {
  const name = `${nameOf(key)}_FILE`;
  const path = env[name];
  if (!settingRow(key).secret || !path) return null;
  if (env[nameOf(key)]) throw new Problem("invalid", text.bothSet(nameOf(key), name));
  return { name, value: (await readSecret(path, name)).replace(/\r?\n$/, "") };
}

async function readSecret(path: string, name: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new Problem("invalid", text.secretUnreadable(name, path), { cause });
  }
}

/** Compose files pass `${NAME:-}` as an empty text, which counts only for settings that may be empty. */
function isUnset(key: SettingKey, value: string): boolean {
  const row = settingRow(key);
  if (value.trim() !== "") return false;
  return typeof row.default !== "string" || !row.type.safeParse("").success;
}

function nameOf(key: SettingKey): string {
  return `TRUNK8_${key.replace(".", "_").toUpperCase()}`;
}
