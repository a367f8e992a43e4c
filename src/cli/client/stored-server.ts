import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { Environment } from "../../config/environment.ts";
import { codeOf } from "../../os/system-error.ts";
import { Problem } from "../../problem.ts";
import type { Server } from "./server.ts";
import { text } from "./text.en.ts";

/** Where `trunk8 login` stores the site and its key. */
function storedServerPath(env: Environment): string {
  const config = env.XDG_CONFIG_HOME || join(env.HOME || homedir(), ".config");
  return join(config, "trunk8", "server.json");
}

/**
 * The site that `trunk8 login` stored; null: none.
 * @throws Problem for a file that others can read, or that is no such file
 */
export function readStoredServer(env: Environment): Server | null {
  const path = storedServerPath(env);
  const whole = readPrivate(path);
  if (whole === null) return null;
  const { origin, key } = parse(whole);
  if (typeof origin === "string" && typeof key === "string") return { origin, key };
  throw new Problem("invalid", text.stored.unreadable(path));
}

function readPrivate(path: string): string | null {
  try {
    if ((statSync(path).mode & 0o077) !== 0) throw new Problem("forbidden", text.stored.open(path));
    return readFileSync(path, "utf8");
  } catch (thrown) {
    if (codeOf(thrown) === "ENOENT") return null;
    throw thrown;
  }
}

function parse(whole: string): Partial<Server> {
  try {
    return (JSON.parse(whole) as Partial<Server> | null) ?? {};
  } catch {
    return {};
  }
}

/** Stores a site and its key for later commands, in a file of the user's alone. */
export function storeServer(env: Environment, server: Server): string {
  const path = storedServerPath(env);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(server)}\n`, { mode: 0o600, flag: "wx" });
  chmodSync(draft, 0o600);
  renameSync(draft, path);
  return path;
}

/** Whether there was one. */
export function removeStoredServer(env: Environment): boolean {
  const path = storedServerPath(env);
  const isThere = statSync(path, { throwIfNoEntry: false }) !== undefined;
  rmSync(path, { force: true });
  return isThere;
}
