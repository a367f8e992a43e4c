import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { text as accounts } from "../../../src/accounts/text.en.ts";
import type { User } from "../../../src/accounts/user.ts";
import { text as linkText } from "../../../src/links/text.en.ts";
import { operator } from "../../../src/policy.ts";
import { text } from "../../../src/web/accounts/text.en.ts";
import { text as frameText } from "../../../src/web/ui/layout/text.en.ts";
import { share } from "../../share.ts";
import { databases } from "../../world.ts";
import { readPage } from "../read-page.ts";
import { AdminSite } from "./admin-site.ts";

/** The form that every page shows during an impersonation. */
const BANNER = 'action="/auth/switch-back"';

for (const kind of databases) {
  describe(`links of deleted users on ${kind}`, () => {
    let site: AdminSite;

    beforeAll(async () => {
      site = await AdminSite.open(kind);
    });
    afterAll(() => site.close());

    describe("deleting a user", () => {
      async function joinWithLink(username: string): Promise<User> {
        const user = await site.join(username);
        await share(site.world, user, { code: `${username}-${kind}`, name: "a.txt", bytes: "abc" });
        return user;
      }
      const ownerOf = async (username: string) =>
        (await site.world.app.links.get(operator, `${username}-${kind}`)).owner;
      const remove = (username: string, fields: Record<string, string>) =>
        site.post(`/users/${username}/delete`, fields);

      test("shows what the account has, and asks again after a post without a choice", async () => {
        await joinWithLink("laura");
        const page = await site.pageAt("/users/laura/delete");
        expect(page.text).toContain(
          text.delete.has({ links: 1, visits: 0, files: 1, size: "3 bytes" }),
        );
        expect(page.values).toMatchObject({ links: "transfer", to: "admin" });
        const answer = await remove("laura", {});
        const asked = await readPage(answer);
        expect([answer.status, asked.problems]).toEqual([
          422,
          { links: accounts.removal.choosePlan },
        ]);
        expect(await site.find("laura")).not.toBe(null);
      });

      const plans: [plan: string, fields: Record<string, string>, owner: string | null][] = [
        ["transfer", { links: "transfer", to: "BOB" }, "bob"],
        ["keep", { links: "keep", to: "nobody at all" }, "admin"],
        ["delete", { links: "delete" }, null],
      ];

      test.each(plans)("deletes with links=%s", async (plan, fields, owner) => {
        const username = `goes-${plan}`;
        await joinWithLink(username);
        const [location, page] = await site.follow(await remove(username, fields));
        expect(location).toBe("/users");
        expect(page.notice).toBe("account_deleted");
        expect(await site.find(username)).toBe(null);
        const opened = await site.world.request(`/${username}-${kind}`);
        expect(opened.status).toBe(owner === null ? 404 : 200);
        if (owner !== null) expect(await ownerOf(username)).toBe(owner);
      });

      const refusals: [
        why: string,
        fields: Record<string, string>,
        problem: Record<string, string>,
      ][] = [
        ["without a new owner", { links: "transfer" }, { to: accounts.removal.chooseNewOwner }],
        [
          "to an unknown user",
          { links: "transfer", to: "no-one" },
          { to: accounts.access.noSuchAccount },
        ],
        [
          "to the deleted user",
          { links: "transfer", to: "mona" },
          { to: accounts.removal.newOwnerIsDeleted },
        ],
        ["with an unknown plan", { links: "burn" }, { links: accounts.removal.choosePlan }],
      ];

      test.each(refusals)("is rejected %s", async (_, fields, problem) => {
        if ((await site.find("mona")) === null) await joinWithLink("mona");
        const response = await remove("mona", fields);
        const page = await readPage(response);
        expect([response.status, page.problems]).toEqual([422, problem]);
        expect(await ownerOf("mona")).toBe("mona");
      });

      test("rejects the account admin and unknown accounts", async () => {
        expect((await site.get("/users/admin/delete")).status).toBe(403);
        expect((await remove("admin", { links: "keep" })).status).toBe(403);
        expect((await site.get("/users/nobody/delete")).status).toBe(404);
      });

      test("ends the user's sessions and impersonations", async () => {
        const user = await joinWithLink("nina");
        const cookies = [await site.world.signIn(user), await site.world.signIn(user)];
        const helper = await site.world.signIn(await site.join("oscar", { role: "administrator" }));
        await site.post("/auth/switch-user/nina", {}, helper);
        expect((await readPage(await site.get("/", helper))).html).toContain(BANNER);
        await remove("nina", { links: "keep" });
        for (const cookie of cookies) expect(await site.isSignedIn(cookie)).toBe(false);
        const next = await readPage(await site.get("/profile", helper));
        expect(next.html).not.toContain(BANNER);
        expect(next.text).toContain("oscar");
      });
    });

    describe("transferring links", () => {
      const give = (fields: Record<string, string>, cookie?: string) =>
        site.post("/-/links", { action: "transfer", ...fields }, cookie);
      const ownerOf = async (code: string) =>
        (await site.world.app.links.get(operator, code)).owner;
      const made = async (code: string) =>
        (await share(site.world, site.world.people.alice, { code, name: "a.txt", bytes: "abc" }))
          .shortCode;

      test("transfers a selection and reports the count", async () => {
        const codes = [await made(`gift1-${kind}`), await made(`gift2-${kind}`)];
        const fields = { codes: `${codes.join(",")},no-such`, to: "bob", view: "/links?q=gift" };
        const [location, page] = await site.follow(await give(fields));
        expect(location).toBe("/links?q=gift");
        expect(page.notice).toBe("links_given");
        expect(page.text).toContain(frameText.notice.linksTransferred(2));
        for (const code of codes) expect(await ownerOf(code)).toBe("bob");
      });

      test("is offered to administrators alone", async () => {
        const code = await made(`gift3-${kind}`);
        const alice = await site.world.signIn(site.world.people.alice);
        for (const path of [`/-/links/${code}`, "/links"]) {
          expect((await readPage(await site.get(path, alice))).html).not.toContain(
            'value="transfer"',
          );
          expect((await site.pageAt(path)).html).toContain('value="transfer"');
        }
        expect((await give({ codes: code, to: "bob" }, alice)).status).toBe(403);
        expect(await ownerOf(code)).toBe("alice");
      });

      test.each([
        ["no user", "", linkText.bulk.noNewOwner],
        ["an unknown user", "no-one", accounts.access.noSuchAccount],
      ])("is rejected to %s", async (_, to, message) => {
        const code = await made(`gift-${to}-${kind}`);
        const response = await give({ codes: code, to });
        expect(response.status).toBe(422);
        expect((await readPage(response)).problems).toEqual({ to: message });
        expect(await ownerOf(code)).toBe("alice");
      });
    });
  });
}
