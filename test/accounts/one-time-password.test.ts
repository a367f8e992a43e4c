import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { text } from "../../src/accounts/text.en.ts";
import type { User } from "../../src/accounts/user.ts";
import { operator } from "../../src/policy.ts";
import { failureOf } from "../failure.ts";
import { as, databases, form, openTestApp, PASSWORD, type World } from "../world.ts";
import { join } from "./removal-site.ts";

const NEW = "a loud Wednesday";

for (const kind of databases) {
  describe(`one-time passwords on ${kind}`, () => {
    let world: World;
    let user: User;
    let password: string;
    let cookie: string;

    beforeAll(async () => {
      world = await openTestApp({ database: kind });
    });
    afterAll(() => world.close());
    beforeEach(async () => {
      user = await join(world);
      password = await world.app.accounts.users.createOneTimePassword(
        as(world.people.admin),
        user.username,
      );
      cookie = await signIn();
    });

    const signIn = async () => {
      const address = "192.0.2.1";
      const found = await world.app.accounts.users.signIn({
        username: user.username,
        password,
        address,
      });
      const terms = { remember: false, device: "Firefox on Linux" };
      return `sessionid=${(await world.app.accounts.sessions.start(found, terms)).token}`;
    };

    const get = (path: string) => world.request(path, { headers: { cookie } });

    test("invalidate the previous password and sessions", async () => {
      const address = "192.0.2.2";
      const attempt = world.app.accounts.users.signIn({
        username: user.username,
        password: PASSWORD,
        address,
      });
      expect(await failureOf(attempt)).toMatchObject({ code: "unauthenticated" });
    });

    test.each(["/", "/links", "/add", "/settings", "/-/links/none", "/-/view/none"])(
      "redirect %s to the profile",
      async (path) => {
        const response = await get(path);
        expect([response.status, response.headers.get("location")]).toEqual([303, "/profile"]);
      },
    );

    test.each(["/profile", "/auth/logout", "/health", "/robots.txt"])(
      "leave %s open",
      async (path) => {
        expect((await get(path)).status).toBe(200);
      },
    );

    test("reject other forms", async () => {
      const fields = { short_code: `none-${user.id}`, url: "https://example.org/" };
      expect((await world.request("/add", form(fields, cookie))).status).toBe(403);
      expect((await world.request(`/none-${user.id}`)).status).toBe(404);
    });

    test("reject programs without a redirect", async () => {
      const headers = { cookie, accept: "application/json" };
      expect((await world.request("/links", { headers })).status).toBe(403);
    });

    test("open everything once a new password is set", async () => {
      const change = { action: "change_password", current_password: password };
      const own = { new_password: NEW, confirm_password: NEW };
      const response = await world.request("/profile", form({ ...change, ...own }, cookie));
      const [line = ""] = response.headers.getSetCookie();
      cookie = line.split(";", 1)[0] ?? "";
      expect((await get("/links")).status).toBe(200);
      expect((await world.app.accounts.users.findById(user.id))?.mustChangePassword).toBe(false);
    });

    test("cannot be kept as the new password", async () => {
      const change = { currentPassword: password, newPassword: password };
      const attempt = world.app.accounts.users.changePassword(as(user), user.id, change);
      expect(await failureOf(attempt)).toMatchObject({
        fields: { new_password: text.password.isOneTime },
      });
    });

    test("can be the first password of an account", async () => {
      const input = { username: `${user.username}-n`, password: NEW, mustChangePassword: true };
      expect((await world.app.accounts.users.create(operator, input)).mustChangePassword).toBe(
        true,
      );
    });

    test("are created by administrators alone, and not for a password from the environment", async () => {
      const { users } = world.app.accounts;
      const { alice } = world.people;
      const rows = [
        [() => users.createOneTimePassword(as(alice), user.username), "not_found"],
        [() => users.createOneTimePassword(operator, "nobody-here"), "not_found"],
        [() => users.createOneTimePassword(operator, "admin"), "forbidden"],
      ] as const;
      for (const [attempt, code] of rows)
        expect(await failureOf(attempt())).toMatchObject({ code });
    });
  });
}
