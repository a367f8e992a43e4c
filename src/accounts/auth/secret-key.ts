import { existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Random } from "../../clock.ts";
import { Problem } from "../../problem.ts";
import { text } from "../text.en.ts";

const KEY_BYTES = 32;
const SHORTEST = 16;

/**
 * Returns the key of the session hashes: the setting, or else the one in the data folder, created on the first start.
 * @throws Problem `invalid` if that file is empty, as after a full disk: sessions could be forged
 */
export function readSecretKey(set: string, dataFolder: string, random: Random): string {
  if (set !== "") return set;
  const path = join(dataFolder, "config", "secret.key");
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (!existsSync(path)) keep(Buffer.from(random(KEY_BYTES)).toString("base64url"), path);
  const key = readFileSync(path, "utf8").trim();
  if (key === "") throw new Problem("invalid", text.password.keyFileEmpty(path));
  return key;
}

/** What is wrong with a key that is set; null if nothing is. The Python Trunk8 accepted any, so a weak one is used. */
export function secretKeyWeakness(set: string): string | null {
  return set === "" || set.length >= SHORTEST ? null : text.password.keyTooShort;
}

/** Of two processes that start at once, both use the key of the first. */
function keep(key: string, path: string): void {
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, `${key}\n`, { mode: 0o600, flush: true });
  try {
    linkSync(temporary, path);
  } catch (error) {
    if (!existsSync(path)) throw error;
  } finally {
    unlinkSync(temporary);
  }
}
