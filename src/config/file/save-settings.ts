import { randomUUID } from "node:crypto";
import { readFileSync, renameSync, type Stats } from "node:fs";
import { access, constants, mkdir, realpath, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder, writeDurably } from "../../os/fsync.ts";
import { codeOf, explainDiskFull } from "../../os/system-error.ts";
import { Problem } from "../../problem.ts";
import type { Settings } from "../settings.ts";
import { text } from "../text.en.ts";
import { readTextFile } from "./config-file.ts";
import { firstConfigText, PRIVATE } from "./default-config.ts";
import { changeConfigText } from "./edit-config.ts";

/** How often the file may change while it is being saved before saving fails. */
const MAX_TRIES = 5;

/**
 * Changes settings in a config.toml, atomically and durably, and keeps its comments, order, mode and the symlinks
 * that point to it. Creates it if it does not exist.
 * @throws Problem `invalid` when the file is broken (with line and column) or read-only, `busy` when another program
 * keeps changing it
 */
export async function saveSettings(path: string, changes: Partial<Settings>): Promise<void> {
  try {
    const file = await followLinks(path);
    for (let tries = 0; tries < MAX_TRIES; tries++) if (await trySaving(file, changes)) return;
  } catch (thrown) {
    throw refusalFrom(thrown, path);
  }
  throw new Problem("busy", text.file.changing(path));
}

/** Returns false when the file changed in the meantime: replacing it would undo that change. */
async function trySaving(file: string, changes: Partial<Settings>): Promise<boolean> {
  const before = await readTextFile(file);
  const toml = changeConfigText(before ?? firstConfigText(), changes, file);
  if (before === null) await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const mode = await writableMode(file);
  const draft = `${file}.${randomUUID()}`;
  try {
    await writeDurably(draft, toml, mode);
    if (!replaceUnchanged(file, before, draft)) return false;
    await syncFolder(dirname(file));
    return true;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Compares and renames synchronously, so that nothing else in this process runs in between. */
function replaceUnchanged(file: string, before: string | null, draft: string): boolean {
  if (textNow(file) !== before) return false;
  renameSync(draft, file);
  return true;
}

function textNow(file: string): string | null {
  try {
    return new TextDecoder().decode(readFileSync(file));
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return null;
    throw thrown;
  }
}

async function followLinks(path: string): Promise<string> {
  return await realpath(path).catch(() => path);
}

/** Returns the mode of a writable file. A rename needs no write permission, so it is checked here. */
async function writableMode(file: string): Promise<number> {
  const found = await statIfThere(file);
  if (found === null) return PRIVATE;
  await access(file, constants.W_OK);
  if ((found.mode & 0o222) === 0) throw readOnly(file);
  return found.mode & 0o777;
}

async function statIfThere(file: string): Promise<Stats | null> {
  return await stat(file).catch((failure: unknown) => {
    if (codeOf(failure) === "ENOENT") return null;
    throw failure;
  });
}

function refusalFrom(thrown: unknown, path: string): unknown {
  switch (codeOf(thrown)) {
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return readOnly(path);
    case "EBUSY":
      return new Problem("invalid", text.file.mounted(path), { cause: thrown });
    default:
      return explainDiskFull(thrown);
  }
}

function readOnly(path: string): Problem {
  return new Problem("invalid", text.file.readOnly(path));
}
