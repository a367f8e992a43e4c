import { describe, expect, test } from "bun:test";
import { beginningOf, hashOf, isKey, makeKey } from "../../../src/accounts/keys/key-secret.ts";
import { systemRandom } from "../../../src/clock.ts";

describe("an API key", () => {
  test("has 40 letters and digits, and a checksum that an independent CRC-32 confirms", () => {
    for (let n = 0; n < 200; n++) {
      const key = makeKey(systemRandom);
      expect(key).toMatch(/^t8[0-9A-Za-z]{38}$/);
      expect(isKey(key)).toBe(true);
      expect(numberOf(key.slice(-6))).toBe(Bun.hash.crc32(key.slice(0, 34)));
    }
  });

  test("is another one each time", () => {
    const keys = Array.from({ length: 1000 }, () => makeKey(systemRandom));
    expect(new Set(keys.map(beginningOf)).size).toBe(1000);
  });

  test("uses every letter and digit, and no more bytes than make one", () => {
    const letters = new Set(Array.from({ length: 200 }, () => makeKey(systemRandom)).join(""));
    expect(letters.size).toBe(62);
    expect(makeKey((bytes) => new Uint8Array(bytes))).toStartWith(`t8${"0".repeat(32)}`);
  });

  test("is none with one character changed, left out, or added", () => {
    const key = makeKey(systemRandom);
    for (let at = 0; at < key.length; at++) {
      const other = key[at] === "x" ? "y" : "x";
      expect(isKey(key.slice(0, at) + other + key.slice(at + 1))).toBe(false);
      expect(isKey(key.slice(0, at) + key.slice(at + 1))).toBe(false);
    }
    expect(isKey(`${key}0`)).toBe(false);
    expect(isKey(`${key}\n`)).toBe(false);
  });

  test("is stored as an HMAC that needs the site's key", () => {
    const expected = new Bun.CryptoHasher("sha256", "secret").update("api-key:abc").digest("hex");
    expect(hashOf("abc", "secret")).toBe(expected);
    expect(hashOf("abc", "other")).not.toBe(expected);
  });
});

function numberOf(digits: string): number {
  const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  return [...digits].reduce((sum, digit) => sum * 62 + alphabet.indexOf(digit), 0);
}
