import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { text } from "../../src/accounts/text.en.ts";
import type { AccountChanges } from "../../src/accounts/user-schema.ts";
import { type Actor, operator, visitor } from "../../src/policy.ts";
import { failureOf } from "../failure.ts";
import { newLink } from "../share.ts";
import { as, databases, openTestApp, PASSWORD, START, type World } from "../world.ts";
import { setDisabled } from "./sign-in-again.ts";

const TERMS = { remember: false, device: "Firefox on Linux" };

for (const kind of databases) {
  describe(`user administration on ${kind}`, () => {
    let world: World;
    let made = 0;

    beforeAll(async () => {
      world = await openTestApp({ database: kind });
    });
    afterAll(() => world.close());

    const create = (input: { displayName?: string; role?: "administrator" } = {}) =>
      world.app.accounts.users.create(operator, {
        username: `person-${made++}`,
        password: PASSWORD,
        ...input,
      });

    const admin = () => as(world.people.admin);
    const get = (username: string) => world.app.accounts.admin.get(operator, username);

    test("shows administrators what an account has and when it was last used", async () => {
      const { app, people, clock } = world;
      await app.accounts.sessions.start(people.alice, TERMS);
      const person = await app.accounts.admin.get(admin(), "ALICE");
      expect(person).toEqual({
        ...people.alice,
        lastSeenAt: clock.now(),
        links: 0,
        files: 0,
        bytes: 0,
        quota: null,
      });
      const { accounts: listed, total } = await app.accounts.admin.list(admin(), { limit: 2 });
      expect(listed.map(({ username }) => username)).toEqual(["admin", "alice"]);
      expect(total).toBe(3);
    });

    test("finds accounts by either name, sorted as requested", async () => {
      const dora = await create({ displayName: "D\u00d3RA \u00c9kes" });
      const zoe = await create({ displayName: "Zo\u00eb", role: "administrator" });
      const found = async (query: object) => {
        const { accounts } = await world.app.accounts.admin.list(admin(), { limit: 50, ...query });
        return accounts.map(({ username }) => username);
      };
      expect(await found({ text: "d\u00f3ra" })).toEqual([dora.username]);
      expect(await found({ text: ` ${zoe.username.toUpperCase()} ` })).toEqual([zoe.username]);
      expect(await found({ text: "nobody is called so" })).toEqual([]);
      expect((await found({ sort: "role" })).slice(0, 2)).toEqual(["admin", zoe.username]);
      expect((await found({ sort: "last_seen" }))[0]).toBe("alice");
      expect((await found({ direction: "desc" })).at(0)).toBe(zoe.username);
    });

    test("counts links and files of each account on a page, and sorts by them", async () => {
      const { app, people } = world;
      for (const shortCode of ["counted-1", "counted-2"]) {
        const input = newLink({ shortCode, target: "https://example.org/" });
        await app.links.create(operator, { ownerId: people.bob.id }, input);
      }
      const countsIn = async (query: object) => {
        const { accounts } = await app.accounts.admin.list(admin(), { limit: 50, ...query });
        return accounts.map(({ username, links, files }) => [username, links, files]);
      };
      expect(await countsIn({ text: "bob" })).toEqual([["bob", 2, 0]]);
      expect((await countsIn({ sort: "links" }))[0]).toEqual(["bob", 2, 0]);
      expect((await countsIn({ sort: "files", direction: "asc" }))[0]?.[2]).toBe(0);
      expect(await app.accounts.admin.get(admin(), "bob")).toMatchObject({ links: 2, files: 0 });
      await app.links.many.run(operator, ["counted-1", "counted-2"], { deletes: true });
    });

    test("returns the last page for a page beyond it", async () => {
      const { accounts, page, pages } = await world.app.accounts.admin.list(admin(), {
        limit: 2,
        page: 99,
      });
      expect([accounts.length > 0, page]).toEqual([true, pages]);
    });

    test("changes what is named and keeps the rest", async () => {
      const user = await create({ displayName: "Before" });
      await world.app.accounts.admin.change(admin(), user.id, {
        displayName: " After ",
        quota: 500,
      });
      expect(await get(user.username)).toMatchObject({
        displayName: "After",
        quota: 500,
        role: "user",
      });
      await world.app.accounts.admin.change(admin(), user.id, {
        displayName: null,
        role: "administrator",
      });
      expect(await get(user.username)).toMatchObject({
        displayName: user.username,
        quota: 500,
        role: "administrator",
      });
      const { events } = await world.app.audit.list(
        admin(),
        { resource: user.username },
        { limit: 9 },
      );
      expect(events.map(({ action, details }) => [action, details])).toEqual([
        ["user.changed", { display_name: user.username, role: "administrator" }],
        ["user.changed", { display_name: "After", quota: 500 }],
        ["user.created", { role: "user" }],
      ]);
    });

    test("signs a disabled user out, who can sign in once enabled", async () => {
      const user = await create();
      const { token } = await world.app.accounts.sessions.start(user, TERMS);
      await world.app.accounts.admin.change(admin(), user.id, { disabled: true });
      expect(await world.app.accounts.sessions.find(token)).toBeNull();
      const again = () =>
        world.app.accounts.users.signIn({
          username: user.username,
          password: PASSWORD,
          address: "::1",
        });
      expect(await failureOf(again())).toMatchObject({ code: "unauthenticated" });
      await world.app.accounts.admin.change(admin(), user.id, { disabled: false });
      expect((await again()).disabled).toBe(false);
    });

    test.each([
      ["promoted", "user", "administrator"],
      ["demoted", "administrator", "user"],
    ] as const)("ends the sessions of a %s account", async (_, before, after) => {
      const { admin: userAdmin, sessions } = world.app.accounts;
      const user = await create(before === "administrator" ? { role: before } : {});
      const tokens = [];
      for (const remember of [false, true])
        tokens.push((await sessions.start(user, { ...TERMS, remember })).token);
      await userAdmin.change(admin(), user.id, { role: after });
      for (const token of tokens) expect(await sessions.find(token)).toBeNull();
      const { token } = await sessions.start(user, TERMS);
      expect((await sessions.find(token))?.user.role).toBe(after);
    });

    test("keeps the sessions of an account whose role stays, and of others", async () => {
      const { admin: userAdmin, sessions } = world.app.accounts;
      const user = await create();
      const { token } = await sessions.start(user, TERMS);
      await userAdmin.change(admin(), user.id, { role: "user", displayName: "Renamed", quota: 1 });
      const other = await create();
      await userAdmin.change(admin(), other.id, { role: "administrator" });
      expect((await sessions.find(token))?.user.displayName).toBe("Renamed");
    });

    test("refuses an administrator who was demoted meanwhile", async () => {
      const user = await create({ role: "administrator" });
      await world.app.accounts.admin.change(admin(), user.id, { role: "user" });
      const stale = world.app.accounts.admin.change(as(user), world.people.bob.id, {
        disabled: true,
      });
      expect(await failureOf(stale)).toMatchObject({ code: "forbidden" });
    });

    const refusals: [string, (world: World) => Promise<unknown>, string][] = [
      [
        "demoting admin",
        ({ app, people }) => app.accounts.admin.change(operator, people.admin.id, { role: "user" }),
        "forbidden",
      ],
      [
        "disabling admin",
        ({ app, people }) =>
          app.accounts.admin.change(operator, people.admin.id, { disabled: true }),
        "forbidden",
      ],
      [
        "an unknown account",
        ({ app }) => app.accounts.admin.change(operator, 987_654, { disabled: true }),
        "not_found",
      ],
      [
        "a display name of two lines",
        ({ app, people }) =>
          app.accounts.admin.change(operator, people.bob.id, { displayName: "a\nb" }),
        "invalid",
      ],
      [
        "a negative quota",
        ({ app, people }) => app.accounts.admin.change(operator, people.bob.id, { quota: -1 }),
        "invalid",
      ],
      [
        "an unknown change",
        ({ app, people }) =>
          app.accounts.admin.change(operator, people.bob.id, {
            username: "robert",
          } as AccountChanges),
        "invalid",
      ],
    ];
    test.each(refusals)("rejects %s", async (_, attempt, code) => {
      expect(await failureOf(attempt(world))).toMatchObject({ code });
    });

    test("rejects that administrators demote or disable themselves", async () => {
      const user = await create({ role: "administrator" });
      for (const changes of [{ role: "user" }, { disabled: true }] as const) {
        const attempt = world.app.accounts.admin.change(as(user), user.id, changes);
        expect(await failureOf(attempt)).toMatchObject({ code: "forbidden" });
      }
    });

    test("hides accounts from everyone but administrators", async () => {
      const { alice, bob } = world.people;
      const impersonated: Actor = {
        is: "user",
        userId: alice.id,
        username: "alice",
        role: "user",
        impersonator: { userId: 1, username: "admin" },
      };
      for (const actor of [as(alice), visitor, impersonated]) {
        const { app } = world;
        const attempts = [
          [() => app.accounts.admin.list(actor, { limit: 9 }), "forbidden"],
          [() => app.accounts.admin.get(actor, "alice"), "not_found"],
          [
            () => app.accounts.admin.change(actor, alice.id, { role: "administrator" }),
            "not_found",
          ],
          [() => app.accounts.admin.change(actor, bob.id, { disabled: true }), "not_found"],
        ] as const;
        for (const [attempt, code] of attempts)
          expect(await failureOf(attempt())).toMatchObject({ code });
      }
    });

    test("keeps the last administrator even while admin is disabled", async () => {
      const { app, people } = world;
      const list = await app.accounts.admin.list(operator, { limit: 99 });
      const others = list.accounts.filter(
        ({ role, username }) => role === "administrator" && username !== "admin",
      );
      const [last, ...rest] = others;
      if (last === undefined) throw new Error("There is no second administrator.");
      await setDisabled(world, people.admin.id, 1);
      for (const { id } of rest) await app.accounts.admin.change(operator, id, { role: "user" });
      for (const changes of [{ role: "user" }, { disabled: true }] as const) {
        const attempt = app.accounts.admin.change(operator, last.id, changes);
        expect(await failureOf(attempt)).toMatchObject({
          message: text.administration.lastAdministrator,
        });
      }
      const removing = app.accounts.removal.remove(operator, last.id, { links: "delete" });
      expect(await failureOf(removing)).toMatchObject({
        message: text.administration.lastAdministrator,
      });
      await setDisabled(world, people.admin.id, 0);
    });

    test("lists a thousand accounts", async () => {
      await addMany(world, 1000);
      const { total } = await world.app.accounts.admin.list(admin(), { text: "crowd", limit: 50 });
      expect(total).toBe(1000);
    });
  });
}

async function addMany({ app }: World, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, at) => ({
    username: `crowd-${at}`,
    display_name: `Person ${at}`,
    role: "user" as const,
    password_hash: null,
    disabled: 0 as const,
    theme: null,
    markdown_theme: null,
    time_zone: null,
    created_at: START,
  }));
  await app.database.write((trx) => trx.insertInto("user").values(rows).execute());
}
