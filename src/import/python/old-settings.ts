import { randomUUID } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parse, TomlError, type TomlTable } from "smol-toml";
import { configPath, isTable } from "../../config/file/config-file.ts";
import { firstConfigText, PRIVATE } from "../../config/file/default-config.ts";
import { changeConfigText } from "../../config/file/edit-config.ts";
import { locate } from "../../config/file/locate-key.ts";
import { parseSetting } from "../../config/layers.ts";
import {
  defaultSettings,
  type SettingKey,
  type Settings,
  settingKeys,
} from "../../config/settings.ts";
import { isTheme } from "../../config/values/themes.ts";
import { syncFolder, writeDurably } from "../../os/fsync.ts";
import { isInvalid } from "../../problem.ts";
import type { Remark } from "../imported-site.ts";
import { readOldText } from "./old-folder.ts";
import { keepOldFile } from "./rename-old-files.ts";
import { text } from "./text.en.ts";

/** The settings of the Python Trunk8, which keep their keys. */
const KNOWN = [
  "app.theme",
  "app.markdown_theme",
  "app.max_file_size_mb",
  "session.permanent_lifetime_days",
] as const satisfies readonly SettingKey[];

/** The path of the old settings, as reports name it. */
export const CONFIG_FILE = "config/config.toml";
const THEMES_FILE = "config/themes.toml";

export interface OldSettings {
  readonly values: Partial<Settings>;
  /** Whether the file is the old program's: it has no setting of ours alone. */
  readonly isOriginal: boolean;
  readonly remarks: readonly Remark[];
}

/** Reads the old config.toml; for a value that is not allowed here there is a remark. */
export async function readOldSettings(root: string): Promise<OldSettings> {
  const themes = await readThemes(root);
  try {
    const source = await readOldText(join(root, CONFIG_FILE));
    if (source === null) return { values: {}, isOriginal: false, remarks: themes };
    const table = parse(source);
    const read = KNOWN.map((key) => readSetting(key, table, source));
    const values = Object.assign({}, ...read.map(({ values }) => values));
    const remarks = read.flatMap(({ remark }) => (remark ? [remark] : []));
    return { values, isOriginal: !setsMore(table), remarks: [...remarks, ...themes] };
  } catch (thrown) {
    const message = text.settings.unreadable;
    const remark = { file: CONFIG_FILE, line: lineOf(thrown), message };
    return { values: {}, isOriginal: false, remarks: [remark, ...themes] };
  }
}

/** Replaces the old config.toml by ours, with every setting explained. */
export async function replaceSettings(dataFolder: string, { values }: OldSettings): Promise<void> {
  const path = configPath(dataFolder);
  await keepOldFile(path);
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeDurably(draft, changeConfigText(firstConfigText(), values, path), PRIVATE);
    await rename(draft, path);
    await syncFolder(dirname(path));
  } finally {
    await rm(draft, { force: true });
  }
}

interface ReadSetting {
  readonly values: Partial<Settings>;
  readonly remark?: Remark;
}

function readSetting(key: (typeof KNOWN)[number], table: TomlTable, source: string): ReadSetting {
  const raw = valueAt(table, key);
  if (raw === undefined) return { values: {} };
  const wanted = key === "app.max_file_size_mb" ? wholeMegabytes(raw) : raw;
  const remark = (message: string) => {
    return { file: CONFIG_FILE, line: locate(source, key).line, message };
  };
  try {
    const values = { [key]: parseSetting(key, wanted, key) };
    if (wanted === raw) return { values };
    return { values, remark: remark(text.settings.changed(key, String(raw), String(wanted))) };
  } catch {
    const used = String(defaultSettings[key]);
    return { values: {}, remark: remark(text.settings.notAllowed(key, String(raw), used)) };
  }
}

/** With 0, the old program accepted no file, and ours would accept any; fractions are rounded up. */
function wholeMegabytes(raw: unknown): unknown {
  if (typeof raw !== "number" || Number.isInteger(raw)) return raw === 0 ? null : raw;
  return Math.ceil(raw);
}

/** Remarks on the old list of themes: it could only offer what is here anyway. */
async function readThemes(root: string): Promise<Remark[]> {
  try {
    const source = (await readOldText(join(root, THEMES_FILE))) ?? "";
    const { themes } = parse(source);
    const unknown = Object.keys(isTable(themes) ? themes : {}).filter((name) => !isTheme(name));
    return unknown.map((name) => {
      const { line } = locate(source, `themes.${name}`);
      return { file: THEMES_FILE, line, message: text.settings.unknownTheme(name) };
    });
  } catch (thrown) {
    const message = text.settings.themesUnreadable;
    return [{ file: THEMES_FILE, line: lineOf(thrown), message }];
  }
}

function setsMore(table: TomlTable): boolean {
  const others = settingKeys.filter((key) => !KNOWN.some((known) => known === key));
  return others.some((key) => valueAt(table, key) !== undefined);
}

function valueAt(table: TomlTable, key: string): unknown {
  const [section = "", name = ""] = key.split(".");
  const inner = table[section];
  return isTable(inner) ? inner[name] : undefined;
}

function lineOf(thrown: unknown): number | null {
  if (thrown instanceof TomlError) return thrown.line;
  if (isInvalid(thrown)) return null;
  throw thrown;
}
