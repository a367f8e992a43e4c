import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, TomlError, type TomlTable } from "smol-toml";
import { codeOf } from "../../os/system-error.ts";
import { Problem } from "../../problem.ts";
import { type Given, type Layer, parseSetting } from "../layers.ts";
import { type SettingKey, settingRows } from "../settings.ts";
import { locate } from "./locate-key.ts";

const NOTHING: Layer = { given: [], warnings: [] };

/** Where a data folder keeps its settings. */
export function configPath(dataFolder: string): string {
  return join(dataFolder, "config", "config.toml");
}

/**
 * The settings that a TOML file gives; none when there is no such file. Unknown keys are warnings.
 * @throws Problem `invalid` that names file, line and column
 */
export async function readConfigFile(path: string): Promise<Layer> {
  const text = await readTextFile(path);
  return text === null ? NOTHING : readConfigText(text, path);
}

/** As `readConfigFile`, from its text. */
export function readConfigText(text: string, path: string): Layer {
  const given: Given[] = [];
  const warnings: string[] = [];
  for (const [key, raw] of flatten(parseToml(text, path))) {
    const where = placeIn(path, locate(text, key));
    if (!isSettingKey(key)) warnings.push(`${where}: there is no setting ${key}.`);
    else given.push({ key, value: parseSetting(key, raw, where), origin: { from: "file", path } });
  }
  return { given, warnings };
}

/**
 * The text of a file; null when there is none.
 * @throws Problem `invalid` when it cannot be read, or is no UTF-8
 */
export async function readTextFile(path: string): Promise<string | null> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return null;
    const why = cause instanceof TypeError ? "it is not UTF-8 text" : codeOf(cause);
    throw new Problem("invalid", `${path}: cannot be read: ${why}.`, { cause });
  }
}

function parseToml(text: string, path: string): TomlTable {
  try {
    return parse(text);
  } catch (thrown) {
    if (!(thrown instanceof TomlError)) throw thrown;
    // The library's message goes on with the lines around the error, and a secret may stand there.
    const [what = ""] = thrown.message.replace("Invalid TOML document: ", "").split("\n");
    throw new Problem("invalid", `${placeIn(path, thrown)}: ${what}.`);
  }
}

/** Every value by its dotted key: `[app] theme` is `app.theme`. */
function flatten(document: TomlTable): [string, unknown][] {
  return Object.entries(document).flatMap(([section, value]): [string, unknown][] => {
    if (!isTable(value)) return [[section, value]];
    return Object.entries(value).map(([name, inner]) => [`${section}.${name}`, inner]);
  });
}

export function isTable(value: unknown): value is TomlTable {
  return Object.prototype.toString.call(value) === "[object Object]";
}

export function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(settingRows, key);
}

function placeIn(path: string, { line, column }: { line: number; column: number }): string {
  return `${path}, line ${line}, column ${column}`;
}
