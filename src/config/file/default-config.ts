import { randomUUID } from "node:crypto";
import { link, lstat, mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { stringify } from "smol-toml";
import { syncFolder, writeDurably } from "../../os/fsync.ts";
import { codeOf } from "../../os/system-error.ts";
import { environmentNames } from "../environment.ts";
import { type SettingKey, settingKeys, settingRow } from "../settings.ts";
import { text } from "../text.en.ts";
import { configPath } from "./config-file.ts";

/** Readable by its owner only: it may contain a password. */
export const PRIVATE = 0o600;

/**
 * Writes a config.toml that explains every setting, unless there is one; atomic and durable. Returns whether it was
 * written: a read-only folder is left alone.
 */
export async function writeFirstConfig(dataFolder: string): Promise<boolean> {
  const path = configPath(dataFolder);
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    return await writeNew(path, firstConfigText());
  } catch (thrown) {
    if (["EROFS", "EACCES"].includes(codeOf(thrown))) return false;
    throw thrown;
  }
}

/** The text of the first config.toml: what each setting does, and its default commented out. */
export function firstConfigText(): string {
  const sections = Map.groupBy(settingKeys, (key) => key.split(".")[0]);
  const written = [...sections].map(
    ([section, keys]) => `\n[${section}]\n${keys.map(describe).join("\n")}`,
  );
  const introduction = text.firstConfig.introduction.replaceAll(/^/gm, "# ");
  return `${introduction}\n${written.join("")}`;
}

function describe(key: SettingKey): string {
  const row = settingRow(key);
  const assignment = stringify({ [key.slice(key.indexOf(".") + 1)]: row.default });
  const words = text.firstConfig;
  const value = row.secret ? words.unset : assignment.slice(assignment.indexOf("=") + 2).trim();
  const facts = [
    words.defaultValue(value),
    row.takesEffect === "live" ? words.takesEffectLive : words.takesEffectOnRestart,
    words.environment(environmentNames(key).join(", ")),
  ];
  return `${wrap(text.settings[key])}${wrap(facts.join(" "))}${row.secret ? "" : `#${assignment}`}`;
}

/** Wraps a text into comment lines of at most 100 characters. */
function wrap(words: string): string {
  return words.replace(/(.{1,97})(?: |$)/g, "# $1\n");
}

async function writeNew(path: string, toml: string): Promise<boolean> {
  if (await exists(path)) return false;
  const temporary = `${path}.${randomUUID()}`;
  try {
    await writeDurably(temporary, toml, PRIVATE);
    const placed = await place(temporary, path);
    await syncFolder(dirname(path));
    return placed;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** A hard link, unlike a rename, never replaces a file created in the meantime. */
async function place(temporary: string, path: string): Promise<boolean> {
  try {
    await link(temporary, path);
  } catch (thrown) {
    if (codeOf(thrown) === "EEXIST") return false;
    await rename(temporary, path); // a file system without hard links
  }
  return true;
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
