/** Accounts that go, and what becomes of what they had. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join as joinPath } from "node:path";
import type { User } from "../../src/accounts/user.ts";
import { parseRemovalPlan, type RemovalPlan } from "../../src/accounts/user-removal.ts";
import type { Link } from "../../src/links/link.ts";
import { type Actor, operator } from "../../src/policy.ts";
import { failureOf } from "../failure.ts";
import { newFileLink, receive } from "../share.ts";
import { as, databases, openTestApp, PASSWORD, type World } from "../world.ts";
import { agreed, estateOf, join, opened, shareBytes, visit } from "./removal-site.ts";

const HOUR = 3_600_000;
const TERMS = { remember: false, device: "Firefox on Linux" };

for (const kind of databases) {
  describe(`removing accounts on ${kind}`, () => {
    let world: World;
    let user: User;
    let heir: User;

    beforeAll(async () => {
      world = await openTestApp({ database: kind });
    });
    afterAll(() => world.close());
    beforeEach(async () => {
      user = await join(world);
      heir = await join(world);
    });

    const admin = () => as(world.people.admin);
    const remove = (plan: RemovalPlan, actor: Actor = admin(), { id } = user) =>
      world.app.removal.remove(actor, id, plan);

    const isStored = ({ content }: Link) =>
      content !== null && existsSync(joinPath(world.dataFolder, "users", content.path));

    const sweep = async () => {
      for (let round = 0; round < 2; round++) {
        world.clock.advance(2 * HOUR);
        await world.app.blobs.sweep(1000);
      }
    };

    test("it is told before what would go", async () => {
      const link = await shareBytes(world, user, "12345");
      await shareBytes(world, user, "12345");
      await visit(world, link, 2);
      expect(await world.app.removal.describe(admin(), user.id)).toEqual({
        username: user.username,
        links: 2,
        visits: 2,
        files: 1,
        bytes: 5,
      });
    });

    test("links live on with another, who has their bytes and visits then", async () => {
      const links = [await shareBytes(world, user, "alone"), await shareBytes(world, user, "twin")];
      const theirs = await shareBytes(world, heir, "twin");
      for (const link of links) await visit(world, link, 2);
      expect(await remove({ links: "transfer", to: heir.username })).toBe(2);
      expect(await estateOf(world, heir.id)).toEqual(agreed(3, 9, 4));
      expect(await estateOf(world, user.id)).toEqual(agreed(0, 0, 0));
      await sweep();
      for (const link of links)
        expect((await world.app.links.get(as(heir), link.shortCode)).owner).toBe(heir.username);
      expect(await opened(world, links[0] ?? theirs)).toBe("alone");
      expect(await opened(world, links[1] ?? theirs)).toBe("twin");
      expect(await world.app.users.findById(user.id)).toBeNull();
    });

    test("links stay with the administrator who keeps them, also past a quota", async () => {
      const keeper = await join(world, { role: "administrator" });
      await world.app.blobs.setQuota(operator, keeper.id, 1);
      await shareBytes(world, user, "kept");
      expect(await remove({ links: "keep" }, as(keeper))).toBe(1);
      expect(await estateOf(world, keeper.id)).toEqual(agreed(1, 4, 0));
    });

    test("at the command line links are kept by the account admin", async () => {
      const link = await shareBytes(world, user, "kept");
      await remove({ links: "keep" }, operator);
      expect((await world.app.links.get(operator, link.shortCode)).owner).toBe("admin");
    });

    test("links that are deleted are gone at once, and their bytes soon after", async () => {
      const link = await shareBytes(world, user, "gone");
      await visit(world, link, 1);
      expect(await opened(world, link)).toBe("gone");
      expect(await remove({ links: "delete" })).toBe(1);
      expect(await opened(world, link)).toBe(404);
      await sweep();
      expect(isStored(link)).toBe(false);
      expect(await estateOf(world, user.id)).toEqual(agreed(0, 0, 0));
    });

    test("a name is free again when nothing is left under it", async () => {
      const link = await shareBytes(world, user, "bytes keep their path");
      const again = () =>
        world.app.users.create(operator, {
          username: user.username.toUpperCase(),
          password: PASSWORD,
        });
      await remove({ links: "transfer", to: heir.username });
      expect(await failureOf(again())).toMatchObject({
        fields: { username: "This user name still has files of an earlier account." },
      });
      await world.app.links.remove(operator, link.shortCode);
      await sweep();
      expect((await again()).username).toBe(user.username.toUpperCase());
    });

    test("all of a user's browsers are signed out", async () => {
      const tokens = [
        await world.app.sessions.start(user, TERMS),
        await world.app.sessions.start(user, TERMS),
      ];
      await remove({ links: "delete" });
      for (const { token } of tokens) expect(await world.app.sessions.find(token)).toBeNull();
    });

    test("an administrator who acts in the user's place is back in their own", async () => {
      const { app, people } = world;
      const { token, session } = await app.sessions.start(people.admin, TERMS);
      await app.sessions.switchTo(admin(), session, user.username);
      expect((await app.sessions.find(token))?.user.id).toBe(user.id);
      await remove({ links: "delete" });
      expect(await app.sessions.find(token)).toMatchObject({
        user: { username: "admin" },
        impersonator: null,
      });
    });

    test("an upload under way fails, and leaves nothing", async () => {
      await using file = await receive(world, user, "late.txt", "too late");
      await remove({ links: "transfer", to: heir.username });
      const code = `late-${user.id}`;
      const creating = world.app.links.create(
        as(user),
        { ownerId: user.id },
        newFileLink(code),
        file,
      );
      expect(await failureOf(creating)).toMatchObject({ code: "forbidden" });
      expect(await estateOf(world, heir.id)).toEqual(agreed(0, 0, 0));
      expect((await world.request(`/${code}`)).status).toBe(404);
    });

    test("bytes that were named before and used after fail, and go", async () => {
      await using file = await receive(world, user, "late.txt", "reserved");
      const reserved = await world.app.blobs.reserve(file);
      await remove({ links: "transfer", to: heir.username });
      const using = world.app.database.write((trx) => world.app.blobs.use(trx, reserved));
      expect(await failureOf(using)).toBeDefined();
      await sweep();
      expect(existsSync(joinPath(world.dataFolder, "users", reserved.path))).toBe(false);
    });

    test("a removal amid creates ends with every link somebody's", async () => {
      const creates = Array.from({ length: 20 }, async (_, at) => {
        await using file = await receive(world, user, "race.txt", `race ${at % 3}`);
        const input = newFileLink(`race-${user.id}-${at}`);
        return await world.app.links.create(as(user), { ownerId: user.id }, input, file);
      });
      const removing = remove({ links: "transfer", to: heir.username });
      const outcomes = await Promise.allSettled([...creates, removing]);
      const failures = outcomes.flatMap((each) =>
        each.status === "rejected" ? [each.reason.code] : [],
      );
      for (const code of failures) expect(["forbidden", "busy"]).toContain(code);
      const made = outcomes.slice(0, 20).filter(({ status }) => status === "fulfilled").length;
      const { links } = await estateOf(world, heir.id);
      const left = await estateOf(world, user.id);
      expect(links + left.links).toBe(made);
    });

    test("of two administrators who remove each other one is too late", async () => {
      const one = await join(world, { role: "administrator" });
      const other = await join(world, { role: "administrator" });
      const outcomes = await Promise.allSettled([
        remove({ links: "delete" }, as(one), other),
        remove({ links: "delete" }, as(other), one),
      ]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
      const left = [one, other].map(({ id }) => world.app.users.findById(id));
      expect((await Promise.all(left)).filter((found) => found !== null)).toHaveLength(1);
    });

    test("of two administrators who demote each other one is too late", async () => {
      const one = await join(world, { role: "administrator" });
      const other = await join(world, { role: "administrator" });
      const { people } = world.app;
      const outcomes = await Promise.allSettled([
        people.change(as(one), other.id, { role: "user" }),
        people.change(as(other), one.id, { disabled: true }),
      ]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    });

    test("an account is not removed where something hinders it", async () => {
      const { app, people } = world;
      const boss = await join(world, { role: "administrator" });
      await app.people.change(operator, people.bob.id, { disabled: true });
      const rows = [
        [() => remove({ links: "delete" }, as(people.alice)), { code: "not_found" }],
        [() => remove({ links: "delete" }, as(user)), { code: "not_found" }],
        [() => remove({ links: "delete" }, as(boss), boss), { code: "forbidden" }],
        [() => remove({ links: "delete" }, as(boss), people.admin), { code: "forbidden" }],
        [() => app.removal.remove(operator, 987_654, { links: "delete" }), { code: "not_found" }],
        [
          () => remove({ links: "transfer", to: "nobody-here" }),
          { fields: { to: "There is no such account." } },
        ],
        [() => remove({ links: "transfer", to: user.username }), { code: "invalid" }],
        [() => remove({ links: "transfer", to: "bob" }), { code: "invalid" }],
        [() => app.removal.describe(as(people.alice), user.id), { code: "not_found" }],
        [() => app.removal.describe(operator, people.admin.id), { code: "forbidden" }],
      ] as const;
      for (const [attempt, failure] of rows)
        expect(await failureOf(attempt())).toMatchObject(failure);
      expect(await app.users.findById(user.id)).not.toBeNull();
      await app.people.change(operator, people.bob.id, { disabled: false });
    });

    test("the removal is on record with what became of the links", async () => {
      await shareBytes(world, user, "noted");
      await remove({ links: "transfer", to: heir.username });
      const { events } = await world.app.audit.list(
        admin(),
        { action: "user.removed" },
        { limit: 1 },
      );
      const details = { links: "transfer", count: 1, to: heir.username };
      expect(events).toMatchObject([{ actor: "admin", resource: user.username, details }]);
    });
  });
}

test.each([
  [
    { links: "transfer", to: " alice " },
    { links: "transfer", to: "alice" },
  ],
  [{ links: "keep", to: "" }, { links: "keep" }],
  [{ links: "delete", to: "alice" }, { links: "delete" }],
] as const)("%p says what becomes of the links", (raw, plan) => {
  expect(parseRemovalPlan(raw)).toEqual(plan);
});

test.each([
  [{ links: "", to: "" }, "links"],
  [{ links: "burn", to: "alice" }, "links"],
  [{ links: "transfer", to: " " }, "to"],
])("%p is asked again", async (raw, field) => {
  const problem = await failureOf((async () => parseRemovalPlan(raw))());
  expect(problem).toMatchObject({ code: "invalid", fields: { [field]: expect.any(String) } });
});
