import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { text } from "../../src/accounts/text.en.ts";
import { operator, visitor } from "../../src/policy.ts";
import { toProblem } from "../../src/problem.ts";
import { failureOf } from "../failure.ts";
import { as, databases, openTestApp, PASSWORD, START, type World } from "../world.ts";
import { joinAgain } from "./sign-in-again.ts";

const NEW = "a loud Wednesday";
const notFound = { code: "not_found", message: text.access.noSuchAccount };
const byEnvironment = {
  code: "forbidden",
  message: text.password.fromEnvironment,
};

for (const kind of databases) {
  describe(`accounts on ${kind}`, () => {
    let world: World;
    let made = 0;

    beforeAll(async () => {
      world = await openTestApp({ database: kind });
    });
    afterAll(() => world.close());

    const create = (username = `person-${made++}`, password = PASSWORD) =>
      world.app.accounts.users.create(operator, { username, password });

    const canSignIn = async (
      username: string,
      password: string,
      users = world.app.accounts.users,
    ) => {
      const address = `192.0.2.${made++ & 255}`;
      return await users.signIn({ username, password, address }).then(
        () => true,
        () => false,
      );
    };

    const hashOf = async (username: string) => {
      const query = world.app.database.lookup.selectFrom("user").select("password_hash");
      return (await query.where("username", "=", username).executeTakeFirstOrThrow()).password_hash;
    };

    test("finds an account by its id and by its name in any case", async () => {
      const user = await world.app.accounts.users.create(as(world.people.admin), {
        username: "Dora_3",
        password: PASSWORD,
        displayName: " D\u00f3ra \u00c9kes ",
        role: "administrator",
      });
      expect(user).toEqual({
        id: user.id,
        username: "Dora_3",
        displayName: "D\u00f3ra \u00c9kes",
        role: "administrator",
        disabled: false,
        theme: null,
        markdownTheme: null,
        timeZone: null,
        mustChangePassword: false,
        createdAt: START,
      });
      expect(await world.app.accounts.users.findById(user.id)).toEqual(user);
      expect(await world.app.accounts.users.findByUsername("dORA_3")).toEqual(user);
    });

    test("finds no account by an unknown id or name", async () => {
      expect(await world.app.accounts.users.findById(987_654)).toBeNull();
      for (const name of ["nobody-here", "", "a\0", "' OR 1=1 --", "x".repeat(10_000)]) {
        expect(await world.app.accounts.users.findByUsername(name)).toBeNull();
      }
    });

    const badName = text.username.invalid;
    const badDisplayName = text.displayName.invalid;
    test.each([
      ["no name", { username: "" }, { username: badName }],
      ["a name of 2", { username: "ab" }, { username: badName }],
      ["a name of 51", { username: "a".repeat(51) }, { username: badName }],
      ["a name with a space", { username: "a b c" }, { username: badName }],
      ["a name with a line break", { username: "abc\n" }, { username: badName }],
      ["a name that climbs", { username: "../admin" }, { username: badName }],
      ["a name with an accent", { username: "d\u00f3ra" }, { username: badName }],
      ["SQL as a name", { username: "x'); drop table user; --" }, { username: badName }],
      ["a name that is taken", { username: "alice" }, { username: text.username.taken }],
      ["a taken name in capitals", { username: "ALICE" }, { username: text.username.taken }],
      ["the administrator's name", { username: "Admin" }, { username: text.username.taken }],
      ["a short password", { password: "q7#kzv!" }, { password: text.password.tooShort }],
      [
        "the name as password",
        { username: "edmund-55", password: "Edmund-55" },
        { password: text.password.isUsername },
      ],
      ["a long display name", { displayName: "x".repeat(101) }, { display_name: badDisplayName }],
      ["a display name of two lines", { displayName: "a\nb" }, { display_name: badDisplayName }],
    ])("rejects a new account with %s", async (_name, bad, fields) => {
      const input = { username: "edmund", password: PASSWORD, ...bad };
      const attempt = world.app.accounts.users.create(operator, input);
      expect(await failureOf(attempt)).toMatchObject({ code: "invalid", fields });
    });

    test("creates one of two accounts with the same name", async () => {
      const both = await Promise.allSettled([create("Frieda"), create("frieda")]);
      expect(both.filter((one) => one.status === "fulfilled")).toHaveLength(1);
    });

    test("lets only administrators create accounts", async () => {
      for (const actor of [visitor, as(world.people.alice)]) {
        const attempt = world.app.accounts.users.create(actor, {
          username: "gustav",
          password: PASSWORD,
        });
        expect(await failureOf(attempt)).toMatchObject({ code: "forbidden" });
      }
      expect(await world.app.accounts.users.findByUsername("gustav")).toBeNull();
    });

    test("changes a password by the current one", async () => {
      const user = await create();
      const change = { currentPassword: PASSWORD, newPassword: NEW };
      await world.app.accounts.users.changePassword(as(user), user.id, change);
      expect(await canSignIn(user.username, PASSWORD)).toBe(false);
      expect(await canSignIn(user.username, NEW)).toBe(true);
    });

    test.each([
      ["a wrong current one", "wrong", NEW, { current_password: text.password.currentIsWrong }],
      ["no current one", "", NEW, { current_password: text.password.currentIsWrong }],
      ["a common new one", PASSWORD, "iloveyou1", { new_password: text.password.tooCommon }],
    ])("rejects a password change with %s", async (_name, currentPassword, newPassword, fields) => {
      const user = await create();
      const change = { currentPassword, newPassword };
      const attempt = world.app.accounts.users.changePassword(as(user), user.id, change);
      expect(await failureOf(attempt)).toMatchObject({ code: "invalid", fields });
      expect(await canSignIn(user.username, PASSWORD)).toBe(true);
    });

    test("answers alike for another user's account and an unknown one", async () => {
      const change = { currentPassword: PASSWORD, newPassword: NEW };
      for (const id of [world.people.bob.id, 987_654]) {
        const attempt = world.app.accounts.users.changePassword(as(world.people.alice), id, change);
        expect(await failureOf(attempt)).toMatchObject(notFound);
      }
    });

    test("limits guesses of the current password to ten", async () => {
      const user = await create();
      const codes: string[] = [];
      for (let time = 0; time < 11; time++) {
        const change = { currentPassword: "wrong", newPassword: NEW };
        await world.app.accounts.users
          .changePassword(as(user), user.id, change)
          .catch((error: unknown) => codes.push(toProblem(error).code));
      }
      expect(codes).toEqual([...Array.from({ length: 10 }, () => "invalid"), "too_many"]);
    });

    test("makes one of two concurrent password changes", async () => {
      const user = await create();
      const change = (newPassword: string) =>
        world.app.accounts.users.changePassword(as(user), user.id, {
          currentPassword: PASSWORD,
          newPassword,
        });
      const both = await Promise.allSettled([
        change("the first new one"),
        change("the other new one"),
      ]);
      expect(both.filter((one) => one.status === "fulfilled")).toHaveLength(1);
    });

    test("lets the operator set a password without the current one", async () => {
      const user = await create();
      await world.app.accounts.users.setPassword(operator, user.username.toUpperCase(), NEW);
      expect(await canSignIn(user.username, NEW)).toBe(true);
    });

    test("rejects setting a password for an unknown account, by another user, or a weak one", async () => {
      const { users } = world.app.accounts;
      expect(await failureOf(users.setPassword(operator, "nobody-here", NEW))).toMatchObject(
        notFound,
      );
      expect(await failureOf(users.setPassword(as(world.people.alice), "bob", NEW))).toMatchObject(
        notFound,
      );
      expect(await failureOf(users.setPassword(operator, "bob", "bob"))).toMatchObject({
        fields: { new_password: text.password.tooShort },
      });
    });

    test("uses the password from the environment alone, without storing it", async () => {
      const { users } = world.app.accounts;
      expect(await canSignIn("admin", PASSWORD)).toBe(true);
      expect(await hashOf("admin")).toBeNull();
      expect(users.passwordIsFromEnvironment(world.people.admin)).toBe(true);
      expect(users.passwordIsFromEnvironment(world.people.alice)).toBe(false);
      const change = { currentPassword: PASSWORD, newPassword: NEW };
      const attempt = users.changePassword(as(world.people.admin), world.people.admin.id, change);
      expect(await failureOf(attempt)).toMatchObject(byEnvironment);
      expect(await failureOf(users.setPassword(operator, "admin", NEW))).toMatchObject(
        byEnvironment,
      );
    });

    test("creates one first password for processes that start at once", async () => {
      const starts = Array.from({ length: 4 }, () => joinAgain(world).users);
      const made = await Promise.all(starts.map((users) => users.createFirstPassword()));
      const passwords = made.filter((password) => password !== null);
      expect(passwords).toHaveLength(1);
      const { users } = joinAgain(world);
      expect(await canSignIn("admin", passwords[0] ?? "", users)).toBe(true);
      expect(await users.createFirstPassword()).toBeNull();
      expect(await users.ensureAdministrator()).toBe(false);
    });

    test("ignores the stored password while the environment sets one", async () => {
      await joinAgain(world).users.setPassword(operator, "admin", NEW);
      expect(await canSignIn("admin", NEW, joinAgain(world).users)).toBe(true);
      const { users } = joinAgain(world, { adminPassword: PASSWORD });
      expect(await canSignIn("admin", NEW, users)).toBe(false);
      expect(await canSignIn("admin", PASSWORD, users)).toBe(true);
    });

    test("accepts a weak password from the environment and reports it", async () => {
      const { users } = joinAgain(world, { adminPassword: "admin" });
      expect(await canSignIn("", "admin", users)).toBe(true);
      expect(users.adminPasswordWeakness).toBe(text.password.weak(text.password.tooShort));
      expect(world.app.accounts.users.adminPasswordWeakness).toBeNull();
    });
  });

  test(`rejects the site's names as passwords on ${kind}`, async () => {
    const world = await openTestApp({
      database: kind,
      settings: { "app.title": "Our Links", "server.public_url": "https://go.example.com:8443" },
    });
    const { users } = world.app.accounts;
    const common = { password: text.password.tooCommon };
    for (const password of ["Our-Links-2026", "GO.example.com1"]) {
      const made = users.create(operator, { username: "gustav", password });
      expect(await failureOf(made)).toMatchObject({ code: "invalid", fields: common });
      const set = users.setPassword(operator, "alice", password);
      expect(await failureOf(set)).toMatchObject({
        fields: { new_password: text.password.tooCommon },
      });
    }
    await world.close();
  });

  test(`creates the administrator's password at the first start on ${kind}, and accepts only that`, async () => {
    const world = await openTestApp({ database: kind, settings: { "admin.password": "" } });
    const signIn = (password: string) =>
      world.app.accounts.users.signIn({ username: "", password, address: "192.0.2.1" });
    expect(world.app.isNew).toBe(true);
    const made = await world.app.accounts.users.createFirstPassword();
    expect(await signIn(made ?? "")).toEqual(world.people.admin);
    for (const password of ["", "admin", "password", "trunk8", PASSWORD]) {
      expect(await failureOf(signIn(password))).toMatchObject({ code: "unauthenticated" });
    }
    await world.close();
  });
}
