import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { share } from "../../share.ts";
import { databases, form, openTestApp, PASSWORD, type World } from "../../world.ts";
import { readPage } from "../read-page.ts";

const DAY = 86_400_000;

for (const kind of databases) {
  describe(`the record on ${kind}`, () => {
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

    test("tells who did what, for whom and from where, newest first", async () => {
      const { text } = await pageAt("/-/audit");
      const inOrder =
        /alice Link made: hers kind: redirect .* A stranger Sign-in refused: alice .* alice Signed in: alice 203\.0\.113\.7/;
      expect(text).toMatch(inOrder);
      expect(text).toContain("The command line Account made: bob");
    });

    const filters: [query: string, seen: string[], unseen: string[]][] = [
      ["action=user.signed_in", ["Signed in: alice"], ["Link made: hers"]],
      ["deed=user.signed_in", ["Signed in: alice"], ["Link made: hers"]],
      ["actor=ALICE", ["Link made: hers"], ["Account made: bob"]],
      ["actor=command+line", ["Account made: bob"], ["Link made: hers"]],
      ["resource=hers", ["Link made: hers"], ["Signed in: alice"]],
      ["thing=hers", ["Link made: hers"], ["Signed in: alice"]],
      ["address=203.0.113.7", ["Sign-in refused: alice"], ["Account made: bob"]],
      ["until=2026-03-17", ["Link made: early"], ["Link made: hers"]],
      ["since=2026-03-18&until=2026-03-18", ["Link made: hers"], ["Link made: early"]],
      ["thing=nothing", ["Nothing fits."], ["Link made: hers"]],
      [
        "deed=tea&since=tomorrow&until=2026-02-31&after=-1&after=x",
        ["Link made: hers", "Link made: early"],
        [],
      ],
    ];

    test.each(filters)("?%s leaves others out", async (query, seen, unseen) => {
      const page = await pageAt(`/-/audit?${query}`);
      for (const words of seen) expect(page.text).toContain(words);
      for (const words of unseen) expect(page.text).not.toContain(words);
    });

    test("as a CSV file has what the page has, by the same filter", async () => {
      const { links } = await pageAt("/-/audit?actor=alice&deed=link.created");
      const file = links.find((link) => link.startsWith("/-/audit.csv")) ?? "";
      const response = await world.request(file, { headers: { cookie: admin } });
      expect(response.headers.get("content-type")).toBe("text/csv; charset=utf-8");
      expect(response.headers.get("content-disposition")).toBe("attachment; filename=record.csv");
      expect(response.headers.get("cache-control")).toBe("no-store");
      expect(await response.text()).toBe(
        "time,actor,acted_for,address,deed,thing,details\r\n" +
          '2026-03-18T12:00:00.000Z,alice,,203.0.113.7,link.created,hers,"{""kind"":""redirect""}"\r\n',
      );
    });

    test("has pages", async () => {
      const { app, people } = world;
      const user = { id: people.bob.id, username: "bob" };
      for (let n = 0; n < 60; n++) await app.sessions.endAll({ is: "operator" }, user);
      const first = await pageAt("/-/audit?thing=bob");
      const older = first.links.find((link) => link.includes("after=")) ?? "";
      expect(older).toStartWith("/-/audit?resource=bob&after=");
      const second = await pageAt(older);
      expect(second.text).toContain("Account made: bob");
      expect(second.links).toContain("/-/audit?resource=bob");
    });

    test("of one's own has what others did to one, without their addresses", async () => {
      const fields = { action: "change", display_name: "Alice A" };
      await world.request("/users/alice", form(fields, admin));
      const { text } = await pageAt("/-/audit/own", alice);
      expect(text).toContain("admin Account changed: alice display name: Alice A");
      expect(text).not.toMatch(/display name: Alice A 203\.0/);
      expect(text).not.toContain("Link made: early");
      const profile = await pageAt("/profile", alice);
      expect(profile.text).toContain("Account changed: alice");
      expect(profile.links).toContain("/-/audit/own");
    });

    test("holds no password that was typed", async () => {
      const response = await world.request("/-/audit.csv", { headers: { cookie: admin } });
      const text = await response.text();
      expect(text).not.toContain(PASSWORD);
      expect(text).not.toContain("not this one");
    });
  });
}
