import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { operator } from "../../../src/policy.ts";
import { text } from "../../../src/web/accounts/text.en.ts";
import { text as auditText } from "../../../src/web/audit/text.en.ts";
import { text as frameText } from "../../../src/web/ui/layout/text.en.ts";
import { share } from "../../share.ts";
import { databases, form, openTestApp, PASSWORD, type World } from "../../world.ts";
import { readPage } from "../read-page.ts";

for (const kind of databases) {
  describe(`impersonation pages on ${kind}`, () => {
    let world: World;
    let admin: string;
    let alice: string;

    beforeAll(async () => {
      world = await openTestApp({ database: kind });
      const { people } = world;
      await share(world, people.alice, { code: "hers", name: "a.txt", bytes: "abc" });
      await share(world, people.bob, { code: "his", name: "a.txt", bytes: "abc" });
      admin = await world.signIn(people.admin);
      alice = await world.signIn(people.alice);
    });
    afterAll(() => world.close());

    const get = (path: string, cookie = admin) => world.request(path, { headers: { cookie } });
    const post = (path: string, fields: Record<string, string> = {}, cookie = admin) =>
      world.request(path, form(fields, cookie));
    const pageAt = async (path: string) => await readPage(await get(path));
    const impersonate = (username: string) => post(`/auth/switch-user/${username}`);
    const stop = () => post("/auth/switch-back");

    test("asks before an impersonation begins", async () => {
      const page = await pageAt("/auth/switch-user/alice");
      expect(page.html).toContain('action="/auth/switch-user/alice"');
      expect((await pageAt("/")).html).not.toContain(frameText.impersonation.label);
      expect((await get("/auth/switch-back")).headers.get("location")).toBe("/");
    });

    test("shows what the user sees, under a banner with a way back on every page", async () => {
      expect((await impersonate("alice")).headers.get("location")).toBe("/");
      for (const path of ["/", "/links", "/add", "/-/links/hers", "/no/such/page"]) {
        const page = await pageAt(path);
        expect(page.html).toContain(`aria-label="${frameText.impersonation.label}"`);
        expect(page.html).toContain('action="/auth/switch-back"');
      }
      expect((await get("/-/links/his")).status).toBe(404);
      expect((await pageAt("/links")).links).not.toContain("/-/links/his");
      expect((await get("/users")).status).toBe(403);
      expect((await stop()).headers.get("location")).toBe("/users/alice");
      expect((await pageAt("/links")).links).toContain("/-/links/his");
    });

    test("excludes and does not offer pages that are for the user in person", async () => {
      await impersonate("alice");
      for (const path of ["/profile", "/settings", "/-/audit/own"])
        expect((await get(path)).status).toBe(403);
      expect((await pageAt("/")).links).not.toContain("/profile");
      await stop();
    });

    test("logs actions under the name of the administrator", async () => {
      await impersonate("alice");
      await post("/add", { short_code: "for-her", url: "https://example.org/" });
      await stop();
      expect((await world.app.links.get(operator, "for-her")).owner).toBe("alice");
      const logged = auditText.impersonating("admin", "alice");
      expect((await pageAt("/-/audit?resource=for-her")).text).toContain(logged);
      expect((await readPage(await get("/-/audit/own", alice))).text).toContain(logged);
    });

    test("asks before an impersonation ends", async () => {
      await impersonate("alice");
      expect((await pageAt("/auth/switch-back")).text).toContain(text.impersonate.stop);
      await stop();
    });

    test("is limited to one session and ends with it", async () => {
      const elsewhere = await world.signIn(world.people.admin);
      await post("/auth/switch-user/alice", {}, elsewhere);
      expect((await pageAt("/")).html).not.toContain(frameText.impersonation.label);
      await post("/auth/logout", {}, elsewhere);
      expect((await get("/links", elsewhere)).headers.get("location")).toContain("/auth/login");
    });

    test("is rejected for administrators, disabled and unknown users", async () => {
      await world.app.accounts.users.create(operator, {
        username: "second-admin",
        password: PASSWORD,
        role: "administrator",
      });
      const gone = await world.app.accounts.users.create(operator, {
        username: "gone",
        password: PASSWORD,
      });
      await world.app.accounts.admin.change(operator, gone.id, { disabled: true });
      const outcomes = {
        "second-admin": 403,
        admin: 403,
        gone: 403,
        nobody: 404,
        "%E2%80%AE": 404,
      };
      for (const [username, status] of Object.entries(outcomes))
        expect([username, (await impersonate(username)).status]).toEqual([username, status]);
      expect((await post("/auth/switch-user/bob", {}, alice)).status).toBe(403);
      expect((await post("/auth/switch-user/bob", {}, "")).status).toBe(401);
      expect((await post("/auth/switch-back", {}, alice)).headers.get("location")).toBe("/");
    });
  });
}
