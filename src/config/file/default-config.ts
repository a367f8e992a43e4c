import { randomUUID } from "node:crypto";
import { link, lstat, mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { stringify } from "smol-toml";
import { syncFolder, writeDurably } from "../../os/fsync.ts";
import { codeOf } from "../../os/system-error.ts";
import { environmentNames } from "../environment.ts";
import { type SettingKey, settingKeys, settingRow } from "../settings.ts";
import { configPath } from "./config-file.ts";

const INTRODUCTION = `# Trunk8's settings. What is commented out stands at its default: remove the # to change it.
# "At once" is within a second of saving this file.
# The environment wins over this file, and the command line over both.
`;

/** Only the owner reads it: a password may be written into it. */
export const PRIVATE = 0o600;

/**
 * Writes a config.toml that explains every setting, unless there is one. Whole and durable, or not at all.
 * Returns whether it was written; a folder that may not be written to stays as it is.
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

/** The text of a first config.toml: doc and environment name of each setting, each value commented out. */
export function firstConfigText(): string {
  const sections = Map.groupBy(settingKeys, (key) => key.split(".")[0]);
  const written = [...sections].map(
    ([section, keys]) => `\n[${section}]\n${keys.map(describe).join("\n")}`,
  );
  return INTRODUCTION + written.join("");
}

function describe(key: SettingKey): string {
  const row = settingRow(key);
  const assignment = stringify({ [key.slice(key.indexOf(".") + 1)]: row.default });
  const facts = [
    `Default: ${row.secret ? "unset" : assignment.slice(assignment.indexOf("=") + 2).trim()}.`,
    `Takes effect: ${row.takesEffect === "live" ? "at once" : "at the next start"}.`,
    `Environment: ${environmentNames(key).join(", ")}.`,
  ];
  return `${wrap(row.doc)}${wrap(facts.join(" "))}${row.secret ? "" : `#${assignment}`}`;
}

/** Words as comment lines of at most 100 characters. */
function wrap(words: string): string {
  return words.replace(/(.{1,97})(?: |$)/g, "# $1\n");
}

async function writeNew(path: string, text: string): Promise<boolean> {
  if (await isThere(path)) return false;
  const temporary = `${path}.${randomUUID()}`;
  try {
    await writeDurably(temporary, text, PRIVATE);
    const placed = await place(temporary, path);
    await syncFolder(dirname(path));
    return placed;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** A hard link, unlike a rename, never takes the place of a file that somebody made meanwhile. */
async function place(temporary: string, path: string): Promise<boolean> {
  try {
    await link(temporary, path);
  } catch (thrown) {
    if (codeOf(thrown) === "EEXIST") return false;
    await rename(temporary, path); // a file system without hard links
  }
  return true;
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
