import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { readSecretKey } from "../../../src/accounts/auth/secret-key.ts";
import { Keys, MAX_KEYS } from "../../../src/accounts/keys/keys.ts";
import { openDatabase } from "../../../src/database/open-database.ts";
import { operator, visitor } from "../../../src/policy.ts";
import { toProblem } from "../../../src/problem.ts";
import { until } from "../../until.ts";
import { as, databases, openTestApp, START, type World } from "../../world.ts";

const use = { client: "curl/8.5.0", network: "203.0.113.9" };
const DAY = 86_400_000;

for (const database of databases) {
  describe(`API keys, on ${database}`, () => {
    let world: World;
    beforeEach(async () => {
      world = await openTestApp({ database });
    });
    afterEach(() => world.close());

    const keys = () => world.app.accounts.keys;
    const alices = (more: object = {}) =>
      keys().create(as(world.people.alice), world.people.alice, {
        name: "laptop",
        scopes: ["links:read"],
        ...more,
      });

    test("a key is found by its secret, which is not stored", async () => {
      const { key, secret } = await alices();
      const found = await keys().find(secret, use);
      expect(found.key).toEqual(key);
      expect(found.user.username).toBe("alice");
      const rows = await world.app.database.read.selectFrom("api_key").selectAll().execute();
      expect(JSON.stringify(rows)).not.toContain(secret.slice(8, 20));
      expect(rows[0]?.beginning).toBe(secret.slice(0, 8));
    });

    test("a key of another site is not valid", async () => {
      const other = await openTestApp();
      const { alice } = other.people;
      const { secret } = await other.app.accounts.keys.create(as(alice), alice, {
        name: "x",
        scopes: ["links:read"],
      });
      await other.close();
      expect((await refusal(keys().find(secret, use)))[1]).toBe("This API key is not valid.");
    });

    test("a key ends with its time, whether or not it was used before", async () => {
      const { secret } = await alices({ expiresAt: START + DAY });
      await keys().find(secret, use);
      world.clock.advance(DAY);
      expect((await refusal(keys().find(secret, use)))[1]).toBe("This API key has expired.");
      expect(await keys().sweep(10)).toBe(0);
      world.clock.advance(30 * DAY);
      expect(await keys().sweep(10)).toBe(1);
      expect((await refusal(keys().find(secret, use)))[1]).toBe("This API key is not valid.");
    });

    test("a key is revoked by its owner or an administrator, and by nobody else", async () => {
      const { alice, bob, admin } = world.people;
      const { key, secret } = await alices();
      for (const actor of [visitor, as(bob), { ...as(alice), impersonator: ids(admin) }])
        expect((await refusal(keys().revoke(actor, key.id)))[0]).toBe("not_found");
      expect((await refusal(keys().revoke(as(alice), 4711)))[0]).toBe("not_found");
      await keys().find(secret, use);
      expect((await keys().revoke(as(admin), key.id)).revokedAt).toBe(START);
      expect((await refusal(keys().find(secret, use)))[1]).toBe("This API key has been revoked.");
      world.clock.advance(DAY);
      expect((await keys().revoke(as(alice), key.id)).revokedAt).toBe(START);
      expect(await actionsOf("key.revoked")).toHaveLength(1);
    });

    test("the keys of a disabled or deleted user end at once", async () => {
      const { alice } = world.people;
      const { secret } = await alices();
      await keys().find(secret, use);
      await world.app.accounts.admin.change(operator, alice.id, { disabled: true });
      expect((await refusal(keys().find(secret, use)))[0]).toBe("unauthenticated");
      await world.app.accounts.admin.change(operator, alice.id, { disabled: false });
      expect((await keys().find(secret, use)).user.username).toBe("alice");
      await world.app.accounts.removal.remove(operator, alice.id, { links: "delete" });
      expect((await refusal(keys().find(secret, use)))[0]).toBe("unauthenticated");
    });

    test("a key that another process revokes is refused at the next request", async () => {
      const { app } = world;
      const { key, secret } = await alices();
      await keys().find(secret, use);
      const url = app.live.current["database.url"];
      const parts = { url, poolSize: 2, dataFolder: world.dataFolder, log: app.log };
      const other = await openDatabase(parts);
      const { audit, clock, random, log } = app;
      const secretKey = readSecretKey("", world.dataFolder, random);
      const elsewhere = new Keys({ database: other, audit, clock, random, log, secretKey });
      expect((await elsewhere.find(secret, use)).key.id).toBe(key.id);
      await elsewhere.revoke(as(world.people.alice), key.id);
      expect((await refusal(keys().find(secret, use)))[1]).toBe("This API key has been revoked.");
      await other.close();
    });

    test("a new secret key of the site ends all keys, as it ends sessions", async () => {
      const { database, audit, clock, random, log } = world.app;
      const { secret } = await alices();
      const renewed = new Keys({ database, audit, clock, random, log, secretKey: "another" });
      expect((await refusal(renewed.find(secret, use)))[1]).toBe("This API key is not valid.");
    });

    test("the role that counts is that of now", async () => {
      const { alice } = world.people;
      const { secret } = await alices();
      await keys().find(secret, use);
      await world.app.accounts.admin.change(operator, alice.id, { role: "administrator" });
      expect((await keys().find(secret, use)).user.role).toBe("administrator");
    });

    test("users create keys for themselves, in person; the operator for anyone", async () => {
      const { alice, bob, admin } = world.people;
      const input = { name: "x", scopes: ["links:read"] } as const;
      for (const actor of [visitor, as(bob), as(admin), { ...as(alice), impersonator: ids(admin) }])
        expect((await refusal(keys().create(actor, alice, input)))[0]).toBe("forbidden");
      const { key } = await keys().create(operator, alice, input);
      expect(await keys().list(as(alice), alice.id)).toEqual([key]);
      expect((await keys().list(as(admin), alice.id)).length).toBe(1);
      expect((await refusal(keys().list(as(bob), alice.id)))[0]).toBe("forbidden");
      expect((await refusal(keys().listAll(as(alice))))[0]).toBe("forbidden");
      const { keys: all } = await keys().listAll(as(admin));
      expect(all.map(({ username, beginning }) => [username, beginning])).toEqual([
        ["alice", key.beginning],
      ]);
    });

    test("an account has a limited number of keys, of which those that ended do not count", async () => {
      const first = await alices({ expiresAt: START + DAY });
      for (let n = 1; n < MAX_KEYS; n++) await alices();
      expect((await refusal(alices()))[0]).toBe("invalid");
      world.clock.set(START + DAY);
      await alices();
      expect((await refusal(keys().find(first.secret, use)))[0]).toBe("unauthenticated");
    });

    test("notes the last use, not at each request, and the first one in the audit log", async () => {
      const { alice } = world.people;
      const { secret } = await alices();
      const last = async () => (await keys().list(as(alice), alice.id))[0]?.lastUse ?? null;
      expect(await last()).toBeNull();
      await keys().find(secret, use);
      await until(async () => (await last())?.at === START, { what: "the last use is noted" });
      world.clock.advance(30_000);
      await keys().find(secret, { ...use, client: "wget/1" });
      world.clock.advance(60_000);
      await keys().find(secret, { ...use, client: "wget/2" });
      await until(async () => (await last())?.client === "wget/2", {
        what: "the last use is noted",
      });
      expect(await last()).toEqual({ at: START + 90_000, client: "wget/2", network: use.network });
      world.clock.advance(300_000);
      await keys().find(secret, { ...use, client: "wget/2" });
      await until(async () => (await last())?.at === START + 390_000, {
        what: "the last use is noted",
      });
      expect(await actionsOf("key.first_used")).toEqual([
        {
          actor: "alice",
          resource: "alice",
          details: { name: "laptop", client: use.client, key: secret.slice(0, 8) },
        },
      ]);
    });

    async function actionsOf(action: "key.first_used" | "key.revoked") {
      const { events } = await world.app.audit.list(operator, { action }, { limit: 10 });
      return events.map(({ actor, resource, details }) => ({ actor, resource, details }));
    }
  });
}

describe("what is no key", () => {
  let world: World;
  beforeAll(async () => {
    world = await openTestApp();
  });
  afterAll(() => world.close());

  const keys = () => world.app.accounts.keys;
  const make = (more: object) => {
    const { alice } = world.people;
    return keys().create(as(alice), alice, { name: "a", scopes: ["links:read"], ...more });
  };

  test.each([
    ["empty", ""],
    ["short", "t8"],
    ["of 39 characters", "t8".padEnd(39, "A")],
    ["with a wrong checksum", "t8".padEnd(40, "A")],
    ["with a NUL", `t8\0${"A".repeat(37)}`],
  ])("a key that is %s is not valid", async (_, secret) => {
    expect(await refusal(keys().find(secret, use))).toEqual([
      "unauthenticated",
      "This API key is not valid.",
    ]);
  });

  test.each([
    ["name", { name: " " }],
    ["name", { name: "a\nb" }],
    ["name", { name: "x".repeat(61) }],
    ["scopes", { scopes: [] }],
    ["scopes", { scopes: ["links:everything"] }],
    ["scopes", { scopes: ["users:admin"] }],
    ["kinds", { kinds: [] }],
    ["kinds", { kinds: ["video"] }],
    ["kinds", { scopes: ["backup:read"], kinds: ["file"] }],
    ["expires_at", { expiresAt: START }],
    ["expires_at", { expiresAt: 1.5 }],
    ["more", { more: true }],
  ])("refuses a new key by its %s: %j", async (field, more) => {
    const failure = await make(more).catch(toProblem);
    expect(Object.keys("fields" in failure ? failure.fields : {})).toEqual([field]);
  });
});

function ids({ id: userId, username }: { id: number; username: string }) {
  return { userId, username };
}

async function refusal(work: Promise<unknown>): Promise<[string, string]> {
  try {
    await work;
    return ["", ""];
  } catch (thrown) {
    const { code, message } = toProblem(thrown);
    return [code, message];
  }
}
