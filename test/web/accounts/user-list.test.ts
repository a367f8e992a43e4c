import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { operator } from "../../../src/policy.ts";
import { share } from "../../share.ts";
import { databases, form, openTestApp, PASSWORD, type World } from "../../world.ts";
import { cookiesFrom, type ReadPage, readPage } from "../read-page.ts";

for (const kind of databases) {
  describe(`the accounts on ${kind}`, () => {
    let world: World;
    let admin: string;

    beforeAll(async () => {
      world = await openTestApp({ database: kind });
      admin = await world.signIn(world.people.admin);
    });
    afterAll(() => world.close());

    const get = (path: string, cookie = admin) => world.request(path, { headers: { cookie } });
    const post = (path: string, fields: Record<string, string>, cookie = admin) =>
      world.request(path, form(fields, cookie));
    const pageAt = async (path: string) => await readPage(await get(path));
    const isSignedIn = async (cookie: string) => (await get("/profile", cookie)).status === 200;
    const find = (username: string) => world.app.users.findByUsername(username);

    /** Someone of whom no other test knows. */
    const join = (username: string, input: { role?: "administrator" } = {}) =>
      world.app.users.create(operator, { username, password: PASSWORD, ...input });

    /** Where a post led, and what the next page tells. */
    async function follow(response: Response): Promise<[location: string | null, page: ReadPage]> {
      const location = response.headers.get("location");
      const cookie = [admin, cookiesFrom(response)].filter((each) => each !== "").join("; ");
      return [location, await readPage(await get(location ?? "/", cookie))];
    }

    describe("making one", () => {
      const fields = {
        username: "carol",
        password: PASSWORD,
        confirm_password: PASSWORD,
        display_name: "Carol of the \u0441\u043e\u0444\u0438\u044f",
      };
      const make = (given: Record<string, string>) => post("/auth/register", given);

      test("leads to its page, and they can sign in", async () => {
        const [location, page] = await follow(await make({ ...fields, is_admin: "on" }));
        expect(location).toBe("/users/carol");
        expect(page.notice).toBe("account_created");
        expect(await find("carol")).toMatchObject({
          role: "administrator",
          displayName: fields.display_name,
        });
        expect((await post("/auth/login", fields, "")).status).toBe(303);
      });

      test("without a name to show, shows the user name", async () => {
        await make({ ...fields, username: "dora", display_name: "\u200b " });
        expect(await find("dora")).toMatchObject({ role: "user", displayName: "dora" });
      });

      const refusals: [
        why: string,
        given: Record<string, string>,
        field: string,
        message: string,
      ][] = [
        ["is taken", { username: "alice" }, "username", "This user name is taken."],
        ["differs by case alone", { username: "ALICE" }, "username", "This user name is taken."],
        [
          "looks like another",
          { username: "a1ice" },
          "username",
          "This user name looks like that of alice.",
        ],
        [
          "is a word of the site's",
          { username: "Root" },
          "username",
          "This user name is kept for the site itself.",
        ],
        [
          "is too short",
          { username: "ab" },
          "username",
          "A user name is made of 3 to 50 letters A-Z a-z, digits, - and _.",
        ],
        [
          "has two lines to show",
          { display_name: "a\nb" },
          "display_name",
          "A display name is one line of at most 100 characters.",
        ],
        [
          "has a short password",
          { password: "1234567", confirm_password: "1234567" },
          "password",
          "A password has at least 8 characters.",
        ],
        [
          "has two passwords",
          { confirm_password: "" },
          "confirm_password",
          "The two passwords differ.",
        ],
      ];

      test.each(refusals)("is refused when it %s", async (_, given, field, message) => {
        const response = await make({ ...fields, username: "erin", is_admin: "on", ...given });
        const page = await readPage(response);
        expect([response.status, page.problems]).toEqual([422, { [field]: message }]);
        expect(page.values.is_admin).toBe("on");
        expect(page.html).not.toContain(PASSWORD);
        expect(await find("erin")).toBe(null);
      });
    });

    describe("one's page", () => {
      test("tells what they have, where they are signed in, and their links", async () => {
        const user = await join("frank");
        await share(world, user, { code: `franks-${kind}`, name: "a.txt", bytes: "abc" });
        await world.signIn(user);
        const page = await pageAt("/users/FRANK");
        expect(page.text).toContain("User name frank Role User State Enabled");
        expect(page.text).toContain("Links 1 Files 1, 3 bytes, without a limit");
        expect(page.links).toContain(`/-/links/franks-${kind}`);
        expect(page.links).toContain("/links?owner=frank");
        expect(page.html).toContain("Sign out everywhere");
      });

      test("changes the name, the role and the quota, each where it is given", async () => {
        const { id } = await join("gina");
        const all = { action: "change", display_name: "Gina G", quota_mb: "1.5" };
        const [location, page] = await follow(await post("/users/gina", all));
        expect([location, page.values.display_name, page.values.quota_mb]).toEqual([
          "/users/gina",
          "Gina G",
          "1.5",
        ]);
        await post("/users/gina", { action: "change", role: "administrator" });
        expect(await world.app.users.findById(id)).toMatchObject({
          displayName: "Gina G",
          role: "administrator",
        });
        await post("/users/gina", { action: "change", quota_mb: "" });
        expect((await pageAt("/users/gina")).values.quota_mb).toBe("");
      });

      const refusals: [
        why: string,
        given: Record<string, string>,
        field: string,
        message: string,
      ][] = [
        [
          "a quota of words",
          { quota_mb: "a lot" },
          "quota_mb",
          "Give a number of MB, 0 for any number, or nothing for the site's.",
        ],
        [
          "a quota below nothing",
          { quota_mb: "-1" },
          "quota_mb",
          "Give a number of MB, 0 for any number, or nothing for the site's.",
        ],
        ["a role of nobody's", { role: "king" }, "role", "Choose a role: user or administrator."],
        [
          "a name of two lines",
          { display_name: "a\nb" },
          "display_name",
          "A display name is one line of at most 100 characters.",
        ],
      ];

      test.each(refusals)(
        "refuses %s, and keeps what was typed",
        async (_, given, field, message) => {
          const response = await post("/users/bob", { action: "change", ...given });
          const page = await readPage(response);
          expect([response.status, page.problems]).toEqual([422, { [field]: message }]);
          expect(await find("bob")).toMatchObject({ displayName: "bob", role: "user" });
        },
      );

      test("refuses a form that it does not have, and answers 404 for nobody", async () => {
        expect((await post("/users/bob", { action: "promote" })).status).toBe(422);
        expect((await get("/users/nobody")).status).toBe(404);
        expect((await post("/users/nobody", { action: "disable" })).status).toBe(404);
      });

      test("leaves role and standing of the account admin and of one's own alone", async () => {
        const other = await join("hugo", { role: "administrator" });
        const cookie = await world.signIn(other);
        for (const name of ["admin", "hugo"])
          for (const fields of [{ action: "disable" }, { action: "change", role: "user" }])
            expect((await post(`/users/${name}`, fields, cookie)).status).toBe(403);
        const page = await readPage(await get("/users/hugo", cookie));
        expect(page.html).not.toContain("Disable the account");
        expect(page.links).not.toContain("/users/hugo/delete");
      });

      test("disables an account, whose next request is the sign-in page, and enables it again", async () => {
        const cookie = await world.signIn(await join("iris"));
        await post("/users/iris", { action: "disable" });
        const next = await get("/links", cookie);
        expect(next.headers.get("location")).toBe("/auth/login?next=%2Flinks");
        expect((await pageAt("/users/iris")).text).toContain("Disabled: cannot sign in");
        await post("/users/iris", { action: "enable" });
        expect(await isSignedIn(cookie)).toBe(false);
        const again = { username: "iris", password: PASSWORD };
        expect((await post("/auth/login", again, "")).status).toBe(303);
      });

      test("signs them out everywhere", async () => {
        const user = await join("jack");
        const cookies = [await world.signIn(user), await world.signIn(user)];
        const [, page] = await follow(await post("/users/jack", { action: "sign_out" }));
        expect(page.notice).toBe("signed_out_everywhere");
        expect(page.text).toContain("Signed in nowhere.");
        for (const cookie of cookies) expect(await isSignedIn(cookie)).toBe(false);
      });

      test("gives a one-time password this once, which has to be changed first", async () => {
        const before = await world.signIn(await join("kate"));
        const page = await readPage(await post("/users/kate", { action: "one_time_password" }));
        const [, password = ""] = /id="one-time-password">([^<]+)</.exec(page.html) ?? [];
        expect(await isSignedIn(before)).toBe(false);
        const entered = await post("/auth/login", { username: "kate", password }, "");
        const next = await get("/links", cookiesFrom(entered));
        expect(next.headers.get("location")).toBe("/profile");
        expect((await pageAt("/users/kate")).html).not.toContain(password);
      });

      test("gives none where the environment has the password", async () => {
        expect((await pageAt("/users/admin")).html).not.toContain("one-time");
        expect((await post("/users/admin", { action: "one_time_password" })).status).toBe(403);
      });
    });

    describe("fields that do not belong", () => {
      test("in one's profile make nobody an administrator", async () => {
        const alice = await world.signIn(world.people.alice);
        const fields = { time_zone: "UTC", is_admin: "on", role: "administrator", quota_mb: "0" };
        await post("/profile", { action: "change_time_zone", ...fields }, alice);
        expect(await find("alice")).toMatchObject({ role: "user", timeZone: "UTC" });
      });

      test("on a new link make it nobody else's", async () => {
        const alice = await world.signIn(world.people.alice);
        const code = `foreign-${kind}`;
        const others = { owner: "bob", owner_id: "1", ownerId: "1", to: "bob" };
        await post("/add", { short_code: code, url: "https://example.org/", ...others }, alice);
        await post(`/edit_link/${code}`, { url: "https://example.org/2", ...others }, alice);
        expect(await world.app.links.get(operator, code)).toMatchObject({
          owner: "alice",
          target: "https://example.org/2",
        });
      });
    });
  });
}
