import { createHmac } from "node:crypto";
import { crc32 } from "node:zlib";
import type { Random } from "../../clock.ts";
import { isKeyShaped } from "../../links/gate/gate-input.ts";

const PREFIX = "t8";
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const RANDOM_LENGTH = 32;
const CHECKSUM_LENGTH = 6;

/** Characters of a key that are stored and shown. */
const SHOWN = 8;

/** Returns a new API key: 40 letters and digits, of which 190 bits are random and six characters a checksum. */
export function makeKey(random: Random): string {
  let body = PREFIX;
  while (body.length < PREFIX.length + RANDOM_LENGTH) {
    for (const byte of random(RANDOM_LENGTH * 2)) {
      const letter = ALPHABET[byte & 63];
      if (letter !== undefined && body.length < PREFIX.length + RANDOM_LENGTH) body += letter;
    }
  }
  return body + checksumOf(body);
}

/** Whether a text could be a key that some Trunk8 made: no mistyped or shortened one is looked up. */
export function isKey(text: string): boolean {
  if (!isKeyShaped(text)) return false;
  return checksumOf(text.slice(0, -CHECKSUM_LENGTH)) === text.slice(-CHECKSUM_LENGTH);
}

/** Returns what is stored of a key: see `ApiKeyTable.hash`. */
export function hashOf(key: string, secretKey: string): string {
  return createHmac("sha256", secretKey).update(`api-key:${key}`).digest("hex");
}

/** Returns the characters of a key that people know it by. */
export function beginningOf(key: string): string {
  return key.slice(0, SHOWN);
}

function checksumOf(body: string): string {
  let rest = crc32(body);
  let digits = "";
  while (digits.length < CHECKSUM_LENGTH) {
    digits = ALPHABET.charAt(rest % ALPHABET.length) + digits;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return digits;
}
