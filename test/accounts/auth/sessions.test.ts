import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { MAX_SESSIONS } from "../../../src/accounts/auth/sessions.ts";
import type { User } from "../../../src/accounts/user.ts";
import { timeDatabase, WriteHealth } from "../../../src/database/query-timing.ts";
import { operator } from "../../../src/policy.ts";
import { failureOf } from "../../failure.ts";
import { until } from "../../until.ts";
import { as, databases, openTestApp, PASSWORD, START, type World } from "../../world.ts";
import { joinAgain, setDisabled } from "../sign-in-again.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;
const NEW = "a loud Wednesday";

for (const kind of databases) {
  describe(`sessions on ${kind}`, () => {
    let world: World;
    let accounts: ReturnType<typeof joinAgain>;
    let alice: User;

    beforeAll(async () => {
      world = await openTestApp({ database: kind });
      accounts = joinAgain(world);
      ({ alice } = world.people);
    });
    beforeEach(() => world.clock.set(START));
    afterAll(() => world.close());

    const start = async (user = alice, remember = false) =>
      (await accounts.sessions.start(user, { remember, device: "Firefox on Linux" })).token;

    const isAlive = async (token: string) => (await accounts.sessions.find(token)) !== null;

    const isStored = async (id: string) => {
      const query = world.app.database.lookup.selectFrom("session").select("id");
      return (await query.where("id", "=", id).executeTakeFirst()) !== undefined;
    };

    /** Waits for the write of `find`, which runs in the background. */
    const untilSeenNow = (token: string) =>
      until(
        async () => {
          const found = await accounts.sessions.find(token);
          return found?.session.lastSeenAt === world.clock.now();
        },
        { what: "the time of last use to be written" },
      );

    test("finds a session and its user by the token", async () => {
      const { token, session } = await accounts.sessions.start(alice, {
        remember: true,
        device: "Firefox on Linux",
      });
      expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
      expect(session).toEqual({
        id: session.id,
        userId: alice.id,
        remember: true,
        createdAt: START,
        lastSeenAt: START,
        expiresAt: START + 30 * DAY,
        device: "Firefox on Linux",
      });
      expect(await accounts.sessions.find(token)).toEqual({
        session,
        user: alice,
        impersonator: null,
      });
    });

    test("stores neither the token nor the password", async () => {
      const token = await start();
      const rows = await world.app.database.lookup.selectFrom("session").selectAll().execute();
      expect(JSON.stringify(rows)).not.toContain(token);
      expect(JSON.stringify(rows)).not.toContain(PASSWORD);
    });

    describe("the list of a user's sessions", () => {
      const idsOf = async (user: User) =>
        (await accounts.sessions.list(user.id)).map(({ id }) => id);
      const startAs = async (user: User) =>
        (await accounts.sessions.start(user, { remember: true, device: "Firefox on Linux" }))
          .session.id;

      test("has the active sessions of the user, the last used first", async () => {
        await accounts.sessions.endAll(as(alice), alice);
        await startAs(world.people.bob);
        const first = await startAs(alice);
        await start(alice);
        world.clock.advance(2 * DAY);
        const last = await startAs(alice);
        expect(await idsOf(alice)).toEqual([last, first]);
        const [latest] = await accounts.sessions.list(alice.id);
        expect(latest).toMatchObject({
          userId: alice.id,
          remember: true,
          createdAt: START + 2 * DAY,
          lastSeenAt: START + 2 * DAY,
          device: "Firefox on Linux",
        });
      });

      test("keeps MAX_SESSIONS, and first those that do not end with the browser", async () => {
        await accounts.sessions.endAll(as(alice), alice);
        const remembered = await startAs(alice);
        const bobs = await startAs(world.people.bob);
        const tokens: string[] = [];
        for (let made = 0; made < MAX_SESSIONS; made++) {
          world.clock.advance(1000);
          tokens.push(await start(alice));
        }
        const ids = await idsOf(alice);
        expect(ids).toHaveLength(MAX_SESSIONS);
        expect(ids).toContain(remembered);
        expect(await Promise.all(tokens.slice(0, 2).map(isAlive))).toEqual([false, true]);
        expect(await idsOf(world.people.bob)).toContain(bobs);
      });

      test("has ids that are no tokens", async () => {
        expect(await isAlive(await startAs(alice))).toBe(false);
      });

      test("loses an ended session, but none of another user", async () => {
        const [mine, bobs] = [await startAs(alice), await startAs(world.people.bob)];
        expect(await accounts.sessions.endOne(as(alice), alice, bobs)).toBe(false);
        expect(await idsOf(world.people.bob)).toContain(bobs);
        expect(await accounts.sessions.endOne(as(alice), alice, mine)).toBe(true);
        expect(await accounts.sessions.endOne(as(alice), alice, mine)).toBe(false);
        expect(await idsOf(alice)).not.toContain(mine);
      });

      test("loses all but the kept session, and none of another user", async () => {
        const [kept, bobs] = [await startAs(alice), await startAs(world.people.bob)];
        await startAs(alice);
        await accounts.sessions.endOthers(as(alice), alice, kept);
        expect(await idsOf(alice)).toEqual([kept]);
        expect(await idsOf(world.people.bob)).toContain(bobs);
      });

      test("records the end of one session and of all others in the audit log", async () => {
        await accounts.sessions.endAll(as(alice), alice);
        const [kept, mine] = [await startAs(alice), await startAs(alice)];
        await startAs(alice);
        await accounts.sessions.endOne(as(alice), alice, mine);
        await accounts.sessions.endOthers(as(alice), alice, kept);
        const { events } = await world.app.audit.list(operator, { actor: "alice" }, { limit: 2 });
        expect(events).toMatchObject([
          { action: "user.other_sessions_ended", resource: "alice", details: { sessions: 1 } },
          {
            action: "user.session_ended",
            resource: "alice",
            ownerId: alice.id,
            details: { device: "Firefox on Linux" },
          },
        ]);
      });

      test("records nothing where no session ends", async () => {
        const kept = await startAs(alice);
        await accounts.sessions.endOthers(as(alice), alice, kept);
        const latest = async () =>
          (await world.app.audit.list(operator, { actor: "alice" }, { limit: 1 })).events[0]?.id;
        const before = await latest();
        await accounts.sessions.endOthers(as(alice), alice, kept);
        await accounts.sessions.endOne(as(alice), alice, "no session");
        expect(await latest()).toBe(before);
      });

      test("is emptied by a new password", async () => {
        const carol = await world.app.accounts.users.create(operator, {
          username: "carol",
          password: PASSWORD,
        });
        await startAs(carol);
        await world.app.accounts.users.setPassword(operator, "carol", NEW);
        expect(await idsOf(carol)).toEqual([]);
        await startAs(carol);
        const passwords = { currentPassword: NEW, newPassword: PASSWORD };
        await world.app.accounts.users.changePassword(as(carol), carol.id, passwords);
        expect(await idsOf(carol)).toEqual([]);
      });
    });

    test("creates unique tokens", async () => {
      const tokens = new Set(await Promise.all(Array.from({ length: 50 }, () => start())));
      expect(tokens.size).toBe(50);
    });

    test.each([
      ["nothing", ""],
      ["another token", "A".repeat(43)],
      ["one character less", "A".repeat(42)],
      ["one character more", "A".repeat(44)],
      ["a padded one", `${"A".repeat(43)}=`],
      ["a line break", `${"A".repeat(43)}\n`],
      ["SQL", "' OR '1'='1"],
      ["a NUL", `${"A".repeat(42)}\0`],
      ["a megabyte", "A".repeat(1_000_000)],
    ])("%s finds no session, and ends none", async (_name, token) => {
      expect(await accounts.sessions.find(token)).toBeNull();
      await accounts.sessions.end(token);
    });

    test("uses ids that differ from tokens", async () => {
      const { session } = await accounts.sessions.start(alice, { remember: false, device: "" });
      expect(await isAlive(session.id)).toBe(false);
    });

    test("keeps a remembered session for its days from the start", async () => {
      const token = await start(alice, true);
      world.clock.advance(29 * DAY);
      expect(await isAlive(token)).toBe(true);
      world.clock.advance(DAY - 1);
      expect(await isAlive(token)).toBe(true);
      await untilSeenNow(token);
      world.clock.advance(1);
      expect(await isAlive(token)).toBe(false);
    });

    test("uses the lifetime that is set when the session starts", async () => {
      const { sessions } = joinAgain(world, { lifetimeDays: 2 });
      const { session } = await sessions.start(alice, { remember: true, device: "" });
      expect(session.expiresAt).toBe(START + 2 * DAY);
    });

    test("ends other sessions after an idle day", async () => {
      const token = await start();
      for (let days = 0; days < 5; days++) {
        world.clock.advance(DAY - 1);
        expect(await isAlive(token)).toBe(true);
        await untilSeenNow(token);
      }
      world.clock.advance(DAY);
      expect(await isAlive(token)).toBe(false);
    });

    test("writes the time of last use once a minute", async () => {
      const token = await start();
      world.clock.advance(MINUTE - 1);
      await Promise.all([isAlive(token), isAlive(token)]);
      world.clock.advance(1);
      await Promise.all([isAlive(token), isAlive(token)]);
      await untilSeenNow(token);
    });

    test("answers an expired session without a write, and leaves its row to the sweep", async () => {
      const { token, session } = await accounts.sessions.start(alice, {
        remember: false,
        device: "",
      });
      world.clock.advance(DAY);
      let writes = 0;
      const count = (operation: string) => {
        if (operation === "write") writes++;
      };
      const database = timeDatabase(world.app.database, count, new WriteHealth());
      const { sessions } = joinAgain(world, { database });
      for (let requests = 0; requests < 3; requests++)
        expect(await sessions.find(token)).toBeNull();
      expect(writes).toBe(0);
      expect(await isStored(session.id)).toBe(true);
      await sessions.sweep(1000);
      expect(await isStored(session.id)).toBe(false);
      world.clock.set(START);
      expect(await isAlive(token)).toBe(false);
    });

    test.each([-3_600_000, -START])(
      "keeps sessions when the clock moves by %d ms",
      async (jump) => {
        const token = await start();
        world.clock.advance(jump);
        expect(await isAlive(token)).toBe(true);
      },
    );

    test("a sign-in by a clock that was two years ahead is not recent, and its session ends in time", async () => {
      world.clock.advance(730 * DAY);
      const token = await start();
      world.clock.set(START);
      const found = await accounts.sessions.find(token);
      expect(found && accounts.sessions.isRecent(found.session)).toBe(false);
      await untilSeenNow(token);
      world.clock.advance(DAY);
      expect(await isAlive(token)).toBe(false);
    });

    test.each([-10 * MINUTE, 10 * MINUTE])(
      "a sign-in stays recent when the clock moves by %d ms",
      async (jump) => {
        const { session } = await accounts.sessions.start(alice, { remember: false, device: "" });
        world.clock.advance(jump);
        expect(accounts.sessions.isRecent(session)).toBe(true);
      },
    );

    test("ends one session at sign-out", async () => {
      const [token, other] = [await start(), await start()];
      await accounts.sessions.end(token);
      expect([await isAlive(token), await isAlive(other)]).toEqual([false, true]);
    });

    test("ends the sessions of one user at sign-out everywhere", async () => {
      const [one, other, bobs] = [await start(), await start(), await start(world.people.bob)];
      await accounts.sessions.endAll(as(alice), alice);
      expect([await isAlive(one), await isAlive(other), await isAlive(bobs)]).toEqual([
        false,
        false,
        true,
      ]);
    });

    test("refuses sessions of a disabled user", async () => {
      const token = await start();
      await setDisabled(world, alice.id, 1);
      expect(await isAlive(token)).toBe(false);
      expect(await failureOf(start())).toMatchObject({ code: "unauthenticated" });
      await setDisabled(world, alice.id, 0);
    });

    test("starts no session for a deleted account", async () => {
      expect(await failureOf(start({ ...alice, id: 987_654 }))).toMatchObject({
        code: "unauthenticated",
      });
    });

    test("ends earlier sessions with a new password", async () => {
      const credentials = { username: "hannah", password: PASSWORD };
      const hannah = await accounts.users.create(operator, credentials);
      const token = await start(hannah);
      const change = { currentPassword: PASSWORD, newPassword: NEW };
      await accounts.users.changePassword(as(hannah), hannah.id, change);
      expect(await isAlive(token)).toBe(false);
      const next = await start(hannah);
      expect(await isAlive(next)).toBe(true);
      await accounts.users.setPassword(operator, "hannah", PASSWORD);
      expect(await isAlive(next)).toBe(false);
    });

    test("ends the administrator's sessions with another password in the environment", async () => {
      const before = joinAgain(world, { adminPassword: PASSWORD }).sessions;
      const after = joinAgain(world, { adminPassword: NEW }).sessions;
      const options = { remember: true, device: "" };
      const admins = await before.start(world.people.admin, options);
      const hers = await before.start(alice, options);
      expect(await before.find(admins.token)).not.toBeNull();
      expect(await after.find(admins.token)).toBeNull();
      expect(await after.find(hers.token)).not.toBeNull();
    });

    test("finds no session with another secret key", async () => {
      expect(await world.app.accounts.sessions.find(await start())).toBeNull();
    });

    test("deletes at most as many expired sessions as it is asked to", async () => {
      await accounts.sessions.endAll(as(alice), alice);
      const row = (id: string, expires_at: number) =>
        ({
          id,
          seal: "",
          user_id: alice.id,
          remember: 0,
          created_at: START,
          last_seen_at: START,
          expires_at,
          device: "",
        }) as const;
      const expired = Array.from({ length: 1001 }, (_, n) => row(`expired ${n}`, START));
      await world.app.database.write(async (trx) => {
        await trx
          .insertInto("session")
          .values([...expired, row("live", START + 1)])
          .execute();
      });
      const counts = [await accounts.sessions.sweep(1000), await accounts.sessions.sweep(1000)];
      expect(counts).toEqual([1000, 1]);
      expect(await accounts.sessions.sweep(1000)).toBe(0);
      expect(await isStored("live")).toBe(true);
    });
  });
}
