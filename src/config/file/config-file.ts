import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse, TomlError, type TomlTable } from "smol-toml";
import { codeOf } from "../../os/system-error.ts";
import { Problem } from "../../problem.ts";
import { type Given, type Layer, parseSetting } from "../layers.ts";
import { type SettingKey, settingRows } from "../settings.ts";
import { text } from "../text.en.ts";
import { locate } from "./locate-key.ts";

const NOTHING: Layer = { given: [], warnings: [] };

/** Path of the settings file in a data folder. */
export function configPath(dataFolder: string): string {
  return join(dataFolder, "config", "config.toml");
}

/**
 * Settings from a TOML file; none if it does not exist. Unknown keys become warnings.
 * @throws Problem `invalid` that names file, line and column
 */
export async function readConfigFile(path: string): Promise<Layer> {
  const toml = await readTextFile(path);
  return toml === null ? NOTHING : readConfigText(toml, path);
}

/** As `readConfigFile`, from the text of a file. */
export function readConfigText(toml: string, path: string): Layer {
  const given: Given[] = [];
  const warnings: string[] = [];
  for (const [key, raw] of flatten(parseToml(toml, path))) {
    const position = positionIn(path, locate(toml, key));
    if (!isSettingKey(key)) warnings.push(text.unknown(position, key));
    else
      given.push({ key, value: parseSetting(key, raw, position), origin: { from: "file", path } });
  }
  return { given, warnings };
}

/**
 * Text of a file; null if it does not exist.
 * @throws Problem `invalid` when it cannot be read, or is not UTF-8
 */
export async function readTextFile(path: string): Promise<string | null> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return null;
    const { notUtf8, unreadable } = text.file;
    const message = cause instanceof TypeError ? notUtf8(path) : unreadable(path, codeOf(cause));
    throw new Problem("invalid", message, { cause });
  }
}

function parseToml(toml: string, path: string): TomlTable {
  try {
    return parse(toml);
  } catch (thrown) {
    if (!(thrown instanceof TomlError)) throw thrown;
    // The library's message also quotes the lines around the error, which may contain a secret.
    const [what = ""] = thrown.message.replace(/^Invalid TOML document: /, "").split("\n");
    throw new Problem("invalid", text.syntax(positionIn(path, thrown), what));
  }
}

/** Every value by its dotted key: `[app] theme` is `app.theme`. */
function flatten(document: TomlTable): [string, unknown][] {
  return Object.entries(document).flatMap(([section, value]): [string, unknown][] => {
    if (!isTable(value)) return [[section, value]];
    return Object.entries(value).map(([name, inner]) => [`${section}.${name}`, inner]);
  });
}

/** Whether a parsed value is a TOML table: dates of the parser are `Date`s. */
export function isTable(value: unknown): value is TomlTable {
  if (typeof value !== "object" || value === null) return false;
  return !Array.isArray(value) && !(value instanceof Date);
}

export function isSettingKey(key: string): key is SettingKey {
  return Object.hasOwn(settingRows, key);
}

function positionIn(path: string, { line, column }: { line: number; column: number }): string {
  return text.sources.position(path, line, column);
}
