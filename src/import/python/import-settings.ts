import { randomUUID } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { parse, TomlError, type TomlTable } from "smol-toml";
import { configPath, isTable, readConfigFile } from "../../config/file/config-file.ts";
import { firstConfigText, PRIVATE } from "../../config/file/default-config.ts";
import { changeConfigText } from "../../config/file/edit-config.ts";
import { locate } from "../../config/file/locate-key.ts";
import { saveSettings } from "../../config/file/save-settings.ts";
import { type Given, parseSetting } from "../../config/layers.ts";
import {
  defaultSettings,
  type SettingKey,
  type Settings,
  settingKeys,
} from "../../config/settings.ts";
import { isTheme } from "../../config/values/themes.ts";
import { syncFolder, writeDurably } from "../../os/fsync.ts";
import { Problem } from "../../problem.ts";
import type { MoveReport, Remark } from "./import-report.ts";
import { readOldText } from "./old-folder.ts";
import { keepOldFile } from "./rename-old-files.ts";

/** The settings that the original had, by the keys that they still have. */
const KNOWN = [
  "app.theme",
  "app.markdown_theme",
  "app.max_file_size_mb",
  "session.permanent_lifetime_days",
] as const satisfies readonly SettingKey[];

/** Where the original has its settings, as people are told it. */
export const CONFIG_FILE = "config/config.toml";
const THEMES_FILE = "config/themes.toml";

export interface OldSettings {
  readonly given: readonly Given[];
  /** Whether the file is the original's: it sets nothing that is ours alone. */
  readonly isOriginals: boolean;
  readonly remarks: readonly Remark[];
}

/** What the original's config.toml sets; of what cannot be so here, a remark. */
export async function readOldSettings(root: string): Promise<OldSettings> {
  const themes = await readThemes(root);
  try {
    const text = await readOldText(join(root, CONFIG_FILE));
    if (text === null) return { given: [], isOriginals: false, remarks: themes };
    const table = parse(text);
    const read = KNOWN.map((key) => readSetting(key, table, text));
    const given = read.flatMap(({ given }) => (given ? [given] : []));
    const remarks = read.flatMap(({ remark }) => (remark ? [remark] : []));
    return { given, isOriginals: !setsMore(table), remarks: [...remarks, ...themes] };
  } catch (thrown) {
    const remark = {
      file: CONFIG_FILE,
      line: lineOf(thrown),
      message: "It cannot be read: the settings stay as they are.",
    };
    return { given: [], isOriginals: false, remarks: [remark, ...themes] };
  }
}

/** Gives our config.toml what the original's sets and ours does not yet. */
export async function addSettings(
  dataFolder: string,
  { given }: OldSettings,
  report: MoveReport,
): Promise<void> {
  const path = configPath(dataFolder);
  const here = new Map((await readConfigFile(path)).given.map(({ key, value }) => [key, value]));
  const others = given.filter(({ key, value }) => here.has(key) && here.get(key) !== value);
  for (const { key } of others)
    report.remark(CONFIG_FILE, null, `${key} is set here already, and stays so.`);
  const wanted = given.filter(({ key, value }) => !here.has(key) && defaultSettings[key] !== value);
  if (wanted.length > 0) await saveSettings(path, valuesOf(wanted));
}

function valuesOf(given: readonly Given[]): Partial<Settings> {
  return Object.fromEntries(given.map(({ key, value }) => [key, value]));
}

/** Puts a config.toml of ours, with every setting explained, in the place of the original's. */
export async function replaceSettings(dataFolder: string, { given }: OldSettings): Promise<void> {
  const path = configPath(dataFolder);
  await keepOldFile(path);
  const draft = `${path}.${randomUUID()}`;
  try {
    await writeDurably(draft, changeConfigText(firstConfigText(), valuesOf(given), path), PRIVATE);
    await rename(draft, path);
    await syncFolder(dirname(path));
  } finally {
    await rm(draft, { force: true });
  }
}

interface ReadSetting {
  readonly given?: Given;
  readonly remark?: Remark;
}

function readSetting(key: (typeof KNOWN)[number], table: TomlTable, text: string): ReadSetting {
  const raw = valueAt(table, key);
  if (raw === undefined) return {};
  const wanted = key === "app.max_file_size_mb" ? wholeMegabytes(raw) : raw;
  const remark = (message: string) => ({
    file: CONFIG_FILE,
    line: locate(text, key).line,
    message,
  });
  try {
    const value = parseSetting(key, wanted, key);
    const given = { key, value, origin: { from: "file", path: CONFIG_FILE } } as const;
    if (wanted === raw) return { given };
    return { given, remark: remark(`${key} is ${String(raw)}; here it is ${String(wanted)}.`) };
  } catch {
    const stands = String(defaultSettings[key]);
    return { remark: remark(`${key} cannot be ${String(raw)} here: it is ${stands}.`) };
  }
}

/** With 0 the original took no file at all, where ours would take any; a part of a megabyte is a whole one. */
function wholeMegabytes(raw: unknown): unknown {
  if (typeof raw !== "number" || Number.isInteger(raw)) return raw === 0 ? null : raw;
  return Math.ceil(raw);
}

/** Its list of themes offered what there is here anyway. */
async function readThemes(root: string): Promise<Remark[]> {
  try {
    const text = (await readOldText(join(root, THEMES_FILE))) ?? "";
    const { themes } = parse(text);
    const unknown = Object.keys(isTable(themes) ? themes : {}).filter((name) => !isTheme(name));
    return unknown.map((name) => {
      const { line } = locate(text, `themes.${name}`);
      return { file: THEMES_FILE, line, message: `There is no theme "${name}" here.` };
    });
  } catch (thrown) {
    return [
      {
        file: THEMES_FILE,
        line: lineOf(thrown),
        message: "It cannot be read: the themes are ours.",
      },
    ];
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
  if (thrown instanceof Problem && thrown.code === "invalid") return null;
  throw thrown;
}
