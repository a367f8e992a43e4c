/** Commands on the machine of a site and over its API: the same output. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text as accountText } from "../../../src/accounts/text.en.ts";
import { text } from "../../../src/cli/client/text.en.ts";
import { text as login } from "../../../src/cli/commands/login/text.en.ts";
import { text as trashText } from "../../../src/cli/commands/trash/text.en.ts";
import { operator, type Scope } from "../../../src/policy.ts";
import { answer } from "../../../src/server/dispatch.ts";
import { openTestApp, type World } from "../../world.ts";
import { type Call, callProgram, type Result } from "../program.ts";

// Each test starts the program many times.
setDefaultTimeout(180_000);

let world: World;
let site: Bun.Server<undefined>;
let origin: string;
let key: string;
/** A folder without data, and a home. */
let folder: string;

const SCOPES: readonly Scope[] = [
  "links:read",
  "links:create",
  "links:write",
  "files:create",
  "tags:write",
  "keys:write",
  "stats:read",
  "users:admin",
  "audit:read",
];

async function makeKey(scopes: readonly Scope[], expiresAt: number | null = null) {
  const { admin } = world.people;
  const input = { name: "a test", scopes, expiresAt };
  return (await world.app.accounts.keys.create(operator, admin, input)).secret;
}

beforeAll(async () => {
  world = await openTestApp({ settings: { "links.trash_days": 30 } });
  const connection = { address: () => "127.0.0.1", allowSilence: () => {} };
  site = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request) => answer(world.app, request, connection),
  });
  origin = `http://127.0.0.1:${site.port}`;
  key = await makeKey(SCOPES);
  folder = mkdtempSync(join(tmpdir(), "trunk8-cli-"));
  writeFileSync(join(folder, "notes.txt"), "Some notes.\n");
});
afterAll(async () => {
  await site.stop(true);
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

const here = (words: readonly string[], input = "") =>
  callProgram(folder, words, {
    input,
    env: { TRUNK8_DATA: world.dataFolder, TRUNK8_SERVER_PUBLIC_URL: origin },
  });

const there = (words: readonly string[], { env = {}, input = "" }: Call = {}) =>
  callProgram(folder, [...words, "--server", origin], {
    input,
    env: { TRUNK8_DATA: "", HOME: folder, TRUNK8_KEY: key, ...env },
  });

const ok = async (result: Promise<Result>) => {
  const { exitCode, stdout, stderr } = await result;
  expect([exitCode, exitCode === 0 ? "" : stderr]).toEqual([0, ""]);
  return { stdout, stderr };
};

test("links are the same, created and changed here or there", async () => {
  const options = ["--expires", "2030-01-02T03:04Z", "--tag", "a, b", "--title", "T"];
  for (const [where, call] of [
    ["h", here],
    ["t", there],
  ] as const) {
    const url = ["add", "https://a.example/", "--code", `${where}-url`, ...options];
    expect((await ok(call(url))).stdout).toBe(`${origin}/${where}-url\n`);
    const file = ["add", "notes.txt", "--code", `${where}-file`, "--tag", "c", "--json"];
    const code = `${where}-file`;
    expect(JSON.parse((await ok(call(file))).stdout)).toEqual({
      short_code: code,
      shortCode: code,
      url: `${origin}/${code}`,
    });
    const move = ["edit", `${where}-url`, "--url", "https://b.example/"];
    await ok(call(move));
    expect(
      (await ok(call(["edit", code, "--note", "N", "--expires", "2099-01-01T00:00Z"]))).stderr,
    ).toContain(code);
  }
  for (const words of [
    ["ls"],
    ["ls", "--json"],
    ["ls", "--tag", "a", "--sort", "code"],
    ["ls", "--kind", "file", "--search", "notes"],
    ["show", "h-url"],
    ["show", "t-file", "--json"],
    ["history", "h-url"],
    ["history", "t-url", "--json"],
    ["history", "t-url", "--view", "1"],
    ["tag", "ls"],
    ["tag", "ls", "--json"],
    ["qr", "t-url"],
    ["stats", "t-url"],
    ["export", "--ndjson"],
    ["open", "h-file"],
  ])
    expect([words, (await ok(there(words))).stdout]).toEqual([
      words,
      (await ok(here(words))).stdout,
    ]);
});

test("tags, the trash and keys are the same", async () => {
  for (const [where, call] of [
    ["h", here],
    ["t", there],
  ] as const) {
    const code = `${where}-gone`;
    await ok(call(["add", "https://b.example/", "--code", code, "--tag", `${where}1, ${where}2`]));
    await ok(call(["tag", "rename", `${where}1`, `${where}3`]));
    await ok(call(["tag", "merge", `${where}3`, `${where}2`]));
    await ok(call(["tag", "rm", `${where}2`]));
    await ok(call(["rm", code]));
  }
  const trashed = await ok(here(["trash", "--json"]));
  expect((await ok(there(["trash", "--json"]))).stdout).toBe(trashed.stdout);
  const [{ code }] = JSON.parse(trashed.stdout);
  await ok(there(["trash", "restore", code]));
  const listed = JSON.parse((await ok(there(["key", "ls", "--json"]))).stdout);
  expect(listed).toMatchObject([{ key: key.slice(0, 8), user: "admin" }]);
  const other = await makeKey(["links:read"]);
  expect((await ok(there(["key", "revoke", other.slice(0, 8)]))).stdout).toContain(
    other.slice(0, 8),
  );
});

test("rm is undone by restore, here or there", async () => {
  for (const [where, call] of [
    ["h", here],
    ["t", there],
  ] as const) {
    const code = `${where}-undone`;
    await ok(call(["add", "https://c.example/", "--code", code]));
    expect(JSON.parse((await ok(call(["rm", code, "--json"]))).stdout)).toEqual({
      deleted: [code],
    });
    const restored = JSON.parse((await ok(call(["restore", code, "--json"]))).stdout);
    expect(restored).toEqual({ count: 1, urls: [`${origin}/${code}`] });
  }
  const backup = await there(["restore", "site.zip"]);
  expect([backup.exitCode, backup.stderr]).toEqual([2, `trunk8: ${trashText.backupIsLocal}\n`]);
});

test("accounts and the audit log are the same", async () => {
  for (const [where, call] of [
    ["h", here],
    ["t", there],
  ] as const) {
    const name = `user-${where}`;
    const added = await ok(call(["user", "add", name, "--one-time", "--json"]));
    expect(JSON.parse(added.stdout)).toEqual({
      username: name,
      role: "user",
      password: expect.stringMatching(/^[a-z2-9]{20}$/),
    });
    await ok(call(["user", "disable", name]));
    await ok(call(["user", "enable", name]));
    await ok(call(["user", "disable", name]));
  }
  for (const words of [
    ["user", "list"],
    ["user", "list", "--search", "user-", "--json"],
    ["audit", "--action", "user.created"],
    ["audit", "--resource", "user-t", "--limit", "2", "--json"],
  ])
    expect([words, (await ok(there(words))).stdout]).toEqual([
      words,
      (await ok(here(words))).stdout,
    ]);
  const person = await there(["user", "remove", "user-t", "--links", "keep", "--yes"]);
  expect([person.exitCode, person.stderr]).toEqual([
    2,
    `trunk8: ${text.needsPerson("user remove")}\n`,
  ]);
});

test("a links.toml is planned and applied alike, here or there", async () => {
  const outputs: (readonly string[])[] = [];
  for (const call of [here, there]) {
    const toml =
      '[links.one]\nurl = "https://f.example/"\n[links.two]\ntype = "markdown"\ncontent = "# Two"\n';
    writeFileSync(join(folder, "links.toml"), toml);
    const words = ["apply", "links.toml", "--user", "admin"];
    const dry = await ok(call([...words, "--dry-run"]));
    const applied = await ok(call([...words, "--json"]));
    writeFileSync(join(folder, "links.toml"), toml.replace("f.example", "g.example"));
    const changed = await ok(call(words));
    const same = await ok(call(words));
    writeFileSync(join(folder, "links.toml"), `${toml}colour = 1\n[links.one]\n`);
    const wrong = await call(words);
    expect(wrong.exitCode).toBe(1);
    outputs.push([dry, applied, changed, same, wrong].flatMap((one) => [one.stdout, one.stderr]));
    await ok(call(["rm", "one", "two"]));
    await ok(call(["trash", "purge", "one", "two"]));
  }
  expect(outputs[1]).toEqual(outputs[0] ?? []);
  expect(outputs[1]?.[0]).toBe("+ one  https://f.example/\n+ two  markdown two.md\n");
});

test("CSV is imported and exported alike, here or there", async () => {
  const outputs: (readonly string[])[] = [];
  for (const [where, call] of [
    ["h", here],
    ["t", there],
  ] as const) {
    const csv = `target,short_code,size\nhttps://e.example/,${where}-csv,1\nmailto:x,other,2\n`;
    writeFileSync(join(folder, "links.csv"), csv);
    const refused = await call(["import", "csv", "links.csv"]);
    expect([refused.exitCode, refused.stdout]).toEqual([1, ""]);
    const dry = await ok(call(["import", "csv", "links.csv", "--dry-run"]));
    const some = await ok(call(["import", "csv", "links.csv", "--skip-invalid", "--json"]));
    expect(JSON.parse(some.stdout)).toEqual({ created: 1, refused: 1 });
    outputs.push([refused.stderr, dry.stderr, dry.stdout, some.stderr, some.stdout]);
  }
  expect(outputs[1]).toEqual(outputs[0] ?? []);
  for (const words of [
    ["export", "--csv"],
    ["export", "--csv", "--user", "admin"],
  ])
    expect([words, (await ok(there(words))).stdout]).toEqual([
      words,
      (await ok(here(words))).stdout,
    ]);
});

test("files are uploaded whole, one after the other", async () => {
  const bytes = crypto.getRandomValues(new Uint8Array(700_000));
  writeFileSync(join(folder, 'a "b".bin'), bytes);
  const { stdout } = await ok(there(["put", "notes.txt", 'a "b".bin', "--tag", "put"]));
  const urls = stdout.trim().split("\n");
  expect(urls).toHaveLength(2);
  const [link] = JSON.parse((await ok(there(["ls", "--search", "a b bin", "--json"]))).stdout);
  expect(link.content).toMatchObject({ name: 'a "b".bin', size: 700_000 });
  expect(link.content.sha256).toBe(new Bun.CryptoHasher("sha256").update(bytes).digest("hex"));
});

describe("a failure is one line on standard error", () => {
  const refused = async (result: Promise<Result>, message: string) => {
    const { exitCode, stdout, stderr } = await result;
    expect([exitCode, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(message);
  };

  test("of a link, as on the machine of the site", async () => {
    for (const words of [
      ["rm", "missing"],
      ["show", "missing"],
      ["add", "javascript:alert(1)"],
      ["add", "https://a.example/", "--code", "a b"],
      ["ls", "--sort", "color"],
      ["tag", "rm", "missing"],
      ["restore", "missing"],
      ["history", "missing"],
      ["history", "t-url", "--restore", "9"],
      ["apply", "missing.toml", "--user", "admin"],
      ["user", "disable", "missing"],
      ["user", "disable", "admin"],
      ["audit", "--action", "color"],
      ["add", "https://d.example/", "--code", "round", "--fallback", `${origin}/round`],
      ["add", "notes.txt", "--code", "round", "--fallback", `${origin}/round`],
    ])
      expect([words, await there(words)]).toEqual([words, await here(words)]);
  });

  test("of a key", async () => {
    const wrong = { env: { TRUNK8_KEY: `t8${"a".repeat(38)}` } };
    await refused(there(["ls"], wrong), accountText.key.invalid);
    const expired = await makeKey(SCOPES, world.clock.now() + 1000);
    world.clock.advance(1001);
    await refused(there(["ls"], { env: { TRUNK8_KEY: expired } }), accountText.key.expired);
    const readOnly = await makeKey(["links:read"]);
    await refused(there(["rm", "x"], { env: { TRUNK8_KEY: readOnly } }), "links:write");
    await refused(there(["ls"], { env: { TRUNK8_KEY: "" } }), text.noKey(origin));
  });

  test("of a site", async () => {
    using other = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: ({ url }) =>
        url.includes("sort") ? Response.redirect(`${origin}/`, 302) : new Response("Hello"),
    });
    const env = { TRUNK8_DATA: "", HOME: folder, TRUNK8_KEY: key };
    const at = (server: string, ...more: string[]) =>
      callProgram(folder, ["ls", "--server", server, ...more], { env });
    const elsewhere = `http://127.0.0.1:${other.port}`;
    await refused(at(elsewhere), text.noTrunk8(elsewhere));
    await refused(at(elsewhere, "--sort", "code"), text.redirects(elsewhere, origin));
    const tls = `https://127.0.0.1:${other.port}`;
    await refused(at(tls), text.unreachable(tls, ""));
    await other.stop(true);
    await refused(at(elsewhere), text.unreachable(elsewhere, ""));
    await refused(at("http://x.example"), text.unencrypted("x.example"));
  });
});

test("short codes are completed from a site, never from a data folder", async () => {
  const { stdout } = await ok(there(["complete-codes", "h-u"]));
  expect(stdout.trim().split("\n")).toContain("h-url");
  expect(stdout).not.toContain("t-url");
  expect((await ok(here(["complete-codes", "h-u"]))).stdout).toBe("");
});

test("says which commands run on the machine of the site only", async () => {
  const { exitCode, stderr } = await there(["doctor"]);
  expect([exitCode, stderr]).toEqual([2, `trunk8: ${text.localOnly("doctor")}\n`]);
});

test("login checks the key and stores it for its user alone; logout deletes it", async () => {
  const path = join(folder, ".config/trunk8/server.json");
  const env = { TRUNK8_DATA: "", HOME: folder };
  const call = (words: readonly string[], input = "") => callProgram(folder, words, { env, input });
  const wrong = await call(["login", origin, "-"], `t8${"a".repeat(38)}\n`);
  expect(wrong).toMatchObject({ exitCode: 1, stdout: "" });
  const inArguments = await call(["login", origin, key]);
  expect([inArguments.exitCode, inArguments.stderr]).toEqual([
    2,
    `trunk8: ${login.keyInArguments}\n`,
  ]);
  expect((await ok(call(["login", origin, "-"], `${key}\n`))).stderr).toContain("admin");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({ origin, key });
  expect((await ok(call(["ls"]))).stdout).toBe((await ok(there(["ls"]))).stdout);

  const { chmodSync } = await import("node:fs");
  chmodSync(path, 0o644);
  expect(await call(["ls"])).toMatchObject({
    exitCode: 1,
    stderr: `trunk8: ${text.stored.open(path)}\n`,
  });
  await ok(call(["logout"]));
  expect((await call(["logout"])).stderr).toContain(login.notStored);
});
