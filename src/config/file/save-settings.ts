import { randomUUID } from "node:crypto";
import { readFileSync, renameSync, type Stats } from "node:fs";
import { access, constants, mkdir, realpath, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder, writeDurably } from "../../os/fsync.ts";
import { codeOf, explainDiskFull } from "../../os/system-error.ts";
import { Problem } from "../../problem.ts";
import type { Settings } from "../settings.ts";
import { readTextFile } from "./config-file.ts";
import { firstConfigText, PRIVATE } from "./default-config.ts";
import { changeConfigText } from "./edit-config.ts";

/** How often a file may change under our hands before we give up. */
const MAX_TRIES = 5;

/**
 * Gives settings new values in a config.toml. Its comments, its order, its mode and the symlinks that lead to it
 * stay; where there is none, it is made. Whole and durable, or not at all.
 * @throws Problem `invalid` when the file is broken (with line and column) or may not be written to, `busy` when
 * somebody else keeps changing it
 */
export async function saveSettings(path: string, changes: Partial<Settings>): Promise<void> {
  try {
    const file = await followLinks(path);
    for (let tries = 0; tries < MAX_TRIES; tries++) if (await trySaving(file, changes)) return;
  } catch (thrown) {
    throw refusalFrom(thrown, path);
  }
  throw new Problem("busy", `${path} is being changed by somebody else. Try again in a moment.`);
}

/** False when the file changed meanwhile: what we would write in its place knows nothing of that. */
async function trySaving(file: string, changes: Partial<Settings>): Promise<boolean> {
  const before = await readTextFile(file);
  const text = changeConfigText(before ?? firstConfigText(), changes, file);
  if (before === null) await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const mode = await writableMode(file);
  const draft = `${file}.${randomUUID()}`;
  try {
    await writeDurably(draft, text, mode);
    if (!replaceUnchanged(file, before, draft)) return false;
    await syncFolder(dirname(file));
    return true;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Looks and renames in one breath, so that nothing of this process comes between. */
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

/** The mode of a file that may be written to. A rename needs no such permission, so it is asked for here. */
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
      return new Problem(
        "invalid",
        `${path} is mounted as a single file, which cannot be replaced. Mount its folder instead, or change the file where it lies.`,
        { cause: thrown },
      );
    default:
      return explainDiskFull(thrown);
  }
}

function readOnly(path: string): Problem {
  return new Problem(
    "invalid",
    `${path} is read-only. Make it writable, or change it where it comes from.`,
  );
}
