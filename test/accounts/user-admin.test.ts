import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Actor, operator, visitor } from "../../src/policy.ts";
import { failureOf } from "../failure.ts";
import { as, databases, openTestApp, PASSWORD, START, type World } from "../world.ts";
import { setDisabled } from "./sign-in-again.ts";

const TERMS = { remember: false, device: "Firefox on Linux" };

for (const kind of databases) {
  describe(`people on ${kind}`, () => {
    let world: World;
    let made = 0;

    beforeAll(async () => {
      world = await openTestApp({ database: kind });
    });
    afterAll(() => world.close());

    const create = (input: { displayName?: string; role?: "administrator" } = {}) =>
      world.app.users.create(operator, {
        username: `person-${made++}`,
        password: PASSWORD,
        ...input,
      });

    const admin = () => as(world.people.admin);
    const get = (username: string) => world.app.people.get(operator, username);

    test("an administrator sees what each has, and when they were last here", async () => {
      const { app, people, clock } = world;
      await app.sessions.start(people.alice, TERMS);
      const person = await app.people.get(admin(), "ALICE");
      expect(person).toEqual({
        ...people.alice,
        lastSeenAt: clock.now(),
        links: 0,
        files: 0,
        bytes: 0,
        quota: null,
      });
      const { people: listed, total } = await app.people.list(admin(), { limit: 2 });
      expect(listed.map(({ username }) => username)).toEqual(["admin", "alice"]);
      expect(total).toBe(3);
    });

    test("people are found by either name, and stand in the order asked for", async () => {
      const dora = await create({ displayName: "D\u00d3RA \u00c9kes" });
      const zoe = await create({ displayName: "Zo\u00eb", role: "administrator" });
      const found = async (query: object) => {
        const { people } = await world.app.people.list(admin(), { limit: 50, ...query });
        return people.map(({ username }) => username);
      };
      expect(await found({ text: "d\u00f3ra" })).toEqual([dora.username]);
      expect(await found({ text: ` ${zoe.username.toUpperCase()} ` })).toEqual([zoe.username]);
      expect(await found({ text: "nobody is called so" })).toEqual([]);
      expect((await found({ sort: "role" })).slice(0, 2)).toEqual(["admin", zoe.username]);
      expect((await found({ sort: "last_seen" }))[0]).toBe("alice");
      expect((await found({ direction: "desc" })).at(0)).toBe(zoe.username);
    });

    test("a page beyond the last is the last", async () => {
      const { people, page, pages } = await world.app.people.list(admin(), { limit: 2, page: 99 });
      expect([people.length > 0, page]).toEqual([true, pages]);
    });

    test("a change reaches what it names, and leaves the rest", async () => {
      const user = await create({ displayName: "Before" });
      await world.app.people.change(admin(), user.id, { displayName: " After ", quota: 500 });
      expect(await get(user.username)).toMatchObject({
        displayName: "After",
        quota: 500,
        role: "user",
      });
      await world.app.people.change(admin(), user.id, {
        displayName: "\u200b \u2066",
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

    test("a disabled user is signed out, and signs in again once enabled", async () => {
      const user = await create();
      const { token } = await world.app.sessions.start(user, TERMS);
      await world.app.people.change(admin(), user.id, { disabled: true });
      expect(await world.app.sessions.find(token)).toBeNull();
      const again = () =>
        world.app.users.signIn({ username: user.username, password: PASSWORD, address: "::1" });
      expect(await failureOf(again())).toMatchObject({ code: "unauthenticated" });
      await world.app.people.change(admin(), user.id, { disabled: false });
      expect((await again()).disabled).toBe(false);
    });

    test("a demoted administrator has lost that with the next request", async () => {
      const user = await create({ role: "administrator" });
      const { token } = await world.app.sessions.start(user, TERMS);
      await world.app.people.change(admin(), user.id, { role: "user" });
      expect((await world.app.sessions.find(token))?.user.role).toBe("user");
      const stale = world.app.people.change(as(user), world.people.bob.id, { disabled: true });
      expect(await failureOf(stale)).toMatchObject({ code: "forbidden" });
    });

    const refusals: [string, (world: World) => Promise<unknown>, string][] = [
      [
        "a demoted admin",
        ({ app, people }) => app.people.change(operator, people.admin.id, { role: "user" }),
        "forbidden",
      ],
      [
        "a disabled admin",
        ({ app, people }) => app.people.change(operator, people.admin.id, { disabled: true }),
        "forbidden",
      ],
      [
        "nobody's account",
        ({ app }) => app.people.change(operator, 987_654, { disabled: true }),
        "not_found",
      ],
      [
        "a display name of two lines",
        ({ app, people }) => app.people.change(operator, people.bob.id, { displayName: "a\nb" }),
        "invalid",
      ],
    ];
    test.each(refusals)("%s is refused", async (_, attempt, code) => {
      expect(await failureOf(attempt(world))).toMatchObject({ code });
    });

    test("nobody demotes or disables themselves", async () => {
      const user = await create({ role: "administrator" });
      for (const changes of [{ role: "user" }, { disabled: true }] as const) {
        const attempt = world.app.people.change(as(user), user.id, changes);
        expect(await failureOf(attempt)).toMatchObject({ code: "forbidden" });
      }
    });

    test("others than administrators see and change nobody", async () => {
      const { alice, bob } = world.people;
      const acting: Actor = {
        is: "user",
        userId: alice.id,
        username: "alice",
        role: "user",
        impersonator: { userId: 1, username: "admin" },
      };
      for (const actor of [as(alice), visitor, acting]) {
        const { app } = world;
        const attempts = [
          [() => app.people.list(actor, { limit: 9 }), "forbidden"],
          [() => app.people.get(actor, "alice"), "not_found"],
          [() => app.people.change(actor, alice.id, { role: "administrator" }), "not_found"],
          [() => app.people.change(actor, bob.id, { disabled: true }), "not_found"],
        ] as const;
        for (const [attempt, code] of attempts)
          expect(await failureOf(attempt())).toMatchObject({ code });
      }
    });

    test("the last administrator stays one, whatever became of admin", async () => {
      const { app, people } = world;
      const list = await app.people.list(operator, { limit: 99 });
      const others = list.people.filter(
        ({ role, username }) => role === "administrator" && username !== "admin",
      );
      const [last, ...rest] = others;
      if (last === undefined) throw new Error("There is no second administrator.");
      await setDisabled(world, people.admin.id, 1);
      for (const { id } of rest) await app.people.change(operator, id, { role: "user" });
      for (const changes of [{ role: "user" }, { disabled: true }] as const) {
        const attempt = app.people.change(operator, last.id, changes);
        expect(await failureOf(attempt)).toMatchObject({
          message: "This is the last administrator.",
        });
      }
      const removing = app.removal.remove(operator, last.id, { links: "delete" });
      expect(await failureOf(removing)).toMatchObject({
        message: "This is the last administrator.",
      });
      await setDisabled(world, people.admin.id, 0);
    });

    test("a thousand people are listed at once", async () => {
      await addMany(world, 1000);
      const begun = performance.now();
      const { total } = await world.app.people.list(admin(), { text: "crowd", limit: 50 });
      expect(total).toBe(1000);
      expect(performance.now() - begun).toBeLessThan(500);
    });
  });
}

async function addMany({ app }: World, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, at) => ({
    username: `crowd-${at}`,
    display_name: `Somebody ${at}`,
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
