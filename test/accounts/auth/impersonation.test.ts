/** Administrators who act in others' places. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Session } from "../../../src/accounts/auth/sessions.ts";
import type { User } from "../../../src/accounts/user.ts";
import { authenticate } from "../../../src/http/authenticate.ts";
import { type Actor, operator } from "../../../src/policy.ts";
import { failureOf } from "../../failure.ts";
import { plainClient } from "../../http/asked-call.ts";
import { as, databases, form, openTestApp, type World } from "../../world.ts";
import { join, shareBytes } from "../removal-site.ts";

const TERMS = { remember: false, device: "Firefox on Linux" };

for (const kind of databases) {
  describe(`acting in another's place on ${kind}`, () => {
    let world: World;
    let boss: User;
    let user: User;
    let token: string;
    let session: Session;

    beforeAll(async () => {
      world = await openTestApp({ database: kind });
    });
    afterAll(() => world.close());
    beforeEach(async () => {
      boss = await join(world, { role: "administrator" });
      user = await join(world);
      ({ token, session } = await world.app.sessions.start(boss, TERMS));
    });

    const switchTo = (username: string) => world.app.sessions.switchTo(as(boss), session, username);
    const find = async () => {
      const found = await world.app.sessions.find(token);
      return found && [found.user.username, found.impersonator?.username ?? null];
    };
    const caller = async (): Promise<Actor> => {
      const headers = { cookie: `sessionid=${token}` };
      const request = new Request("http://x.example/", { headers });
      return (await authenticate({ app: world.app, request, client: plainClient })).actor;
    };

    test("the administrator is the user, with their rights alone, and known to be there", async () => {
      const theirs = await shareBytes(world, user, "theirs");
      const another = await shareBytes(world, world.people.bob, "another's");
      expect((await switchTo(user.username.toUpperCase())).id).toBe(user.id);
      expect(await find()).toEqual([user.username, boss.username]);
      const actor = await caller();
      expect(actor).toMatchObject({
        userId: user.id,
        role: "user",
        impersonator: { userId: boss.id, username: boss.username },
      });
      expect((await world.app.links.get(actor, theirs.shortCode)).owner).toBe(user.username);
      expect(await failureOf(world.app.links.get(actor, another.shortCode))).toMatchObject({
        code: "not_found",
      });
    });

    test("the way back is the administrator's own place", async () => {
      await switchTo(user.username);
      await world.app.sessions.switchBack(await caller(), session);
      expect(await find()).toEqual([boss.username, null]);
      const { events } = await world.app.audit.ownOf(as(user), { limit: 2 });
      expect(events).toMatchObject([
        { action: "user.switched_back", actor: boss.username, impersonated: user.username },
        { action: "user.switched_to", actor: boss.username, impersonated: "" },
      ]);
    });

    test("going back from one's own place is nothing", async () => {
      await world.app.sessions.switchBack(await caller(), session);
      expect(await find()).toEqual([boss.username, null]);
    });

    test("the user's own sessions know nothing of it, and other sessions stay where they are", async () => {
      const own = await world.app.sessions.start(user, TERMS);
      const second = await world.app.sessions.start(boss, TERMS);
      await switchTo(user.username);
      expect((await world.app.sessions.find(own.token))?.impersonator).toBeNull();
      expect((await world.app.sessions.find(second.token))?.user.id).toBe(boss.id);
      expect(await world.app.sessions.list(user.id)).toHaveLength(1);
    });

    const ends: [string, () => Promise<unknown>, (string | null)[] | null][] = [
      [
        "the administrator is disabled",
        () => world.app.people.change(operator, boss.id, { disabled: true }),
        null,
      ],
      [
        "the administrator is demoted",
        () => world.app.people.change(operator, boss.id, { role: "user" }),
        ["boss", null],
      ],
      [
        "the user is disabled",
        () => world.app.people.change(operator, user.id, { disabled: true }),
        ["boss", null],
      ],
      [
        "the user becomes an administrator",
        () => world.app.people.change(operator, user.id, { role: "administrator" }),
        ["boss", null],
      ],
      [
        "the user is removed",
        () => world.app.removal.remove(operator, user.id, { links: "delete" }),
        ["boss", null],
      ],
      [
        "the administrator is removed",
        () => world.app.removal.remove(operator, boss.id, { links: "delete" }),
        null,
      ],
    ];
    test.each(ends)("it ends when %s", async (_, deed, left) => {
      await switchTo(user.username);
      await deed();
      const found = await find();
      expect(found).toEqual(left === null ? null : [boss.username, null]);
    });

    test("it does not begin again when an administrator is one again", async () => {
      await switchTo(user.username);
      await world.app.people.change(operator, boss.id, { role: "user" });
      await world.app.people.change(operator, boss.id, { role: "administrator" });
      expect(await find()).toEqual([boss.username, null]);
    });

    test("it is refused where it may not be", async () => {
      const other = await join(world, { role: "administrator" });
      const gone = await join(world);
      await world.app.people.change(operator, gone.id, { disabled: true });
      const { sessions } = world.app;
      const rows: [() => Promise<unknown>, string][] = [
        [() => switchTo("nobody-here"), "not_found"],
        [() => switchTo(other.username), "forbidden"],
        [() => switchTo(boss.username), "forbidden"],
        [() => switchTo(gone.username), "forbidden"],
        [() => sessions.switchTo(as(user), session, "bob"), "forbidden"],
        [() => sessions.switchTo(operator, session, "bob"), "forbidden"],
      ];
      for (const [attempt, code] of rows)
        expect(await failureOf(attempt())).toMatchObject({ code });
      expect(await find()).toEqual([boss.username, null]);
    });

    test("the user's password, settings and sessions are theirs alone", async () => {
      const { app } = world;
      await switchTo(user.username);
      const actor = await caller();
      const change = { currentPassword: "whatever it is", newPassword: "a loud Wednesday" };
      const rows: [() => Promise<unknown>, string][] = [
        [() => app.users.changePassword(actor, user.id, change), "not_found"],
        [() => app.users.changePreferences(actor, user.id, { theme: "darkly" }), "not_found"],
        [() => app.sessions.endOthers(actor, user.id, ""), "forbidden"],
        [() => app.sessions.endOne(actor, user.id, ""), "forbidden"],
        [() => app.sessions.endAll(actor, user), "forbidden"],
      ];
      for (const [attempt, code] of rows)
        expect(await failureOf(attempt())).toMatchObject({ code });
      const cookie = `sessionid=${token}`;
      for (const path of ["/profile", "/settings"]) {
        expect((await world.request(path, { headers: { cookie } })).status).toBe(403);
        expect(
          (await world.request(path, form({ action: "end_other_sessions" }, cookie))).status,
        ).toBe(403);
      }
      expect((await world.request("/links", { headers: { cookie } })).status).toBe(200);
    });
  });
}
