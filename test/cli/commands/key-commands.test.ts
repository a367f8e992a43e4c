import { afterAll, beforeAll, expect, test } from "bun:test";
import { text as accountText } from "../../../src/accounts/text.en.ts";
import { text } from "../../../src/cli/commands/keys/text.en.ts";
import { openTestApp, START, type World } from "../../world.ts";
import { callProgram } from "../program.ts";

let world: World;
beforeAll(async () => {
  world = await openTestApp();
});
afterAll(() => world.close());

const trunk8 = (...words: string[]) =>
  callProgram(world.dataFolder, words, { env: { TRUNK8_DATA: world.dataFolder } });
const add = (name: string, ...words: string[]) => trunk8("key", "add", name, ...words);
const use = { client: "curl/8", network: "203.0.113.9" };

test("prints a new key alone, lists it without its secret, and revokes it everywhere", async () => {
  const made = await add("CI", "--user", "alice", "--scopes", "links:create, files:create");
  expect(made.stderr).toContain(text.created("CI", "alice"));
  expect(made.stdout).toMatch(/^t8[0-9A-Za-z]{38}\n$/);
  const key = made.stdout.trim();
  // The process of the site has it in memory when another process revokes it.
  expect((await world.app.accounts.keys.find(key, use)).user.username).toBe("alice");

  const listed = await trunk8("key", "ls");
  expect(listed.stdout).toContain(key.slice(0, 8));
  expect(listed.stdout).not.toContain(key.slice(0, 12));
  const [row] = JSON.parse((await trunk8("key", "ls", "--user", "alice", "--json")).stdout);
  expect(row).toMatchObject({
    key: key.slice(0, 8),
    user: "alice",
    name: "CI",
    scopes: ["links:create", "files:create"],
    kinds: null,
    expires_at: null,
    revoked_at: null,
  });

  expect((await trunk8("key", "revoke", key.slice(0, 8))).exitCode).toBe(0);
  await expect(world.app.accounts.keys.find(key, use)).rejects.toThrow(accountText.key.revoked);
  expect((await trunk8("key", "revoke", key.slice(0, 8))).stderr).toContain(
    text.notFound(key.slice(0, 8)),
  );
  expect((await trunk8("key", "ls", "--user", "bob")).stderr).toContain(text.empty);
});

test("a key expires, and is for some types of links", async () => {
  const scopes = ["--scopes", "links:read"];
  const made = await add("x", "--user", "bob", ...scopes, "--expires", "1d", "--kinds", "file");
  const { key } = await world.app.accounts.keys.find(made.stdout.trim(), use);
  expect(key.kinds).toEqual(["file"]);
  expect(key.expiresAt).toBeGreaterThan(START);
});

test.each([
  [["x"], text.userMissing, 2],
  [["x", "--user", "bob"], text.scopesMissing, 2],
  [["x", "--user", "nobody", "--scopes", "links:read"], "nobody", 1],
  [["x", "--user", "bob", "--scopes", "links"], accountText.key.unknownScope, 1],
  [["x", "--user", "bob", "--scopes", ","], accountText.key.chooseScope, 1],
  [["x", "--user", "bob", "--scopes", "users:admin"], "users:admin", 1],
  [["x", "--user", "bob", "--scopes", "links:read", "--expires", "yesterday"], "time span", 1],
])("refuses key add %j", async (words, message, exitCode) => {
  const [name = "", ...more] = words;
  const refused = await add(name, ...more);
  expect(refused.stderr.toLowerCase()).toContain(message.toLowerCase());
  expect([refused.exitCode, refused.stdout]).toEqual([exitCode, ""]);
});
