import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { User } from "../../../src/accounts/user.ts";
import { operator } from "../../../src/policy.ts";
import { text as listText } from "../../../src/web/links/list/text.en.ts";
import { text as frameText } from "../../../src/web/ui/layout/text.en.ts";
import { share } from "../../share.ts";
import { databases, form, openTestApp, PASSWORD, type World } from "../../world.ts";
import { cookiesFrom, type ReadPage, readPage } from "../read-page.ts";

for (const kind of databases) {
  describe(`links when people change on ${kind}`, () => {
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

    describe("deleting one", () => {
      async function heritage(username: string): Promise<User> {
        const user = await join(username);
        await share(world, user, { code: `${username}-${kind}`, name: "a.txt", bytes: "abc" });
        return user;
      }
      const ownerOf = async (username: string) =>
        (await world.app.links.get(operator, `${username}-${kind}`)).owner;
      const remove = (username: string, fields: Record<string, string>) =>
        post(`/users/${username}/delete`, fields);

      test("shows what would go, and asks; a post that does not say gets the question", async () => {
        await heritage("laura");
        const page = await pageAt("/users/laura/delete");
        expect(page.text).toContain(
          "It has 1 link, opened 0 times in the last 30 days, and 1 file of 3 bytes.",
        );
        expect(page.values).toMatchObject({ links: "transfer", to: "admin" });
        const answer = await remove("laura", {});
        const asked = await readPage(answer);
        expect([answer.status, asked.problems]).toEqual([
          422,
          { links: "Say what becomes of the links: transfer, keep or delete." },
        ]);
        expect(await find("laura")).not.toBe(null);
      });

      const plans: [plan: string, fields: Record<string, string>, owner: string | null][] = [
        ["transfer", { links: "transfer", to: "BOB" }, "bob"],
        ["keep", { links: "keep", to: "nobody at all" }, "admin"],
        ["delete", { links: "delete" }, null],
      ];

      test.each(plans)("with links=%s", async (plan, fields, owner) => {
        const username = `goes-${plan}`;
        await heritage(username);
        const [location, page] = await follow(await remove(username, fields));
        expect(location).toBe("/users");
        expect(page.notice).toBe("account_deleted");
        expect(await find(username)).toBe(null);
        const opened = await world.request(`/${username}-${kind}`);
        expect(opened.status).toBe(owner === null ? 404 : 200);
        if (owner !== null) expect(await ownerOf(username)).toBe(owner);
      });

      const refusals: [
        why: string,
        fields: Record<string, string>,
        problem: Record<string, string>,
      ][] = [
        ["nobody is named", { links: "transfer" }, { to: "Say who gets the links." }],
        [
          "the heir is nobody",
          { links: "transfer", to: "no-one" },
          { to: "There is no such account." },
        ],
        [
          "the heir is themselves",
          { links: "transfer", to: "mona" },
          { to: "This is the account that goes. Choose another." },
        ],
        [
          "it says something else",
          { links: "burn" },
          { links: "Say what becomes of the links: transfer, keep or delete." },
        ],
      ];

      test.each(refusals)("is refused when %s", async (_, fields, problem) => {
        if ((await find("mona")) === null) await heritage("mona");
        const response = await remove("mona", fields);
        const page = await readPage(response);
        expect([response.status, page.problems]).toEqual([422, problem]);
        expect(await ownerOf("mona")).toBe("mona");
      });

      test("is for nobody to do with the account admin, nor with one's own", async () => {
        expect((await get("/users/admin/delete")).status).toBe(403);
        expect((await remove("admin", { links: "keep" })).status).toBe(403);
        expect((await get("/users/nobody/delete")).status).toBe(404);
      });

      test("ends all their sessions, and an administrator's impersonation", async () => {
        const user = await heritage("nina");
        const cookies = [await world.signIn(user), await world.signIn(user)];
        const helper = await world.signIn(await join("oscar", { role: "administrator" }));
        await post("/auth/switch-user/nina", {}, helper);
        expect((await readPage(await get("/", helper))).html).toContain(
          frameText.impersonation.label,
        );
        await remove("nina", { links: "keep" });
        for (const cookie of cookies) expect(await isSignedIn(cookie)).toBe(false);
        const next = await readPage(await get("/profile", helper));
        expect(next.html).not.toContain(frameText.impersonation.label);
        expect(next.text).toContain("User name oscar");
      });
    });

    describe("giving links to another", () => {
      const give = (fields: Record<string, string>, cookie = admin) =>
        post("/-/links", { action: "transfer", ...fields }, cookie);
      const ownerOf = async (code: string) => (await world.app.links.get(operator, code)).owner;
      const made = async (code: string) =>
        (await share(world, world.people.alice, { code, name: "a.txt", bytes: "abc" })).shortCode;

      test("gives a selection, and the list tells how many", async () => {
        const codes = [await made(`gift1-${kind}`), await made(`gift2-${kind}`)];
        const fields = { codes: `${codes.join(",")},no-such`, to: "bob", view: "/links?q=gift" };
        const [location, page] = await follow(await give(fields));
        expect(location).toBe("/links?q=gift");
        expect(page.notice).toBe("links_given");
        expect(page.text).toContain(frameText.notice.linksTransferred(2));
        for (const code of codes) expect(await ownerOf(code)).toBe("bob");
      });

      test("is on a link's page and in the list for administrators alone", async () => {
        const code = await made(`gift3-${kind}`);
        const alice = await world.signIn(world.people.alice);
        for (const path of [`/-/links/${code}`, "/links"]) {
          expect((await readPage(await get(path, alice))).html).not.toContain('value="transfer"');
          expect((await pageAt(path)).html).toContain('value="transfer"');
        }
        expect((await give({ codes: code, to: "bob" }, alice)).status).toBe(403);
        expect(await ownerOf(code)).toBe("alice");
      });

      test.each([
        ["nobody", "", listText.bulk.noNewOwner],
        ["somebody who is not there", "no-one", "There is no such account."],
      ])("to %s is refused", async (_, to, message) => {
        const code = await made(`gift-${to}-${kind}`);
        const response = await give({ codes: code, to });
        expect(response.status).toBe(422);
        expect((await readPage(response)).problems).toEqual({ to: message });
        expect(await ownerOf(code)).toBe("alice");
      });
    });
  });
}
