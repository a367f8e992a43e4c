import { parse, patch } from "@decimalturn/toml-patch";
import { stringify } from "smol-toml";
import type { SettingKey, Settings } from "../settings.ts";
import { isTable, readConfigText } from "./config-file.ts";

type Change = readonly [key: SettingKey, value: Settings[SettingKey]];

/**
 * Returns the text of a config.toml with `changes` applied and all else unchanged.
 * @throws Problem `invalid` with line and column where the text is broken already
 */
export function changeConfigText(text: string, changes: Partial<Settings>, path: string): string {
  const given = new Set(readConfigText(text, path).given.map(({ key }) => key));
  const wanted = Object.entries(changes) as Change[];
  const missing = wanted.filter(([key]) => !given.has(key));
  return assign(missing.reduce(replaceCommented, text), wanted);
}

function assign(text: string, wanted: readonly Change[]): string {
  const document: Record<string, unknown> = parse(text);
  for (const [key, value] of wanted) {
    const [section, name] = splitKey(key);
    const before = document[section];
    document[section] = { ...(isTable(before) ? before : {}), [name]: value };
  }
  const changed = patch(text, document);
  return changed.endsWith("\n") ? changed : `${changed}\n`;
}

/** Replaces the commented default with the value, below the comment that explains it. */
function replaceCommented(text: string, [key, value]: Change): string {
  const [section, name] = splitKey(key);
  const commented = new RegExp(
    `^(\\[${section}\\][^\\n]*\\n(?:(?!\\[)[^\\n]*\\n)*?)# ?${name}[ \\t]*=[^\\r\\n]*`,
    "m",
  );
  const assignment = stringify({ [name]: value }).trimEnd();
  return text.replace(commented, (_, before: string) => before + assignment);
}

function splitKey(key: SettingKey): [section: string, name: string] {
  const [section = "", name = ""] = key.split(".");
  return [section, name];
}
