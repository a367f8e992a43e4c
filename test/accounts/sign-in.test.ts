import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import pino from "pino";
import { PASSWORD_COST, Passwords } from "../../src/accounts/auth/passwords.ts";
import { text } from "../../src/accounts/text.en.ts";
import { operator } from "../../src/policy.ts";
import { toProblem } from "../../src/problem.ts";
import { failureOf } from "../failure.ts";
import { pbkdf2, sha256 } from "../import/python/old-folder.ts";
import { databases, openTestApp, PASSWORD, type World } from "../world.ts";
import { joinAgain, setDisabled } from "./sign-in-again.ts";

const WRONG = "a loud Wednesday";
const refusal = { code: "unauthenticated", message: text.signIn.wrong, fields: {} };

/** Real checks that can be counted. */
class CountedPasswords extends Passwords {
  readonly checked: string[] = [];

  override async verify(password: string, stored: string, most?: number): Promise<boolean> {
    this.checked.push(stored);
    return await super.verify(password, stored, most);
  }
}

let addresses = 0;

/** An address that no test has used yet, so that tests do not share a limit. */
function newAddress(): string {
  return `198.51.${(addresses >> 8) & 255}.${addresses++ & 255}`;
}

for (const kind of databases) {
  describe(`signing in on ${kind}`, () => {
    let world: World;

    beforeAll(async () => {
      world = await openTestApp({ database: kind, passwordCost: PASSWORD_COST });
    });
    afterAll(() => world.close());

    const signIn = (username: string, password = PASSWORD, address = newAddress()) =>
      world.app.accounts.users.signIn({ username, password, address });

    /** The outcome of each attempt: "in", or the problem's code. */
    const outcomes = async (attempts: readonly Promise<unknown>[]) =>
      (await Promise.allSettled(attempts)).map((one) =>
        one.status === "fulfilled" ? "in" : toProblem(one.reason).code,
      );

    const countOf = (all: readonly string[], outcome: string) =>
      all.filter((one) => one === outcome).length;

    /** Wrong guesses, few enough to fit the queue. */
    const guess = (times: number, username: string, address: string) =>
      outcomes(Array.from({ length: times }, () => signIn(username, WRONG, address)));

    test.each([
      ["the name", "alice", "alice"],
      ["the name in capitals", "ALICE", "alice"],
      ["the name with spaces around it", " alice ", "alice"],
      ["no name, which is the administrator", "", "admin"],
      ["spaces, which are the administrator", "   ", "admin"],
    ])("accepts %s", async (_name, username, account) => {
      expect((await signIn(username)).username).toBe(account);
    });

    test.each([
      ["an unknown name", "nobody-here"],
      ["a quote", "alice'"],
      ["a comment", "alice'--"],
      ["an always-true condition", "' OR '1'='1"],
      ["a wildcard", "alic_"],
      ["a NUL", "alice\0"],
      ["a line break", "alice\r\nbob"],
      ["an accent", "\u00e1lice"],
      ["a full-width letter", "\uff41lice"],
      ["a dotless i", "al\u0131ce"],
      ["an emoji", "\u{1f511}"],
      ["half an emoji", "\ud83d"],
      ["a name of JavaScript's", "__proto__"],
      ["a megabyte", "x".repeat(1_000_000)],
    ])("rejects %s as username", async (_name, username) => {
      expect(await failureOf(signIn(username))).toMatchObject(refusal);
    });

    test.each([
      ["a wrong one", WRONG],
      ["none", ""],
      ["another case", PASSWORD.toUpperCase()],
      ["a space within", PASSWORD.replace(" ", "  ")],
      ["a megabyte", "x".repeat(1_000_000)],
    ])("rejects %s as password", async (_name, password) => {
      expect(await failureOf(signIn("alice", password))).toMatchObject(refusal);
      expect(await failureOf(signIn("admin", password))).toMatchObject(refusal);
    });

    test("answers for a disabled account as for an unknown one, even with the right password", async () => {
      const { bob } = world.people;
      await setDisabled(world, bob.id, 1);
      expect(await failureOf(signIn("bob"))).toMatchObject(refusal);
      await setDisabled(world, bob.id, 0);
      expect(await signIn("bob")).toEqual(bob);
    });

    test.each([
      ["an account", "alice"],
      ["the account whose password the environment sets", "admin"],
      ["an unknown name", "nobody-here"],
    ])("checks one argon2 hash of the usual cost for %s", async (_name, username) => {
      const passwords = new CountedPasswords();
      const { users } = joinAgain(world, { passwords, adminPassword: PASSWORD });
      const attempt = users.signIn({ username, password: WRONG, address: newAddress() });
      expect(await failureOf(attempt)).toMatchObject(refusal);
      expect(passwords.checked).toEqual([
        expect.stringMatching(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/),
      ]);
    });

    test("spends the same time on a wrong password, whether or not an account was imported", async () => {
      const { app, people } = world;
      const imported = { "imported-long": 1_000_000, "imported-short": 1000 };
      for (const [username, iterations] of Object.entries(imported)) {
        const user = await app.accounts.users.create(operator, { username, password: PASSWORD });
        await app.database.write(async (trx) => {
          const query = trx.updateTable("user").set({ password_hash: pbkdf2("old", iterations) });
          await query.where("id", "=", user.id).execute();
        });
      }
      await setDisabled(world, people.bob.id, 1);
      const spent: number[] = [];
      for (const username of [
        "imported-long",
        "imported-short",
        "alice",
        "admin",
        "bob",
        "nobody-here",
      ]) {
        for (const password of [WRONG, ` ${WRONG}`]) {
          const before = process.cpuUsage();
          const failure = await failureOf(signIn(username, password));
          const { user } = process.cpuUsage(before);
          expect(failure).toMatchObject(refusal);
          spent.push(password === WRONG ? user : user / 2);
        }
      }
      expect(Math.min(...spent) / Math.max(...spent)).toBeGreaterThan(0.5);
      await setDisabled(world, people.bob.id, 0);
      await app.database.write(async (trx) => {
        const old = trx.deleteFrom("user").where("username", "in", Object.keys(imported));
        await old.execute();
      });
    });

    test.each(["alice", "admin", "nobody-here"])(
      "limits wrong passwords for %s to ten, for that address and account only",
      async (username) => {
        const address = newAddress();
        await guess(10, username, address);
        expect(await failureOf(signIn(username, PASSWORD, address))).toMatchObject({
          code: "too_many",
          retryAfterSeconds: 12,
        });
        expect(await outcomes([signIn("bob", PASSWORD, address)])).toEqual(["in"]);
        const elsewhere = await outcomes([signIn(username)]);
        expect(elsewhere).toEqual([username === "nobody-here" ? "unauthenticated" : "in"]);
      },
    );

    test("allows a guess after the wait, and forgets wrong ones after a success", async () => {
      const address = newAddress();
      await guess(10, "alice", address);
      world.clock.advance(12_000);
      expect(await outcomes([signIn("alice", PASSWORD, address)])).toEqual(["in"]);
      await guess(9, "alice", address);
      expect(await outcomes([signIn("alice", PASSWORD, address)])).toEqual(["in"]);
    });

    test("does not count right passwords", async () => {
      const address = newAddress();
      for (let time = 0; time < 15; time++)
        expect(await outcomes([signIn("alice", PASSWORD, address)])).toEqual(["in"]);
      const guesses = await guess(11, "alice", address);
      expect(countOf(guesses, "unauthenticated")).toBe(10);
      expect(countOf(guesses, "too_many")).toBe(1);
    });

    test("counts other spellings of the name and addresses of one network together", async () => {
      await guess(10, "alice", "2001:db8:0:1::1");
      const attempts = await outcomes([
        signIn("ALICE", WRONG, "2001:db8:0:1::1"),
        signIn(" alice", WRONG, "2001:db8:0:1:ffff::2"),
        signIn("alice", WRONG, "2001:db8:0:2::1"),
      ]);
      expect(attempts).toEqual(["too_many", "too_many", "unauthenticated"]);
    });

    test("does not lengthen the wait when the clock is set back", async () => {
      const address = newAddress();
      await guess(10, "alice", address);
      world.clock.advance(-3_600_000);
      expect(await failureOf(signIn("alice", PASSWORD, address))).toMatchObject({
        retryAfterSeconds: 12,
      });
      world.clock.advance(12_000);
      expect(await outcomes([signIn("alice", PASSWORD, address)])).toEqual(["in"]);
    });

    test("checks ten of 100 concurrent guesses from one address", async () => {
      const address = newAddress();
      const all = await outcomes(
        Array.from({ length: 100 }, () => signIn("alice", WRONG, address)),
      );
      expect(countOf(all, "unauthenticated")).toBe(10);
      expect(countOf(all, "too_many")).toBe(90);
    });

    test("serves a full queue of 100 concurrent sign-ins and counts none of the refused as guesses", async () => {
      const from = Array.from({ length: 100 }, newAddress);
      const all = await outcomes(from.map((address) => signIn("alice", PASSWORD, address)));
      // Two run and twenty wait; a later one takes a slot that has become free.
      expect(countOf(all, "in")).toBeGreaterThanOrEqual(22);
      expect(countOf(all, "too_many")).toBeGreaterThan(0);
      expect(countOf(all, "in") + countOf(all, "too_many")).toBe(100);
      const last = from.at(-1) ?? "";
      await guess(9, "alice", last);
      expect(await outcomes([signIn("alice", PASSWORD, last)])).toEqual(["in"]);
    });

    test("renews a hash with weaker parameters", async () => {
      const { id } = await world.app.accounts.users.create(operator, {
        username: "carol",
        password: WRONG,
      });
      const weak = { algorithm: "argon2id", memoryCost: 8, timeCost: 1 } as const;
      const password_hash = await Bun.password.hash(PASSWORD, weak);
      await world.app.database.write(async (trx) => {
        await trx.updateTable("user").set({ password_hash }).where("id", "=", id).execute();
      });
      await signIn("carol");
      const { lookup } = world.app.database;
      const row = await lookup
        .selectFrom("user")
        .selectAll()
        .where("id", "=", id)
        .executeTakeFirstOrThrow();
      expect(world.app.accounts.passwords.needsRehash(row.password_hash ?? "")).toBe(false);
      expect((await signIn("carol")).id).toBe(id);
    });

    test.each([
      ["PBKDF2", pbkdf2("bobpass", 1000)],
      ["SHA-256", sha256("bobpass")],
    ])(
      "accepts an imported password (%s) with and without whitespace, at each sign-in",
      async (by, hash) => {
        const username = `imported-${by.toLowerCase()}`;
        const { id } = await world.app.accounts.users.create(operator, {
          username,
          password: WRONG,
        });
        await world.app.database.write(async (trx) => {
          const set = { password_hash: hash };
          await trx.updateTable("user").set(set).where("id", "=", id).execute();
        });
        for (const typed of ["bobpass ", "bobpass", "\tbobpass\n", "bobpass "])
          expect((await signIn(username, typed)).id).toBe(id);
        expect(await failureOf(signIn(username, "bob pass"))).toMatchObject(refusal);
      },
    );

    test("accepts whitespace that is part of a password only if it is typed", async () => {
      const password = " a quiet Tuesday ";
      const { id } = await world.app.accounts.users.create(operator, {
        username: "spaced",
        password,
      });
      expect((await signIn("spaced", password)).id).toBe(id);
      expect(await failureOf(signIn("spaced", password.trim()))).toMatchObject(refusal);
    });

    test("logs account and address, but no password and no unknown name", async () => {
      const lines: string[] = [];
      const log = pino(
        { base: null, timestamp: false },
        { write: (line: string) => lines.push(line) },
      );
      const { users } = joinAgain(world, { log });
      for (const [username, password] of [
        ["ALICE", PASSWORD],
        ["alice", WRONG],
        ["typed-into-the-wrong-field", WRONG],
      ] as const) {
        await outcomes([users.signIn({ username, password, address: "192.0.2.1" })]);
      }
      const warning = { level: 40, address: "192.0.2.1", msg: "sign-in refused" };
      expect(lines.map((line) => JSON.parse(line))).toEqual([
        { level: 30, account: "alice", address: "192.0.2.1", msg: "signed in" },
        { ...warning, account: "alice" },
        { ...warning, account: null },
      ]);
    });

    test("rejects every password for an account without one", async () => {
      const { users } = joinAgain(world);
      for (const password of ["", PASSWORD, "null"]) {
        const attempt = users.signIn({ username: "admin", password, address: newAddress() });
        expect(await failureOf(attempt)).toMatchObject(refusal);
      }
    });
  });
}
