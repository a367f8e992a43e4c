/** Links that are given to others. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { User } from "../../../src/accounts/user.ts";
import { text } from "../../../src/links/text.en.ts";
import { operator } from "../../../src/policy.ts";
import {
  holdings,
  holdingsOf,
  join,
  opened,
  shareBytes,
  visit,
} from "../../accounts/removal-site.ts";
import { failureOf } from "../../failure.ts";
import { as, databases, openTestApp, type World } from "../../world.ts";

for (const kind of databases) {
  describe(`links given to others on ${kind}`, () => {
    let world: World;
    let from: User;
    let to: User;

    beforeAll(async () => {
      world = await openTestApp({ database: kind });
    });
    afterAll(() => world.close());
    beforeEach(async () => {
      from = await join(world);
      to = await join(world);
    });

    const give = (codes: readonly string[], name = to.username) =>
      world.app.links.transfer.transfer(as(world.people.admin), codes, name);

    const usesOf = async ({ id }: User) => {
      const query = world.app.database.read.selectFrom("blob").select("uses");
      const rows = await query.where("owner_id", "=", id).where("state", "=", "used").execute();
      return rows.map(({ uses }) => uses);
    };

    test("a link goes with its bytes and its visits, and answers as before", async () => {
      const link = await shareBytes(world, from, "12345");
      const kept = await shareBytes(world, from, "stays");
      await visit(world, link, 3);
      await visit(world, kept, 1);
      expect(await opened(world, link)).toBe("12345");
      await world.app.visits.flush();
      expect(await give([link.shortCode], to.username.toUpperCase())).toBe(1);
      expect(await holdingsOf(world, to.id)).toEqual(holdings(1, 5, 4));
      expect(await holdingsOf(world, from.id)).toEqual(holdings(1, 5, 1));
      expect(await opened(world, link)).toBe("12345");
      const { owner, visits } = await world.app.links.get(as(to), link.shortCode);
      expect([owner, visits]).toEqual([to.username, 4]);
      expect(await failureOf(world.app.links.get(as(from), link.shortCode))).toMatchObject({
        code: "not_found",
      });
    });

    test("bytes that the former owner keeps elsewhere are copied", async () => {
      const [given, kept] = [
        await shareBytes(world, from, "both"),
        await shareBytes(world, from, "both"),
      ];
      expect(await give([given.shortCode])).toBe(1);
      expect(await holdingsOf(world, to.id)).toEqual(holdings(1, 4, 0));
      expect(await holdingsOf(world, from.id)).toEqual(holdings(1, 4, 0));
      await world.app.links.remove(as(from), kept.shortCode);
      expect(await opened(world, given)).toBe("both");
      expect(await usesOf(to)).toEqual([1]);
    });

    test("bytes that both have are one with the new owner's", async () => {
      const theirs = await shareBytes(world, to, "twin");
      const given = [await shareBytes(world, from, "twin"), await shareBytes(world, from, "twin")];
      const kept = await shareBytes(world, from, "twin");
      expect(await give(given.map(({ shortCode }) => shortCode))).toBe(2);
      expect(await usesOf(to)).toEqual([3]);
      expect(await usesOf(from)).toEqual([1]);
      expect((await holdingsOf(world, to.id)).bytes).toBe(4);
      for (const link of [theirs, ...given, kept]) expect(await opened(world, link)).toBe("twin");
    });

    test("all links to the same bytes take them along", async () => {
      const given = [await shareBytes(world, from, "pair"), await shareBytes(world, from, "pair")];
      await give(given.map(({ shortCode }) => shortCode));
      expect(await usesOf(to)).toEqual([2]);
      expect([await usesOf(from), await holdingsOf(world, from.id)]).toEqual([
        [],
        holdings(0, 0, 0),
      ]);
    });

    test("what one has already, and what there is not, is passed over", async () => {
      const link = await shareBytes(world, to, "mine");
      expect(await give([link.shortCode, "there-is-none", "\0"])).toBe(0);
      expect(await give([])).toBe(0);
    });

    test("each gift is on record, and the new owner finds it among their own", async () => {
      const link = await shareBytes(world, from, "noted");
      await give([link.shortCode]);
      const { events } = await world.app.audit.ownOf(as(to), { limit: 1 });
      expect(events).toMatchObject([
        {
          action: "link.given",
          actor: "admin",
          resource: link.shortCode,
          details: { to: to.username },
        },
      ]);
    });

    test("nothing is given where something hinders it", async () => {
      const first = await shareBytes(world, from, "a file of some length");
      await world.app.files.blobs.setQuota(operator, to.id, 5);
      await world.app.accounts.admin.change(operator, world.people.bob.id, { disabled: true });
      const codes = [first.shortCode];
      const rows = [
        [() => give(codes), { code: "over_quota" }],
        [() => give(codes, "a\0b"), { code: "invalid", fields: { to: expect.any(String) } }],
        [() => give(codes, "nobody-here"), { fields: { to: text.access.noSuchAccount } }],
        [() => give(codes, ""), { fields: { to: text.access.noSuchAccount } }],
        [() => give(codes, "bob"), { fields: { to: "This account is disabled." } }],
        [
          () => world.app.links.transfer.transfer(as(from), codes, to.username),
          { code: "forbidden" },
        ],
      ] as const;
      for (const [attempt, failure] of rows)
        expect(await failureOf(attempt())).toMatchObject(failure);
      expect(await holdingsOf(world, from.id)).toEqual(holdings(1, 21, 0));
      expect(await holdingsOf(world, to.id)).toEqual(holdings(0, 0, 0));
      await world.app.accounts.admin.change(operator, world.people.bob.id, { disabled: false });
    });
  });
}
