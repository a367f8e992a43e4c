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
  describe(`impersonation on ${kind}`, () => {
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
      ({ token, session } = await world.app.accounts.sessions.start(boss, TERMS));
    });

    const impersonate = (username: string) =>
      world.app.accounts.sessions.impersonate(as(boss), session, username);
    const find = async () => {
      const found = await world.app.accounts.sessions.find(token);
      return found && [found.user.username, found.impersonator?.username ?? null];
    };
    const caller = async (): Promise<Actor> => {
      const headers = { cookie: `sessionid=${token}` };
      const request = new Request("http://x.example/", { headers });
      return (await authenticate({ app: world.app, request, client: plainClient })).actor;
    };

    test("grants the rights of the user alone and names the administrator", async () => {
      const theirs = await shareBytes(world, user, "theirs");
      const another = await shareBytes(world, world.people.bob, "another's");
      expect((await impersonate(user.username.toUpperCase())).id).toBe(user.id);
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

    test("ends with the administrator as before", async () => {
      await impersonate(user.username);
      await world.app.accounts.sessions.endImpersonation(await caller(), session);
      expect(await find()).toEqual([boss.username, null]);
      const { events } = await world.app.audit.ownOf(as(user), { limit: 2 });
      expect(events).toMatchObject([
        { action: "user.switched_back", actor: boss.username, impersonated: user.username },
        { action: "user.switched_to", actor: boss.username, impersonated: "" },
      ]);
    });

    test("ignores an end without a beginning", async () => {
      await world.app.accounts.sessions.endImpersonation(await caller(), session);
      expect(await find()).toEqual([boss.username, null]);
    });

    test("changes neither sessions of the user nor other sessions of the administrator", async () => {
      const own = await world.app.accounts.sessions.start(user, TERMS);
      const second = await world.app.accounts.sessions.start(boss, TERMS);
      await impersonate(user.username);
      expect((await world.app.accounts.sessions.find(own.token))?.impersonator).toBeNull();
      expect((await world.app.accounts.sessions.find(second.token))?.user.id).toBe(boss.id);
      expect(await world.app.accounts.sessions.list(user.id)).toHaveLength(1);
    });

    const ends: [string, () => Promise<unknown>, (string | null)[] | null][] = [
      [
        "the administrator is disabled",
        () => world.app.accounts.admin.change(operator, boss.id, { disabled: true }),
        null,
      ],
      [
        "the administrator is demoted",
        () => world.app.accounts.admin.change(operator, boss.id, { role: "user" }),
        null,
      ],
      [
        "the user is disabled",
        () => world.app.accounts.admin.change(operator, user.id, { disabled: true }),
        ["boss", null],
      ],
      [
        "the user becomes an administrator",
        () => world.app.accounts.admin.change(operator, user.id, { role: "administrator" }),
        ["boss", null],
      ],
      [
        "the user is deleted",
        () => world.app.accounts.removal.remove(operator, user.id, { links: "delete" }),
        ["boss", null],
      ],
      [
        "the administrator is deleted",
        () => world.app.accounts.removal.remove(operator, boss.id, { links: "delete" }),
        null,
      ],
    ];
    test.each(ends)("ends when %s", async (_, change, left) => {
      await impersonate(user.username);
      await change();
      const found = await find();
      expect(found).toEqual(left === null ? null : [boss.username, null]);
    });

    test("does not resume when the administrator is promoted again", async () => {
      await impersonate(user.username);
      await world.app.accounts.admin.change(operator, boss.id, { role: "user" });
      await world.app.accounts.admin.change(operator, boss.id, { role: "administrator" });
      expect(await find()).toBeNull();
    });

    test("is rejected where it is not allowed", async () => {
      const other = await join(world, { role: "administrator" });
      const gone = await join(world);
      await world.app.accounts.admin.change(operator, gone.id, { disabled: true });
      const { sessions } = world.app.accounts;
      const rows: [() => Promise<unknown>, string][] = [
        [() => impersonate("nobody-here"), "not_found"],
        [() => impersonate(other.username), "forbidden"],
        [() => impersonate(boss.username), "forbidden"],
        [() => impersonate(gone.username), "forbidden"],
        [() => sessions.impersonate(as(user), session, "bob"), "forbidden"],
        [() => sessions.impersonate(operator, session, "bob"), "forbidden"],
      ];
      for (const [attempt, code] of rows)
        expect(await failureOf(attempt())).toMatchObject({ code });
      expect(await find()).toEqual([boss.username, null]);
    });

    test("excludes password, settings and sessions of the user", async () => {
      const { app } = world;
      await impersonate(user.username);
      const actor = await caller();
      const change = { currentPassword: "whatever it is", newPassword: "a loud Wednesday" };
      const rows: [() => Promise<unknown>, string][] = [
        [() => app.accounts.users.changePassword(actor, user.id, change), "not_found"],
        [
          () => app.accounts.users.changePreferences(actor, user.id, { theme: "darkly" }),
          "not_found",
        ],
        [() => app.accounts.sessions.endOthers(actor, user, ""), "forbidden"],
        [() => app.accounts.sessions.endOne(actor, user, ""), "forbidden"],
        [() => app.accounts.sessions.endAll(actor, user), "forbidden"],
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
