import { describe, expect, test } from "bun:test";
import { isOldHashOf, parseOldHash } from "../../../src/accounts/auth/old-password-hash.ts";
import { Passwords } from "../../../src/accounts/auth/passwords.ts";
import { pbkdf2, sha256 } from "../../import/python/old-folder.ts";

const DIGEST = "0".repeat(64);

describe("a password hash of the original program", () => {
  test.each([
    ["PBKDF2", pbkdf2("pass", 1000)],
    ["PBKDF2 in capitals", pbkdf2("pass", 1000).toUpperCase().replace("PBKDF2", "pbkdf2")],
    ["plain SHA-256", sha256("pass")],
  ])("by %s matches its password alone", async (_, stored) => {
    const old = parseOldHash(stored);
    if (old === null) throw new Error("The hash was not parsed.");
    expect(await isOldHashOf("pass", old)).toBe(true);
    expect(await isOldHashOf("Pass", old)).toBe(false);
    expect(await isOldHashOf("", old)).toBe(false);
  });

  test("of a password with surrounding spaces matches that alone", async () => {
    const old = parseOldHash(sha256(" pass "));
    expect(old && (await isOldHashOf(" pass ", old))).toBe(true);
    expect(old && (await isOldHashOf("pass", old))).toBe(false);
  });

  test.each([
    ["nothing", ""],
    ["a text", "password"],
    ["capitals, which the original never wrote", sha256("pass").toUpperCase()],
    ["a digit too few", DIGEST.slice(1)],
    ["a line break behind it", `${DIGEST}\n`],
    ["no iterations", `pbkdf2$$00$${DIGEST}`],
    ["zero iterations", `pbkdf2$0$00$${DIGEST}`],
    ["negative iterations", `pbkdf2$-1$00$${DIGEST}`],
    ["a fraction of iterations", `pbkdf2$1.5$00$${DIGEST}`],
    ["too many iterations", `pbkdf2$1000000000$00$${DIGEST}`],
    ["half a byte of salt", `pbkdf2$1000$0$${DIGEST}`],
    ["an endless salt", `pbkdf2$1000$${"00".repeat(513)}$${DIGEST}`],
    ["a short digest", "pbkdf2$1000$00$00"],
    ["a part too many", `pbkdf2$1000$00$${DIGEST}$00`],
    ["another algorithm", `scrypt$1000$00$${DIGEST}`],
  ])("is rejected: %s", (_, stored) => {
    expect(parseOldHash(stored)).toBeNull();
  });

  test("is verified by the same queue, up to the length of a password", async () => {
    const passwords = new Passwords();
    expect(await passwords.verify("pass", pbkdf2("pass", 1000))).toBe(true);
    expect(await passwords.verify("pass", sha256("pass"))).toBe(true);
    expect(await passwords.verify("fail", sha256("pass"))).toBe(false);
    const long = "x".repeat(1025);
    expect(await passwords.verify(long, sha256(long))).toBe(false);
  });
});
