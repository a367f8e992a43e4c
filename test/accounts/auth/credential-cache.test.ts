/** Sessions are answered from memory only while no process changes an account or a session. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { User } from "../../../src/accounts/user.ts";
import type { Database, Trx } from "../../../src/database/database.ts";
import { openDatabase } from "../../../src/database/open-database.ts";
import { inputContext, parseNewLink } from "../../../src/links/input/link-schema.ts";
import { operator } from "../../../src/policy.ts";
import { silentLog } from "../../../src/telemetry/log.ts";
import { openTestApp, START, type World } from "../../world.ts";
import { joinAgain } from "../sign-in-again.ts";

let world: World;
let other: Database;
let accounts: ReturnType<typeof joinAgain>;
let alice: User;
let token: string;
let lookups = 0;

beforeEach(async () => {
  world = await openTestApp();
  ({ alice } = world.people);
  const { dataFolder } = world;
  other = await openDatabase({ url: "", poolSize: 2, dataFolder, log: silentLog() });
  const { database } = world.app;
  const { lookupNow } = database;
  if (lookupNow === null) throw new Error("SQLite has one.");
  const counting: Database["lookupNow"] = (query) => {
    lookups++;
    return lookupNow(query);
  };
  accounts = joinAgain(world, { database: { ...database, lookupNow: counting } });
  token = (await accounts.sessions.start(alice, { remember: true, device: "" })).token;
  await accounts.sessions.find(token);
  lookups = 0;
});

afterEach(async () => {
  await other.close();
  await world.close();
});

test("a session is read once, however many links are created meanwhile", async () => {
  for (let n = 0; n < 3; n++) {
    const input = { shortCode: `l${n}`, target: "https://a.example/" };
    const link = parseNewLink(input, inputContext(world.app, []));
    await world.app.links.create(operator, { ownerId: alice.id }, link);
    expect(await accounts.sessions.find(token)).toMatchObject({ user: { id: alice.id } });
  }
  expect(lookups).toBe(0);
});

test("a session that expires is not answered from memory", async () => {
  world.clock.set(START + 31 * 86_400_000);
  expect(await accounts.sessions.find(token)).toBeNull();
});

test("another token is not answered by it", async () => {
  expect(await accounts.sessions.find(`${token.slice(0, -1)}_`)).toBeNull();
  expect(await accounts.sessions.find(token)).not.toBeNull();
});

describe("the next request sees what another process has changed", () => {
  type Change = (trx: Trx) => Promise<unknown>;
  const ofUser = (change: object) => (trx: Trx) =>
    trx.updateTable("user").set(change).where("id", "=", alice.id).execute();

  test.each<[what: string, change: Change, expected: object | null]>([
    ["a disabled account", ofUser({ disabled: 1 }), null],
    ["another password", ofUser({ password_hash: "another" }), null],
    ["another role", ofUser({ role: "administrator" }), { user: { role: "administrator" } }],
    ["another name", ofUser({ username: "renamed" }), { user: { username: "renamed" } }],
    [
      "a deleted account",
      (trx) => trx.deleteFrom("user").where("id", "=", alice.id).execute(),
      null,
    ],
    ["a session that ended", (trx) => trx.deleteFrom("session").execute(), null],
    [
      "a session that ends later",
      (trx) =>
        trx
          .updateTable("session")
          .set({ expires_at: START + 1 })
          .execute(),
      { session: { expiresAt: START + 1 } },
    ],
  ])("%s", async (_, change, expected) => {
    await other.write(change);
    const found = await accounts.sessions.find(token);
    if (expected === null) expect(found).toBeNull();
    else expect(found).toMatchObject(expected);
  });

  test("also as one of a group of statements", async () => {
    const { lookup } = other;
    const query = lookup.deleteFrom("session").where("user_id", "=", alice.id).compile();
    await other.writeTogether([query], []);
    expect(await accounts.sessions.find(token)).toBeNull();
  });
});

test("what was read while a change is under way is not kept", async () => {
  const { changes, accountsBucket } = world.app.database;
  if (accountsBucket === null) throw new Error("SQLite has one.");
  changes.beginWrites([accountsBucket]);
  await accounts.sessions.find(token);
  await accounts.sessions.find(token);
  expect(lookups).toBe(2);
  changes.endWrites([accountsBucket]);
  await accounts.sessions.find(token);
  await accounts.sessions.find(token);
  expect(lookups).toBe(3);
});

test("nothing is kept where changes are not followed", async () => {
  const database: Database = { ...world.app.database, accountsBucket: null };
  const { sessions } = joinAgain(world, { database });
  await sessions.find(token);
  await world.app.accounts.admin.change(operator, alice.id, { disabled: true });
  expect(await sessions.find(token)).toBeNull();
});
