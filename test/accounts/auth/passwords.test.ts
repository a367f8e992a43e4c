import { describe, expect, test } from "bun:test";
import { generatePassword } from "../../../src/accounts/auth/generate-password.ts";
import { Passwords, parseNewPassword } from "../../../src/accounts/auth/passwords.ts";
import { text } from "../../../src/accounts/text.en.ts";
import { systemRandom } from "../../../src/clock.ts";
import { Problem } from "../../../src/problem.ts";

/** The verdict on a new password: "ok", or the message of its field. */
function judge(typed: string, username = "alice", siteNames: readonly string[] = []): string {
  try {
    return parseNewPassword(typed, { field: "new_password", username, siteNames }) === typed
      ? "ok"
      : "altered";
  } catch (thrown) {
    if (!(thrown instanceof Problem)) throw thrown;
    return thrown.fields.new_password ?? "no field";
  }
}

const SHORT = text.password.tooShort;
const LONG = text.password.tooLong;
const COMMON = text.password.tooCommon;

describe("a new password", () => {
  test.each([
    ["nothing", "", SHORT],
    ["7 characters", "q7#kzv!", SHORT],
    ["8 characters", "q7#kzv!w", "ok"],
    ["64 characters", "q7#kzv!w".repeat(8), "ok"],
    ["1,024 bytes", "q7#kzv!w".repeat(128), "ok"],
    ["1,025 bytes", `${"q7#kzv!w".repeat(128)}x`, LONG],
    ["1,024 bytes of emoji", "\u{1f511}".repeat(256), "ok"],
    ["1,028 bytes of emoji", "\u{1f511}".repeat(257), LONG],
    ["10 MB", "x".repeat(10_000_000), LONG],
    ["7 emoji, which are 14 code units", "\u{1f511}".repeat(7), SHORT],
    ["8 emoji", "\u{1f511}".repeat(8), "ok"],
    ["8 spaces", " ".repeat(8), "ok"],
    ["spaces around it", " correct horse ", "ok"],
    ["a NUL inside", "correct\0horse", "ok"],
    ["a line break inside", "correct\nhorse", "ok"],
    ["two common ones on two lines", "password\nbaseball", "ok"],
    ["a common one", "password1", COMMON],
    ["a common one in another case", "PassWord1", COMMON],
    ["the first of the list that is long enough", "0.0.0.000", COMMON],
    ["the last of the list that is long enough", "zzzzzzzz", COMMON],
    ["the product", "trunk888", COMMON],
    ["the product twice", "trunk8trunk8", COMMON],
    ["the product with numbers, twice", "Trunk81trunk82", COMMON],
    ["the product with digits, in capitals", "TRUNK82030", COMMON],
    ["the product in a sentence", "trunk8 for grandma", "ok"],
  ])("of %s is judged", (_name, typed, verdict) => {
    expect(judge(typed)).toBe(verdict);
  });

  test("is not the username in any case", () => {
    expect(judge("Alice-Liddell", "alice-liddell")).toBe(text.password.isUsername);
  });

  test.each([
    ["the host", "links.example.org", COMMON],
    ["the host in another case, with a digit", "Links.Example.ORG1", COMMON],
    ["the host twice", "links.example.org-links.example.org", COMMON],
    ["the title", "Grandma's Links", COMMON],
    ["the title without spaces, with a year", "grandmaslinks2026!", COMMON],
    ["the title and the host", "grandmas-links@links.example.org", COMMON],
    ["the title in wide letters", "Ｇｒａｎｄｍａｓ Ｌｉｎｋｓ", COMMON],
    ["the product and the title", "trunk8 grandmas links", COMMON],
    ["the title in a sentence", "grandmas links are fine", "ok"],
    ["a name that is too short to count", "20261234", "ok"],
    ["no letters or digits at all", "!?!?!?!?", "ok"],
  ])("of %s of the site is judged", (_name, typed, verdict) => {
    const siteNames = ["links.example.org", "Grandma's Links", "1", ""];
    expect(judge(typed, "alice", siteNames)).toBe(verdict);
  });

  test("is accepted and unique if generated", () => {
    const generated = new Set(Array.from({ length: 1000 }, () => generatePassword(systemRandom)));
    expect(generated.size).toBe(1000);
    for (const password of generated) expect(password).toMatch(/^[a-km-np-z2-9]{20}$/);
    expect([...generated].map((password) => judge(password))).not.toContain(COMMON);
  });
});

describe("a password hash", () => {
  const passwords = new Passwords();

  test("is salted argon2id with the minimum that OWASP recommends", async () => {
    const [one, other] = [
      await passwords.hash("correct horse"),
      await passwords.hash("correct horse"),
    ];
    expect(one).toStartWith("$argon2id$v=19$m=19456,t=2,p=1$");
    expect(one).not.toBe(other);
  });

  test.each([
    ["the same", "correct horse", "correct horse", true],
    ["another case", "correct horse", "Correct horse", false],
    ["a space at the end", "correct horse", "correct horse ", false],
    ["composed and decomposed", "caf\u00e9 am See", "cafe\u0301 am See", false],
    ["a difference after a NUL", "correct\0horse", "correct\0house", false],
    ["a difference at the 73rd byte", `${"x".repeat(72)}a`, `${"x".repeat(72)}b`, false],
    ["nothing", "correct horse", "", false],
    ["longer than any may be", "correct horse", "x".repeat(10_000_000), false],
  ])("is compared exactly: %s", async (_name, set, typed, isRight) => {
    expect(await passwords.verify(typed, await passwords.hash(set))).toBe(isRight);
  });

  test("of no password has the usual cost and never matches", async () => {
    expect(passwords.needsRehash(passwords.decoyHash)).toBe(false);
    expect(await passwords.verify("correct horse", passwords.decoyHash)).toBe(false);
  });

  test.each([
    ["$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA", false],
    ["$argon2id$v=19$m=65536,t=3,p=1$c2FsdA$aGFzaA", false],
    ["$argon2id$v=19$m=19455,t=2,p=1$c2FsdA$aGFzaA", true],
    ["$argon2id$v=19$m=19456,t=1,p=1$c2FsdA$aGFzaA", true],
    ["$argon2i$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA", true],
    ["$2b$10$abcdefghijklmnopqrstuv", true],
    ["", true],
  ])("%p needs a rehash: %p", (phc, isRenewed) => {
    expect(passwords.needsRehash(phc)).toBe(isRenewed);
  });
});

describe("the queue", () => {
  test("runs two, holds twenty and refuses others for a second", async () => {
    const passwords = new Passwords();
    const all = Array.from({ length: 100 }, () =>
      passwords.verify("correct horse", passwords.decoyHash),
    );
    const done = await Promise.allSettled(all);
    const refused = done.filter((one) => one.status === "rejected").map((one) => one.reason);
    expect(refused).toHaveLength(78);
    for (const problem of refused) {
      expect(problem).toMatchObject({ code: "too_many", retryAfterSeconds: 1 });
    }
  });

  test("is empty again after failures", async () => {
    const passwords = new Passwords();
    const broken = Array.from({ length: 22 }, () => passwords.verify("correct horse", "broken"));
    const done = await Promise.allSettled(broken);
    expect(done.every((one) => one.status === "rejected")).toBe(true);
    const hash = await passwords.hash("correct horse");
    expect(await passwords.verify("correct horse", hash)).toBe(true);
  });
});
