import { accessSync, constants, existsSync, mkdirSync, type Stats, statSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { codeOf } from "../os/system-error.ts";
import { Problem } from "../problem.ts";
import { text } from "./text.en.ts";

/**
 * Creates the data folder if it is missing. If root runs the command on another user's folder, it continues as that
 * user, so that no file is left behind that the server cannot write to.
 * @throws Problem `invalid` if it is a file, or cannot be created
 */
export function prepareDataFolder(dataFolder: string): void {
  process.umask(0o077);
  const { uid, gid } = createFolder(dataFolder);
  if (process.getuid?.() !== 0 || uid === 0) return;
  process.setgroups?.([gid]);
  process.setgid?.(gid);
  process.setuid?.(uid);
  if (process.getuid() !== uid) throw new Problem("internal", text.dataFolder.cannotDropRoot);
}

function createFolder(folder: string): Stats {
  try {
    mkdirSync(folder, { recursive: true });
    const found = statSync(folder);
    if (found.isDirectory()) return found;
  } catch (thrown) {
    const code = codeOf(thrown);
    if (code !== "EEXIST" && code !== "ENOTDIR")
      throw new Problem("invalid", text.dataFolder.cannotCreate(folder, code));
  }
  throw new Problem("invalid", text.dataFolder.notFolder(folder));
}

const { R_OK, W_OK, X_OK } = constants;

interface Need {
  readonly paths: readonly string[];
  readonly mode: number;
  readonly isFile: boolean;
}

/** What a start needs of a data folder, where it exists. Stored files are left to the health checks. */
const needs: readonly Need[] = [
  { paths: [""], mode: R_OK | W_OK | X_OK, isFile: false },
  { paths: ["config", "users"], mode: R_OK | X_OK, isFile: false },
  { paths: ["backups", "run"], mode: R_OK | W_OK | X_OK, isFile: false },
  { paths: ["config/config.toml", "config/secret.key"], mode: R_OK, isFile: true },
  { paths: ["trunk8.db", "trunk8.db-wal", "trunk8.db-shm"], mode: R_OK | W_OK, isFile: true },
];

/**
 * Checks that this process may use what is in the data folder: else the database would only seem busy.
 * @throws Problem `invalid` with the path, the user and the command that fixes it
 */
export function requireDataAccess(dataFolder: string): void {
  for (const { paths, ...need } of needs)
    for (const path of paths) requireAccess(dataFolder, join(dataFolder, path), need);
}

function requireAccess(
  dataFolder: string,
  path: string,
  { mode, isFile }: Omit<Need, "paths">,
): void {
  if (!existsSync(path)) return;
  try {
    accessSync(path, mode);
  } catch (thrown) {
    throw new Problem("invalid", describeDenial(path, dataFolder, codeOf(thrown)));
  }
  if (statSync(path).isFile() === isFile) return;
  const { notFile, notFolder } = text.dataFolder;
  throw new Problem("invalid", isFile ? notFile(path) : notFolder(path));
}

function describeDenial(path: string, dataFolder: string, code: string): string {
  const { readOnly, denied, deniedToOther } = text.dataFolder;
  if (code === "EROFS") return readOnly(path);
  const user = nameOfUser();
  const owner = statSync(dataFolder).uid;
  return owner === process.getuid?.()
    ? denied(path, user, dataFolder)
    : deniedToOther(path, user, owner, dataFolder);
}

/** The number of a user without an entry in passwd. */
function nameOfUser(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? "");
  }
}
