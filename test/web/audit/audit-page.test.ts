import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { text } from "../../../src/web/audit/text.en.ts";
import { share } from "../../share.ts";
import { databases, form, openTestApp, PASSWORD, type World } from "../../world.ts";
import { readPage } from "../read-page.ts";

const DAY = 86_400_000;

for (const kind of databases) {
  describe(`activity log on ${kind}`, () => {
    let world: World;
    let admin: string;
    let alice: string;

    beforeAll(async () => {
      world = await openTestApp({ database: kind });
      const { people, clock } = world;
      await share(world, people.bob, { code: "early", name: "a.txt", bytes: "abc" });
      clock.advance(DAY);
      admin = await world.signIn(people.admin);
      alice = await world.signIn(people.alice);
      await world.request("/auth/login", form({ username: "alice", password: "not this one" }));
      const link = { short_code: "hers", url: "https://example.org/" };
      await world.request("/add", form(link, alice));
    });
    afterAll(() => world.close());

    const pageAt = async (path: string, cookie = admin) =>
      await readPage(await world.request(path, { headers: { cookie } }));

    test("shows actor, action and address, newest first", async () => {
      const page = await pageAt("/-/audit");
      const entries = [
        `alice ${text.actions["link.created"]}: hers`,
        `${text.notSignedIn} ${text.actions["user.sign_in_refused"]}: alice`,
        `alice ${text.actions["user.signed_in"]}: alice 203.0.113.7`,
        `${text.commandLine} ${text.actions["user.created"]}: bob`,
      ];
      const places = entries.map((entry) => page.text.indexOf(entry));
      expect(places).not.toContain(-1);
      expect(places).toEqual([...places].sort((one, other) => one - other));
    });

    const signedIn = `${text.actions["user.signed_in"]}: alice`;
    const refused = `${text.actions["user.sign_in_refused"]}: alice`;
    const joined = `${text.actions["user.created"]}: bob`;
    const created = `${text.actions["link.created"]}: hers`;
    const early = `${text.actions["link.created"]}: early`;

    const filters: [query: string, seen: string[], unseen: string[]][] = [
      ["action=user.signed_in", [signedIn], [created]],
      ["deed=user.signed_in", [signedIn], [created]],
      ["actor=ALICE", [created], [joined]],
      ["actor=command+line", [joined], [created]],
      ["resource=hers", [created], [signedIn]],
      ["thing=hers", [created], [signedIn]],
      ["address=203.0.113.7", [refused], [joined]],
      ["until=2026-03-17", [early], [created]],
      ["since=2026-03-18&until=2026-03-18", [created], [early]],
      ["thing=nothing", [text.noneFound], [created]],
      ["deed=tea&since=tomorrow&until=2026-02-31&after=-1&after=x", [created, early], []],
    ];

    test.each(filters)("filters by ?%s", async (query, seen, unseen) => {
      const page = await pageAt(`/-/audit?${query}`);
      for (const words of seen) expect(page.text).toContain(words);
      for (const words of unseen) expect(page.text).not.toContain(words);
    });

    test("exports as CSV what the page shows", async () => {
      const { links } = await pageAt("/-/audit?actor=alice&deed=link.created");
      const file = links.find((link) => link.startsWith("/-/audit.csv")) ?? "";
      const response = await world.request(file, { headers: { cookie: admin } });
      expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8");
      expect(response.headers.get("content-disposition")).toBe(
        "attachment; filename=audit-log.csv",
      );
      expect(response.headers.get("cache-control")).toBe("no-store");
      expect(await response.text()).toBe(
        "time,actor,acted_for,address,deed,thing,details\r\n" +
          '2026-03-18T12:00:00.000Z,alice,,203.0.113.7,link.created,hers,"{""kind"":""redirect""}"\r\n',
      );
    });

    test("is divided into pages", async () => {
      const { app, people } = world;
      const user = { id: people.bob.id, username: "bob" };
      for (let n = 0; n < 60; n++) await app.accounts.sessions.endAll({ is: "operator" }, user);
      const first = await pageAt("/-/audit?thing=bob");
      const older = first.links.find((link) => link.includes("after=")) ?? "";
      expect(older).toStartWith("/-/audit?resource=bob&after=");
      const second = await pageAt(older);
      expect(second.text).toContain(joined);
      expect(second.links).toContain("/-/audit?resource=bob");
    });

    test("shows users what others changed for them, without addresses", async () => {
      const fields = { action: "change", display_name: "Alice A" };
      await world.request("/users/alice", form(fields, admin));
      const page = await pageAt("/-/audit/own", alice);
      const changed = `${text.actions["user.changed"]}: alice`;
      const details = text.detail(text.details.display_name ?? "", "Alice A");
      expect(page.text).toContain(`admin ${changed} ${details}`);
      expect(page.text).not.toContain(`${details} 203.0`);
      expect(page.text).not.toContain(early);
      const profile = await pageAt("/profile", alice);
      expect(profile.text).toContain(changed);
      expect(profile.links).toContain("/-/audit/own");
    });

    test("contains no typed password", async () => {
      const response = await world.request("/-/audit.csv", { headers: { cookie: admin } });
      const file = await response.text();
      expect(file).not.toContain(PASSWORD);
      expect(file).not.toContain("not this one");
    });
  });
}
