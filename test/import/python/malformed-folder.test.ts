import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { moveIn } from "../../../src/import/python/import-python.ts";
import { openOldFolder } from "../../../src/import/python/old-folder.ts";
import { parseNewLink } from "../../../src/links/link-input.ts";
import { applyDeclared } from "../../../src/links-file/apply-declared.ts";
import { operator } from "../../../src/policy.ts";
import { toProblem } from "../../../src/problem.ts";
import { failureOf } from "../../failure.ts";
import { filesOf } from "../../site-backup/folder-tree.ts";
import { as, openTestApp, START, type World } from "../../world.ts";
import { sha256, write } from "./old-folder.ts";

const CONTEXT = { now: START, zone: "UTC", schemes: ["https"], ownOrigins: [] };
const ONE = '[links.one]\ntype = "redirect"\nurl = "https://example.com/one"\n';
const TWO = '[links.two]\ntype = "redirect"\nurl = "https://example.com/two"\n';

describe("moving in what is not as it should be", () => {
  let world: World;
  let root: string;
  beforeEach(async () => {
    world = await openTestApp();
    root = mkdtempSync(join(tmpdir(), "trunk8-old-"));
    const hash = sha256("pass");
    const users = ["carla", "dave"].map((name) => `[users.${name}]\npassword_hash = "${hash}"\n`);
    write(root, "users/users.toml", users.join("\n"));
    write(root, "users/dave/links.toml", TWO);
  });
  afterEach(async () => {
    await world.close();
    rmSync(root, { recursive: true, force: true });
  });

  const move = async (isDryRun = false) => {
    const { dataFolder } = world;
    const folder = await openOldFolder(root, dataFolder);
    return (await moveIn(world.app, folder, { isDryRun, dataFolder })).report.text();
  };
  const failure = async () => toProblem(await failureOf(move()));
  const status = async (code: string) => (await world.request(`/${code}`)).status;

  test.each([
    ["of 50 MB", "#".repeat(50 * 1_048_576), "users/carla/links.toml: It is larger than 32 MB."],
    ["that is no UTF-8", new Uint8Array([0x23, 0xff]), "users/carla/links.toml: It is not UTF-8"],
    ["with a NUL", `${ONE}# \0\n`, "users/carla/links.toml:4: Column 3: This is no TOML"],
    ["cut in the middle", `${ONE}[links.x]\nurl = "htt`, "users/carla/links.toml:5: Column 7"],
    ["with a code twice", ONE + ONE, "users/carla/links.toml:4: Column"],
    ["whose links are a number", "links = 5\n", "users/carla/links.toml:1: Column 1"],
  ])("a links.toml %s is told of, and the others move", async (_, text, line) => {
    write(root, "users/carla/links.toml", text);
    expect(await move()).toContain(line);
    expect([await status("one"), await status("two")]).toEqual([404, 302]);
  });

  test("what could not be read moves once it is mended", async () => {
    write(root, "users/carla/links.toml", `${ONE}[`);
    await move();
    write(root, "users/carla/links.toml", ONE);
    expect(await move()).toContain("Links that were here      1");
    expect([await status("one"), await status("two")]).toEqual([302, 302]);
  });

  test.each([
    ["broken", "[users", "users/users.toml, line 1, column 2: "],
    ["no UTF-8", new Uint8Array([0xff]), "users/users.toml: It is not UTF-8 text."],
  ])("a users.toml that is %s stops everything before it begins", async (_, text, message) => {
    write(root, "users/users.toml", text);
    expect(await failure()).toMatchObject({ code: "invalid" });
    expect((await failure()).message).toContain(message);
    expect(await world.app.users.findByUsername("carla")).toBeNull();
  });

  test("a folder without the original's data is none", async () => {
    rmSync(join(root, "users/users.toml"));
    expect(await failure()).toMatchObject({ code: "not_found" });
  });

  test.each([
    ["no table", "users.eve = 3\n", '"eve" is no user'],
    ["out of the folder", '[users."../eve"]\n', '"../eve" is no user'],
    ["the folder itself", '[users."."]\n', '"." is no user'],
  ])("a user that is %s is left out", async (_, text, message) => {
    write(root, "users/users.toml", text);
    expect(await move()).toContain(`users/users.toml:1: ${message}`);
    expect((await world.app.users.findByUsername("eve")) ?? null).toBeNull();
  });

  test("a user whose account is here keeps it, and gets the links", async () => {
    write(root, "users/users.toml", `[users.bob]\npassword_hash = "${sha256("pass")}"\n`);
    write(root, "users/bob/links.toml", ONE);
    expect(await move()).toContain("bob (the account was here already, and stays as it is)");
    expect((await world.app.links.get(operator, "one")).owner).toBe("bob");
    await world.signIn(world.people.bob);
  });

  test("a code that somebody has here stays theirs", async () => {
    const { alice } = world.people;
    const input = parseNewLink({ short_code: "two", url: "https://example.com/hers" }, CONTEXT);
    await world.app.links.create(as(alice), { ownerId: alice.id }, input);
    expect(await move()).toContain("two: This code belongs to somebody else here.");
    expect((await world.app.links.get(operator, "two")).owner).toBe("alice");
  });

  test.each([
    ["folder", () => mkdirSync(join(root, "users/carla/assets/it"), { recursive: true })],
    ["symlink in a circle", () => symlinkSync("it", assets("it"))],
    ["symlink to a folder outside", () => symlinkSync("/etc", assets("it"))],
    ["symlink to another user's", () => symlinkSync("../../dave/links.toml", assets("it"))],
    ["symlink to nothing", () => symlinkSync("nowhere", assets("it"))],
  ])("a file that is a %s is missing", async (_, make) => {
    mkdirSync(join(root, "users/carla/assets"), { recursive: true });
    make();
    write(root, "users/carla/links.toml", '[links.one]\ntype = "file"\npath = "it"\n');
    expect(await move()).toContain("users/carla/links.toml:3: one comes without its file");
    expect(await status("one")).toBe(500);
  });

  const assets = (name: string) => join(root, "users/carla/assets", name);

  test("a relative address leads from the site's own, where that is known", async () => {
    const links = '[links.one]\ntype = "redirect"\nurl = "/two"\n';
    write(root, "users/carla/links.toml", links);
    expect(await move()).toContain('one: "/two" is no whole address.');
    await world.close();
    world = await openTestApp({ settings: { "server.public_url": "https://x.example" } });
    await move();
    const { headers } = await world.request("/one");
    expect(headers.get("location")).toBe("https://x.example/two");
  });

  test("quotas do not keep out what people had before", async () => {
    await world.close();
    world = await openTestApp({ settings: { "files.quota_mb": 1 } });
    write(root, "users/carla/assets/big.bin", new Uint8Array(2_000_000));
    write(root, "users/carla/links.toml", '[links.one]\ntype = "file"\npath = "big.bin"\n');
    await move();
    const carla = await world.app.users.findByUsername("carla");
    expect(await world.app.blobs.usageOf(carla?.id ?? 0)).toMatchObject({ bytes: 2_000_000 });
    expect(await status("one")).toBe(200);
  });

  test.each([
    ["two links of one file", "a.txt", "a.txt", 1],
    ["two files with the same bytes", "a.txt", "b.txt", 1],
  ])("%s share what is kept", async (_, first, second, kept) => {
    for (const name of [first, second]) write(root, `users/carla/assets/${name}`, "same");
    const file = (code: string, path: string) =>
      `[links.${code}]\ntype = "file"\npath = "${path}"\n`;
    write(root, "users/carla/links.toml", file("one", first) + file("three", second));
    await move();
    const used = world.app.database.read.selectFrom("blob").selectAll().where("state", "=", "used");
    const rows = await used.execute();
    expect(rows.map(({ uses }) => uses)).toEqual(Array(kept).fill(2));
    expect([await status("one"), await status("three")]).toEqual([200, 200]);
  });

  test("in place, what a links.toml has declared meanwhile is moved, and stays", async () => {
    const { dataFolder, people, app } = world;
    write(dataFolder, "users/users.toml", "[users.alice]\n");
    write(dataFolder, "users/alice/links.toml", ONE);
    await applyDeclared(app, people.alice, { prune: false });
    expect((await app.links.get(operator, "one")).declared).toBe(true);
    const folder = await openOldFolder(dataFolder, dataFolder);
    await moveIn(app, folder, { isDryRun: false, dataFolder });
    await applyDeclared(app, people.alice, { prune: false });
    expect((await app.links.get(operator, "one")).declared).toBe(false);
    expect(await status("one")).toBe(302);
  });

  test("a dry run tells the same, and does nothing", async () => {
    write(root, "users/carla/links.toml", ONE);
    const before = filesOf(world.dataFolder).size;
    const told = await move(true);
    expect(told).toContain("Links                     2 (redirect 2,");
    expect(await world.app.users.findByUsername("carla")).toBeNull();
    expect(filesOf(world.dataFolder).size).toBe(before);
    expect(await status("one")).toBe(404);
  });

  test.each([
    ["max_file_size_mb = 0", "app.max_file_size_mb cannot be 0 here: it is 100."],
    ["max_file_size_mb = 0.5", "app.max_file_size_mb is 0.5; here it is 1."],
    ["max_file_size_mb = -1", "app.max_file_size_mb cannot be -1 here: it is 100."],
    ['theme = "nope"', "app.theme cannot be nope here: it is cerulean."],
    ["theme = ", "config/config.toml:2: It cannot be read: the settings stay as they are."],
  ])("of the setting %s the report says what becomes of it", async (line, told) => {
    write(root, "config/config.toml", `[app]\n${line}\n`);
    expect(await move()).toContain(told);
  });
});
