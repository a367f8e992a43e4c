import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join as joinPath } from "node:path";
import { text } from "../../src/accounts/text.en.ts";
import type { User } from "../../src/accounts/user.ts";
import { type RemovalPlan, removalPlanSchema } from "../../src/accounts/user-schema.ts";
import type { Link } from "../../src/links/link.ts";
import { parseInput } from "../../src/parse-input.ts";
import { type Actor, operator } from "../../src/policy.ts";
import { failureOf } from "../failure.ts";
import { importRedirects } from "../imported-links.ts";
import { newFileLink, receive } from "../share.ts";
import { as, databases, openTestApp, PASSWORD, type World } from "../world.ts";
import { holdings, holdingsOf, join, opened, shareBytes, visit } from "./removal-site.ts";

const HOUR = 3_600_000;
const TERMS = { remember: false, device: "Firefox on Linux" };

for (const kind of databases) {
  describe(`user removal on ${kind}`, () => {
    let world: World;
    let user: User;
    let newOwner: User;

    beforeAll(async () => {
      world = await openTestApp({ database: kind });
    });
    afterAll(() => world.close());
    beforeEach(async () => {
      user = await join(world);
      newOwner = await join(world);
    });

    const admin = () => as(world.people.admin);
    const remove = (plan: RemovalPlan, actor: Actor = admin(), { id } = user) =>
      world.app.accounts.removal.remove(actor, id, plan);

    const isStored = ({ content }: Link) =>
      content !== null && existsSync(joinPath(world.dataFolder, "users", content.path));

    const sweep = async () => {
      for (let round = 0; round < 2; round++) {
        world.clock.advance(2 * HOUR);
        await world.app.files.blobs.sweep(1000);
      }
    };

    test("summarizes what an account has", async () => {
      const link = await shareBytes(world, user, "12345");
      await shareBytes(world, user, "12345");
      await visit(world, link, 2);
      expect(await world.app.accounts.removal.summarize(admin(), user.id)).toEqual({
        username: user.username,
        links: 2,
        visits: 2,
        files: 1,
        bytes: 5,
      });
    });

    test("transfers links with their bytes and visits", async () => {
      const links = [await shareBytes(world, user, "alone"), await shareBytes(world, user, "twin")];
      const theirs = await shareBytes(world, newOwner, "twin");
      for (const link of links) await visit(world, link, 2);
      expect(await remove({ links: "transfer", to: newOwner.username })).toBe(2);
      expect(await holdingsOf(world, newOwner.id)).toEqual(holdings(3, 9, 4));
      expect(await holdingsOf(world, user.id)).toEqual(holdings(0, 0, 0));
      await sweep();
      for (const link of links)
        expect((await world.app.links.get(as(newOwner), link.shortCode)).owner).toBe(
          newOwner.username,
        );
      expect(await opened(world, links[0] ?? theirs)).toBe("alone");
      expect(await opened(world, links[1] ?? theirs)).toBe("twin");
      expect(await world.app.accounts.users.findById(user.id)).toBeNull();
    });

    test("lets an administrator keep the links, even beyond a quota", async () => {
      const keeper = await join(world, { role: "administrator" });
      await world.app.files.blobs.setQuota(operator, keeper.id, 1);
      await shareBytes(world, user, "kept");
      expect(await remove({ links: "keep" }, as(keeper))).toBe(1);
      expect(await holdingsOf(world, keeper.id)).toEqual(holdings(1, 4, 0));
    });

    test("lets admin keep the links at the command line", async () => {
      const link = await shareBytes(world, user, "kept");
      await remove({ links: "keep" }, operator);
      expect((await world.app.links.get(operator, link.shortCode)).owner).toBe("admin");
    });

    test("deletes links at once and their bytes soon after", async () => {
      const link = await shareBytes(world, user, "gone");
      await visit(world, link, 1);
      expect(await opened(world, link)).toBe("gone");
      expect(await remove({ links: "delete" })).toBe(1);
      expect(await opened(world, link)).toBe(404);
      await sweep();
      expect(isStored(link)).toBe(false);
      expect(await holdingsOf(world, user.id)).toEqual(holdings(0, 0, 0));
    });

    test.each(["delete", "transfer"] as const)(
      "lets other writers in between the portions of many links: %s",
      async (links) => {
        const prefix = `many-${links}-`;
        const first = await shareBytes(world, user, "first");
        await importRedirects(world, user, { prefix, count: 2100 });
        const last = await shareBytes(world, user, "first");
        await visit(world, first, 3);
        await visit(world, last, 2);
        let isRemoved = false;
        const removal = remove({ links, to: newOwner.username }).finally(() => {
          isRemoved = true;
        });
        let others = 0;
        for (; !isRemoved; others++)
          await world.app.files.blobs.setQuota(operator, newOwner.id, null);
        expect(others).toBeGreaterThan(2);
        expect(await removal).toBe(2102);
        const isMoved = links === "transfer";
        const { listed: _, ...left } = await holdingsOf(world, newOwner.id);
        const count = isMoved ? 2102 : 0;
        const held = { links: count, searched: count, ranked: count };
        expect(left).toEqual({ ...held, bytes: isMoved ? 5 : 0, visits: isMoved ? 5 : 0 });
        expect(await holdingsOf(world, user.id)).toEqual(holdings(0, 0, 0));
        await sweep();
        expect(isStored(first)).toBe(isMoved);
        expect(await opened(world, first)).toBe(isMoved ? "first" : 404);
        expect(await opened(world, last)).toBe(isMoved ? "first" : 404);
        expect(await world.app.accounts.users.findById(user.id)).toBeNull();
      },
    );

    test("frees a username once none of its files are left", async () => {
      const link = await shareBytes(world, user, "bytes keep their path");
      const again = () =>
        world.app.accounts.users.create(operator, {
          username: user.username.toUpperCase(),
          password: PASSWORD,
        });
      await remove({ links: "transfer", to: newOwner.username });
      expect(await failureOf(again())).toMatchObject({
        fields: { username: text.username.hasFiles },
      });
      await world.app.links.remove(operator, link.shortCode);
      await sweep();
      expect((await again()).username).toBe(user.username.toUpperCase());
    });

    test("ends all sessions of a deleted user", async () => {
      const tokens = [
        await world.app.accounts.sessions.start(user, TERMS),
        await world.app.accounts.sessions.start(user, TERMS),
      ];
      await remove({ links: "delete" });
      for (const { token } of tokens)
        expect(await world.app.accounts.sessions.find(token)).toBeNull();
    });

    test("ends impersonations of a deleted user", async () => {
      const { app, people } = world;
      const { token, session } = await app.accounts.sessions.start(people.admin, TERMS);
      await app.accounts.sessions.impersonate(admin(), session, user.username);
      expect((await app.accounts.sessions.find(token))?.user.id).toBe(user.id);
      await remove({ links: "delete" });
      expect(await app.accounts.sessions.find(token)).toMatchObject({
        user: { username: "admin" },
        impersonator: null,
      });
    });

    test("fails an upload in progress and leaves nothing of it", async () => {
      await using file = await receive(world, user, "late.txt", "too late");
      await remove({ links: "transfer", to: newOwner.username });
      const code = `late-${user.id}`;
      const creating = world.app.links.create(
        as(user),
        { ownerId: user.id },
        newFileLink(code),
        file,
      );
      expect(await failureOf(creating)).toMatchObject({ code: "forbidden" });
      expect(await holdingsOf(world, newOwner.id)).toEqual(holdings(0, 0, 0));
      expect((await world.request(`/${code}`)).status).toBe(404);
    });

    test("rejects bytes reserved before and used after a removal", async () => {
      await using file = await receive(world, user, "late.txt", "reserved");
      const reserved = await world.app.files.blobs.reserve(file);
      await remove({ links: "transfer", to: newOwner.username });
      const using = world.app.database.write((trx) => world.app.files.blobs.use(trx, reserved));
      expect(await failureOf(using)).toBeDefined();
      await sweep();
      expect(existsSync(joinPath(world.dataFolder, "users", reserved.path))).toBe(false);
    });

    test("leaves no link without an owner while links are created", async () => {
      const creates = Array.from({ length: 20 }, async (_, at) => {
        await using file = await receive(world, user, "race.txt", `race ${at % 3}`);
        const input = newFileLink(`race-${user.id}-${at}`);
        return await world.app.links.create(as(user), { ownerId: user.id }, input, file);
      });
      const removing = remove({ links: "transfer", to: newOwner.username });
      const outcomes = await Promise.allSettled([...creates, removing]);
      const failures = outcomes.flatMap((each) =>
        each.status === "rejected" ? [each.reason.code] : [],
      );
      for (const code of failures) expect(["forbidden", "busy"]).toContain(code);
      const made = outcomes.slice(0, 20).filter(({ status }) => status === "fulfilled").length;
      const { links } = await holdingsOf(world, newOwner.id);
      const left = await holdingsOf(world, user.id);
      expect(links + left.links).toBe(made);
    });

    test("refuses the second of two administrators who delete each other", async () => {
      const one = await join(world, { role: "administrator" });
      const other = await join(world, { role: "administrator" });
      const outcomes = await Promise.allSettled([
        remove({ links: "delete" }, as(one), other),
        remove({ links: "delete" }, as(other), one),
      ]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
      const left = [one, other].map(({ id }) => world.app.accounts.users.findById(id));
      expect((await Promise.all(left)).filter((found) => found !== null)).toHaveLength(1);
    });

    test("refuses the second of two administrators who demote each other", async () => {
      const one = await join(world, { role: "administrator" });
      const other = await join(world, { role: "administrator" });
      const { admin: userAdmin } = world.app.accounts;
      const outcomes = await Promise.allSettled([
        userAdmin.change(as(one), other.id, { role: "user" }),
        userAdmin.change(as(other), one.id, { disabled: true }),
      ]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    });

    test("rejects removals that are not allowed", async () => {
      const { app, people } = world;
      const boss = await join(world, { role: "administrator" });
      await app.accounts.admin.change(operator, people.bob.id, { disabled: true });
      const rows = [
        [() => remove({ links: "delete" }, as(people.alice)), { code: "not_found" }],
        [() => remove({ links: "delete" }, as(user)), { code: "not_found" }],
        [() => remove({ links: "delete" }, as(boss), boss), { code: "forbidden" }],
        [() => remove({ links: "delete" }, as(boss), people.admin), { code: "forbidden" }],
        [
          () => app.accounts.removal.remove(operator, 987_654, { links: "delete" }),
          { code: "not_found" },
        ],
        [
          () => remove({ links: "transfer", to: "nobody-here" }),
          { fields: { to: text.access.noSuchAccount } },
        ],
        [() => remove({ links: "transfer", to: user.username }), { code: "invalid" }],
        [() => remove({ links: "transfer", to: "bob" }), { code: "invalid" }],
        [() => app.accounts.removal.summarize(as(people.alice), user.id), { code: "not_found" }],
        [() => app.accounts.removal.summarize(operator, people.admin.id), { code: "forbidden" }],
      ] as const;
      for (const [attempt, failure] of rows)
        expect(await failureOf(attempt())).toMatchObject(failure);
      expect(await app.accounts.users.findById(user.id)).not.toBeNull();
      await app.accounts.admin.change(operator, people.bob.id, { disabled: false });
    });

    test("audits a removal with what happened to the links", async () => {
      await shareBytes(world, user, "noted");
      await remove({ links: "transfer", to: newOwner.username });
      const { events } = await world.app.audit.list(
        admin(),
        { action: "user.removed" },
        { limit: 1 },
      );
      const details = { links: "transfer", count: 1, to: newOwner.username };
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
] as const)("accepts the removal plan %p", (input, plan) => {
  expect(parseInput(removalPlanSchema, input)).toEqual(plan);
});

test.each([
  [{ links: "", to: "" }, "links", text.removal.choosePlan],
  [{ links: "burn", to: "alice" }, "links", text.removal.choosePlan],
  [{ links: "transfer", to: " " }, "to", text.removal.chooseNewOwner],
])("rejects the removal plan %p", async (input, field, message) => {
  const problem = await failureOf((async () => parseInput(removalPlanSchema, input))());
  expect(problem).toMatchObject({ code: "invalid", fields: { [field]: message } });
});
