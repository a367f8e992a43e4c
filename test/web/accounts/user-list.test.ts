import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { text as accounts } from "../../../src/accounts/text.en.ts";
import { operator } from "../../../src/policy.ts";
import { text } from "../../../src/web/accounts/text.en.ts";
import { share } from "../../share.ts";
import { databases, form, PASSWORD } from "../../world.ts";
import { cookiesFrom, readPage } from "../read-page.ts";
import { AdminSite } from "./admin-site.ts";

for (const kind of databases) {
  describe(`pages of accounts on ${kind}`, () => {
    let site: AdminSite;

    beforeAll(async () => {
      site = await AdminSite.open(kind);
    });
    afterAll(() => site.close());

    describe("the form for a new account", () => {
      const fields = {
        username: "carol",
        password: PASSWORD,
        confirm_password: PASSWORD,
        display_name: "Carol of the \u0441\u043e\u0444\u0438\u044f",
      };
      const create = (given: Record<string, string>) => site.post("/auth/register", given);

      test("redirects to the page of a user who can sign in", async () => {
        const [location, page] = await site.follow(await create({ ...fields, is_admin: "on" }));
        expect(location).toBe("/users/carol");
        expect(page.notice).toBe("account_created");
        expect(await site.find("carol")).toMatchObject({
          role: "administrator",
          displayName: fields.display_name,
        });
        expect((await site.post("/auth/login", fields, "")).status).toBe(303);
      });

      test("uses the username without a visible name", async () => {
        await create({ ...fields, username: "dora", display_name: "\u200b " });
        expect(await site.find("dora")).toMatchObject({ role: "user", displayName: "dora" });
      });

      const refusals: [
        why: string,
        given: Record<string, string>,
        field: string,
        message: string,
      ][] = [
        ["a taken username", { username: "alice" }, "username", accounts.username.taken],
        [
          "a username that differs by case alone",
          { username: "ALICE" },
          "username",
          accounts.username.taken,
        ],
        [
          "a similar username",
          { username: "a1ice" },
          "username",
          accounts.username.similar("alice"),
        ],
        ["a reserved username", { username: "Root" }, "username", accounts.username.reserved],
        ["a short username", { username: "ab" }, "username", accounts.username.invalid],
        [
          "a name of two lines",
          { display_name: "a\nb" },
          "display_name",
          accounts.displayName.invalid,
        ],
        [
          "a short password",
          { password: "1234567", confirm_password: "1234567" },
          "password",
          accounts.password.tooShort,
        ],
        [
          "passwords that do not match",
          { confirm_password: "" },
          "confirm_password",
          text.create.passwordsDiffer,
        ],
      ];

      test.each(refusals)("rejects %s", async (_, given, field, message) => {
        const response = await create({ ...fields, username: "erin", is_admin: "on", ...given });
        const page = await readPage(response);
        expect([response.status, page.problems]).toEqual([422, { [field]: message }]);
        expect(page.values.is_admin).toBe("on");
        expect(page.html).not.toContain(PASSWORD);
        expect(await site.find("erin")).toBe(null);
      });
    });

    describe("the page of an account", () => {
      test("shows what the user has, their sessions and links", async () => {
        const user = await site.join("frank");
        await share(site.world, user, { code: `franks-${kind}`, name: "a.txt", bytes: "abc" });
        await site.world.signIn(user);
        const page = await site.pageAt("/users/FRANK");
        for (const shown of [
          accounts.roles.user,
          text.user.enabled,
          text.user.used(1, "3 bytes", null),
        ])
          expect(page.text).toContain(shown);
        expect(page.links).toContain(`/-/links/franks-${kind}`);
        expect(page.links).toContain("/links?owner=frank");
        expect(page.html).toContain('value="sign_out"');
      });

      test("changes name, role and quota if given", async () => {
        const { id } = await site.join("gina");
        const all = { action: "change", display_name: "Gina G", quota_mb: "1.5" };
        const [location, page] = await site.follow(await site.post("/users/gina", all));
        expect([location, page.values.display_name, page.values.quota_mb]).toEqual([
          "/users/gina",
          "Gina G",
          "1.5",
        ]);
        await site.post("/users/gina", { action: "change", role: "administrator" });
        expect(await site.world.app.accounts.users.findById(id)).toMatchObject({
          displayName: "Gina G",
          role: "administrator",
        });
        await site.post("/users/gina", { action: "change", quota_mb: "" });
        expect((await site.pageAt("/users/gina")).values.quota_mb).toBe("");
      });

      const refusals: [
        why: string,
        given: Record<string, string>,
        field: string,
        message: string,
      ][] = [
        ["a quota of words", { quota_mb: "a lot" }, "quota_mb", text.user.quotaInvalid],
        ["a quota below nothing", { quota_mb: "-1" }, "quota_mb", text.user.quotaInvalid],
        ["an unknown role", { role: "king" }, "role", accounts.administration.chooseRole],
        [
          "a name of two lines",
          { display_name: "a\nb" },
          "display_name",
          accounts.displayName.invalid,
        ],
      ];

      test.each(refusals)("rejects %s and changes nothing", async (_, given, field, message) => {
        const response = await site.post("/users/bob", { action: "change", ...given });
        const page = await readPage(response);
        expect([response.status, page.problems]).toEqual([422, { [field]: message }]);
        expect(await site.find("bob")).toMatchObject({ displayName: "bob", role: "user" });
      });

      test("rejects unknown actions and accounts", async () => {
        expect((await site.post("/users/bob", { action: "promote" })).status).toBe(422);
        expect((await site.get("/users/nobody")).status).toBe(404);
        expect((await site.post("/users/nobody", { action: "disable" })).status).toBe(404);
      });

      test("rejects changes of role and status of admin and of the own account", async () => {
        const other = await site.join("hugo", { role: "administrator" });
        const cookie = await site.world.signIn(other);
        for (const name of ["admin", "hugo"])
          for (const fields of [{ action: "disable" }, { action: "change", role: "user" }])
            expect((await site.post(`/users/${name}`, fields, cookie)).status).toBe(403);
        const page = await readPage(await site.get("/users/hugo", cookie));
        expect(page.html).not.toContain('value="disable"');
        expect(page.links).not.toContain("/users/hugo/delete");
      });

      test("disables and enables an account", async () => {
        const cookie = await site.world.signIn(await site.join("iris"));
        await site.post("/users/iris", { action: "disable" });
        const next = await site.get("/links", cookie);
        expect(next.headers.get("location")).toBe("/auth/login?next=%2Flinks");
        expect((await site.pageAt("/users/iris")).text).toContain(text.user.disabled);
        await site.post("/users/iris", { action: "enable" });
        expect(await site.isSignedIn(cookie)).toBe(false);
        const again = { username: "iris", password: PASSWORD };
        expect((await site.post("/auth/login", again, "")).status).toBe(303);
      });

      test("signs a user out everywhere", async () => {
        const user = await site.join("jack");
        const cookies = [await site.world.signIn(user), await site.world.signIn(user)];
        const [, page] = await site.follow(await site.post("/users/jack", { action: "sign_out" }));
        expect(page.notice).toBe("signed_out_everywhere");
        expect(page.text).toContain(text.user.noSessions);
        for (const cookie of cookies) expect(await site.isSignedIn(cookie)).toBe(false);
      });

      test("shows a one-time password once, which must be changed first", async () => {
        const before = await site.world.signIn(await site.join("kate"));
        const page = await readPage(
          await site.post("/users/kate", { action: "one_time_password" }),
        );
        const [, password = ""] = /id="one-time-password">([^<]+)</.exec(page.html) ?? [];
        expect(await site.isSignedIn(before)).toBe(false);
        const entered = await site.post("/auth/login", { username: "kate", password }, "");
        const next = await site.get("/links", cookiesFrom(entered));
        expect(next.headers.get("location")).toBe("/profile");
        expect((await site.pageAt("/users/kate")).html).not.toContain(password);
      });

      test("creates none for a password from the environment", async () => {
        expect((await site.pageAt("/users/admin")).html).not.toContain("one_time_password");
        expect((await site.post("/users/admin", { action: "one_time_password" })).status).toBe(403);
      });
    });

    describe("foreign fields", () => {
      test("in the profile change neither role nor quota", async () => {
        const alice = await site.world.signIn(site.world.people.alice);
        const fields = { time_zone: "UTC", is_admin: "on", role: "administrator", quota_mb: "0" };
        await site.post("/profile", { action: "change_time_zone", ...fields }, alice);
        expect(await site.find("alice")).toMatchObject({ role: "user", timeZone: "UTC" });
      });

      test("on a new link do not change its owner", async () => {
        const alice = await site.world.signIn(site.world.people.alice);
        const code = `foreign-${kind}`;
        const others = { owner: "bob", owner_id: "1", ownerId: "1", to: "bob" };
        const added = { short_code: code, url: "https://example.org/", ...others };
        expect((await site.post("/add", added, alice)).status).toBe(422);
        await site.world.request("/add", inBrowser(form(added, alice)));
        const changed = { url: "https://example.org/2", ...others };
        await site.world.request(`/edit_link/${code}`, inBrowser(form(changed, alice)));
        expect(await site.world.app.links.get(operator, code)).toMatchObject({
          owner: "alice",
          target: "https://example.org/2",
        });
      });
    });
  });
}

/** A form as a browser sends it: fields that are unknown may be those of an extension, and are ignored. */
function inBrowser(init: RequestInit): RequestInit {
  const headers = new Headers(init.headers);
  headers.set("accept", "text/html");
  return { ...init, headers };
}
