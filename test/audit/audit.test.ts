import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { User } from "../../src/accounts/user.ts";
import { type AuditEvent, COMMAND_LINE } from "../../src/audit/audit-event.ts";
import { type Actor, operator, visitor } from "../../src/policy.ts";
import { join } from "../accounts/removal-site.ts";
import { failureOf } from "../failure.ts";
import { newLink } from "../share.ts";
import { as, databases, openTestApp, PASSWORD, START, type World } from "../world.ts";

const DAY = 86_400_000;
const ADDRESS = "203.0.113.7";

for (const kind of databases) {
  describe(`audit log on ${kind}`, () => {
    let world: World;
    let user: User;
    let created = 0;

    beforeAll(async () => {
      world = await openTestApp({ database: kind });
    });
    afterAll(() => world.close());
    beforeEach(async () => {
      world.clock.set(START);
      user = await join(world);
    });

    const admin = () => as(world.people.admin);
    const list = async (filter = {}, limit = 50) =>
      (await world.app.audit.list(admin(), filter, { limit })).events;
    const actionsOf = (events: readonly AuditEvent[]) => events.map(({ action }) => action);

    const createLink = async (actor: Actor, owner = user) => {
      const input = newLink({
        shortCode: `noted-${kind}-${created++}`,
        target: "https://example.org/",
      });
      return await world.app.links.create(actor, { ownerId: owner.id }, input);
    };

    test("records the changes of a link with actor and address", async () => {
      const actor = { ...as(user), address: ADDRESS };
      const { shortCode } = await createLink(actor);
      world.clock.advance(1000);
      await world.app.links.edit(actor, shortCode, { title: "New", note: "" });
      await world.app.links.remove(admin(), shortCode);
      const shared = { resource: shortCode, ownerId: user.id, impersonated: "" };
      const byUser = { ...shared, actorId: user.id, actor: user.username, address: ADDRESS };
      expect(await list({ resource: shortCode })).toMatchObject([
        { ...shared, action: "link.removed", actor: "admin", address: "" },
        { ...byUser, action: "link.changed", at: START + 1000, details: { fields: "title" } },
        { ...byUser, action: "link.created", at: START, details: { kind: "redirect" } },
      ]);
    });

    test("records each of many links changed or deleted at once", async () => {
      const codes = [
        (await createLink(as(user))).shortCode,
        (await createLink(as(user))).shortCode,
      ];
      await world.app.links.many.run(as(user), codes, { change: { expiresAt: START + DAY } });
      await world.app.links.many.run(as(user), codes, { deletes: true });
      const actions = actionsOf(await list({ actor: user.username }));
      expect(actions.slice(0, 4)).toEqual([
        "link.removed",
        "link.removed",
        "link.changed",
        "link.changed",
      ]);
    });

    test("records no refused changes", async () => {
      const { shortCode } = await createLink(as(user));
      await failureOf(world.app.links.remove(as(world.people.bob), shortCode));
      await failureOf(
        world.app.accounts.users.create(operator, { username: user.username, password: PASSWORD }),
      );
      expect(actionsOf(await list({ resource: shortCode }))).toEqual(["link.created"]);
      expect(actionsOf(await list({ resource: user.username }))).toEqual(["user.created"]);
    });

    test("records an impersonating administrator as the actor", async () => {
      const { userId, username } = { userId: world.people.admin.id, username: "admin" };
      const impersonated = { ...as(user), impersonator: { userId, username } } as Actor;
      const { shortCode } = await createLink(impersonated);
      expect(await list({ resource: shortCode })).toMatchObject([
        { actorId: userId, actor: "admin", impersonated: user.username, ownerId: user.id },
      ]);
      const theirs = await list({ actor: user.username.toUpperCase() });
      expect(theirs.map(({ resource }) => resource)).toContain(shortCode);
    });

    test("records the command line as an actor of its own", async () => {
      const { shortCode } = await createLink(operator);
      const found = await list({ actor: COMMAND_LINE, resource: shortCode });
      expect(found).toMatchObject([{ actorId: null, actor: COMMAND_LINE, address: "" }]);
    });

    test("records sign-ins, and refused ones without an unknown username", async () => {
      const { users } = world.app.accounts;
      const address = "198.51.100.9";
      await users.signIn({ username: user.username, password: PASSWORD, address });
      const wrong = [user.username, "my password, typed into the wrong field"];
      for (const username of wrong)
        await failureOf(users.signIn({ username, password: "wrong", address }));
      expect((await list({ address })).toReversed()).toMatchObject([
        { action: "user.signed_in", actorId: user.id, resource: user.username },
        { action: "user.sign_in_refused", actorId: null, actor: "", resource: user.username },
        { action: "user.sign_in_refused", actorId: null, actor: "", resource: "" },
      ]);
    });

    test("limits the recorded refusals of one network", async () => {
      const address = "198.51.100.77";
      for (let at = 0; at < 70; at++) {
        const attempt = { username: `no-one-${at}`, password: "wrong", address };
        await failureOf(world.app.accounts.users.signIn(attempt));
      }
      expect(await list({ address }, 100)).toHaveLength(50);
    });

    test("lists for users what they did and what concerns them, without the addresses of others", async () => {
      const actor = { ...as(user), address: ADDRESS };
      const { shortCode } = await createLink(actor);
      await world.app.links.remove({ ...admin(), address: "192.0.2.1" } as Actor, shortCode);
      await createLink(as(world.people.bob), world.people.bob);
      const { events } = await world.app.audit.ownOf(actor, { limit: 50 });
      expect(events.map(({ action, address }) => [action, address])).toEqual([
        ["link.removed", ""],
        ["link.created", ADDRESS],
        ["user.created", ""],
      ]);
      expect(await world.app.audit.latestOwn(actor, 2)).toEqual(events.slice(0, 2));
    });

    test("is divided into pages and filtered by time", async () => {
      for (let at = 0; at < 5; at++) {
        world.clock.set(START + at * DAY);
        await createLink(as(user));
      }
      const filter = { actor: user.username };
      const first = await world.app.audit.list(admin(), filter, { limit: 3 });
      const after = first.next ?? 0;
      const second = await world.app.audit.list(admin(), filter, { limit: 3, after });
      expect([first.events.length, second.events.length, second.next]).toEqual([3, 2, null]);
      const between = { ...filter, since: START + DAY, until: START + 3 * DAY };
      expect(await list(between)).toHaveLength(2);
      expect(await list({ ...filter, action: "link.removed" })).toEqual([]);
    });

    test.each(["actor", "resource", "address"] as const)(
      "finds nothing by an %s that no text in the database can have",
      async (name) => {
        expect(await list({ [name]: "a\0b" })).toEqual([]);
      },
    );

    test("exports all events as CSV, quoted and without formulas", async () => {
      const rows = Array.from({ length: 1500 }, (_, at) => ({
        action: "settings.changed" as const,
        resource: at === 0 ? '=HYPERLINK("x")' : `many-${at}`,
      }));
      await world.app.database.write((trx) => world.app.audit.record(trx, as(user), ...rows));
      const pieces = await Array.fromAsync(
        world.app.audit.exportCsv(admin(), { actor: user.username, action: "settings.changed" }),
      );
      const lines = pieces.join("").split("\r\n");
      expect(pieces).toHaveLength(3);
      expect(lines).toHaveLength(1502);
      expect(lines[0]).toBe("time,actor,acted_for,address,deed,thing,details");
      expect(lines.at(-2)).toBe(
        `2026-03-17T12:00:00.000Z,${user.username},,,settings.changed,"'=HYPERLINK(""x"")",{}`,
      );
    });

    test("refuses the activity of others to anyone but administrators", async () => {
      for (const actor of [as(user), visitor]) {
        const attempt = world.app.audit.list(actor, {}, { limit: 1 });
        expect(await failureOf(attempt)).toMatchObject({ code: "forbidden" });
        const reading = Promise.try(() => Array.fromAsync(world.app.audit.exportCsv(actor, {})));
        expect(await failureOf(reading)).toMatchObject({ code: "forbidden" });
      }
      const own = world.app.audit.ownOf(visitor, { limit: 1 });
      expect(await failureOf(own)).toMatchObject({ code: "unauthenticated" });
      const latest = world.app.audit.latestOwn(visitor, 1);
      expect(await failureOf(latest)).toMatchObject({ code: "unauthenticated" });
    });

    test("deletes old events in batches", async () => {
      await createLink(as(user));
      world.clock.set(START + 400 * DAY);
      await createLink(as(user));
      expect(await world.app.audit.prune(365, 3)).toBe(3);
      while ((await world.app.audit.prune(365, 1000)) > 0);
      const left = await list();
      expect(left.filter(({ at }) => at < START + 35 * DAY)).toEqual([]);
      expect(actionsOf(left)[0]).toBe("link.created");
    });
  });
}
