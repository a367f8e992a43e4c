import type { Random } from "../../clock.ts";

/** 32 characters that are hard to confuse. */
const ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";
const LENGTH = 20;

/** Returns a password of 100 random bits that is easy to type. */
export function generatePassword(random: Random): string {
  return Array.from(random(LENGTH), (byte) => ALPHABET.charAt(byte & 31)).join("");
}
