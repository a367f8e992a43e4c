import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import pino from "pino";
import { needsRehash } from "../../src/accounts/auth/passwords.ts";
import { operator } from "../../src/policy.ts";
import { toProblem } from "../../src/problem.ts";
import { failureOf } from "../failure.ts";
import { databases, openTestApp, PASSWORD, type World } from "../world.ts";
import { joinAgain, setDisabled } from "./sign-in-again.ts";

const WRONG = "a loud Wednesday";
const refusal = { code: "unauthenticated", message: "Wrong user name or password.", fields: {} };

let addresses = 0;

/** An address that no test has used, so that no test spends another's guesses. */
function newAddress(): string {
  return `198.51.${(addresses >> 8) & 255}.${addresses++ & 255}`;
}

for (const kind of databases) {
  describe(`signing in on ${kind}`, () => {
    let world: World;

    beforeAll(async () => {
      world = await openTestApp({ database: kind });
    });
    afterAll(() => world.close());

    const signIn = (username: string, password = PASSWORD, address = newAddress()) =>
      world.app.users.signIn({ username, password, address });

    /** What came of each attempt: "in", or the problem's code. */
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
    ])("works by %s", async (_name, username, account) => {
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
    ])("is refused by %s", async (_name, username) => {
      expect(await failureOf(signIn(username))).toMatchObject(refusal);
    });

    test.each([
      ["a wrong one", WRONG],
      ["none", ""],
      ["another case", PASSWORD.toUpperCase()],
      ["a space too many", `${PASSWORD} `],
      ["a megabyte", "x".repeat(1_000_000)],
    ])("is refused with %s as password", async (_name, password) => {
      expect(await failureOf(signIn("alice", password))).toMatchObject(refusal);
      expect(await failureOf(signIn("admin", password))).toMatchObject(refusal);
    });

    test("a disabled account gets the answer of an unknown one, even with the right password", async () => {
      const { bob } = world.people;
      await setDisabled(world, bob.id, 1);
      expect(await failureOf(signIn("bob"))).toMatchObject(refusal);
      await setDisabled(world, bob.id, 0);
      expect(await signIn("bob")).toEqual(bob);
    });

    test("a name that is unknown, or the environment's, costs the work of any other", async () => {
      const fastest: Record<string, number> = {
        alice: Infinity,
        admin: Infinity,
        nobody: Infinity,
      };
      for (let round = 0; round < 3; round++) {
        for (const username of Object.keys(fastest)) {
          const started = performance.now();
          await outcomes([signIn(username, WRONG)]);
          fastest[username] = Math.min(fastest[username] ?? 0, performance.now() - started);
        }
      }
      // Without argon2 it would be a fiftieth; the rest of the room is for a busy machine.
      expect(Math.min(...Object.values(fastest))).toBeGreaterThan((fastest.alice ?? 0) / 5);
    });

    test.each(["alice", "admin", "nobody-here"])(
      "after ten wrong passwords for %s it waits, for that address and account only",
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

    test("a wait that was served is enough, and a success clears what went before", async () => {
      const address = newAddress();
      await guess(10, "alice", address);
      world.clock.advance(12_000);
      expect(await outcomes([signIn("alice", PASSWORD, address)])).toEqual(["in"]);
      await guess(9, "alice", address);
      expect(await outcomes([signIn("alice", PASSWORD, address)])).toEqual(["in"]);
    });

    test("right passwords are never counted", async () => {
      const address = newAddress();
      for (let time = 0; time < 15; time++) await signIn("alice", PASSWORD, address);
    });

    test("spelling the name or the address otherwise gives no more guesses", async () => {
      await guess(10, "alice", "2001:db8:0:1::1");
      const attempts = await outcomes([
        signIn("ALICE", WRONG, "2001:db8:0:1::1"),
        signIn(" alice", WRONG, "2001:db8:0:1:ffff::2"),
        signIn("alice", WRONG, "2001:db8:0:2::1"),
      ]);
      expect(attempts).toEqual(["too_many", "too_many", "unauthenticated"]);
    });

    test("a clock set back an hour locks nobody for longer than one place takes", async () => {
      const address = newAddress();
      await guess(10, "alice", address);
      world.clock.advance(-3_600_000);
      expect(await failureOf(signIn("alice", PASSWORD, address))).toMatchObject({
        retryAfterSeconds: 12,
      });
      world.clock.advance(12_000);
      expect(await outcomes([signIn("alice", PASSWORD, address)])).toEqual(["in"]);
    });

    test("of 100 guesses at once from one address ten are checked", async () => {
      const address = newAddress();
      const all = await outcomes(
        Array.from({ length: 100 }, () => signIn("alice", WRONG, address)),
      );
      expect(countOf(all, "unauthenticated")).toBe(10);
      expect(countOf(all, "too_many")).toBe(90);
    });

    test("of 100 sign-ins at once from everywhere those in the queue are served, and the rest lose no guess", async () => {
      const from = Array.from({ length: 100 }, newAddress);
      const all = await outcomes(from.map((address) => signIn("alice", PASSWORD, address)));
      // Two run and twenty wait; whoever's account is found after a place is free gets that one.
      expect(countOf(all, "in")).toBeGreaterThanOrEqual(22);
      expect(countOf(all, "too_many")).toBeGreaterThan(0);
      expect(countOf(all, "in") + countOf(all, "too_many")).toBe(100);
      const last = from.at(-1) ?? "";
      await guess(9, "alice", last);
      expect(await outcomes([signIn("alice", PASSWORD, last)])).toEqual(["in"]);
    });

    test("a hash with lower parameters is renewed", async () => {
      const { id } = await world.app.users.create(operator, { username: "carol", password: WRONG });
      const weak = { algorithm: "argon2id", memoryCost: 64, timeCost: 1 } as const;
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
      expect(needsRehash(row.password_hash ?? "")).toBe(false);
      expect((await signIn("carol")).id).toBe(id);
    });

    test("the log tells who came from where, and no password nor unknown name", async () => {
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

    test("an account without a password lets nobody in", async () => {
      const { users } = joinAgain(world);
      for (const password of ["", PASSWORD, "null"]) {
        const attempt = users.signIn({ username: "admin", password, address: newAddress() });
        expect(await failureOf(attempt)).toMatchObject(refusal);
      }
    });
  });
}
