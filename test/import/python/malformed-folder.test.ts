import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { importPython } from "../../../src/import/python/import-python.ts";
import { openOldFolder } from "../../../src/import/python/old-folder.ts";
import { text } from "../../../src/import/python/text.en.ts";
import { text as importText } from "../../../src/import/text.en.ts";
import { applyDeclared } from "../../../src/links-file/apply-declared.ts";
import { operator } from "../../../src/policy.ts";
import { toProblem } from "../../../src/problem.ts";
import { failureOf } from "../../failure.ts";
import { newLink } from "../../share.ts";
import { filesOf } from "../../site-backup/folder-tree.ts";
import { as, openTestApp, type World } from "../../world.ts";
import { sha256, write } from "./old-folder.ts";

const ONE = '[links.one]\ntype = "redirect"\nurl = "https://example.com/one"\n';
const TWO = '[links.two]\ntype = "redirect"\nurl = "https://example.com/two"\n';

describe("an import of a malformed folder", () => {
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

  const importAll = async (isDryRun = false) => {
    const { dataFolder } = world;
    const folder = await openOldFolder(root, dataFolder);
    return (await importPython(world.app, folder, { isDryRun, dataFolder })).report.full();
  };
  const failure = async () => toProblem(await failureOf(importAll()));
  const status = async (code: string) => (await world.request(`/${code}`)).status;

  test.each([
    ["of 50 MB", "#".repeat(50 * 1_048_576), `: ${text.file.tooLarge}`],
    ["that is not UTF-8", new Uint8Array([0x23, 0xff]), `: ${text.file.notUtf8}`],
    ["with a NUL", `${ONE}# \0\n`, `:4: ${text.links.syntaxError(3, "")}`],
    ["that is cut off", `${ONE}[links.x]\nurl = "htt`, `:5: ${text.links.syntaxError(7, "")}`],
    ["with a duplicate code", ONE + ONE, `:4: ${text.links.syntaxError(2, "")}`],
    ["whose links are a number", "links = 5\n", `:1: ${text.links.syntaxError(1, "")}`],
  ])("reports a links.toml %s, and imports the others", async (_, toml, line) => {
    write(root, "users/carla/links.toml", toml);
    expect(await importAll()).toContain(`users/carla/links.toml${line}`);
    expect([await status("one"), await status("two")]).toEqual([404, 302]);
  });

  test("imports an unreadable links.toml once it is fixed", async () => {
    write(root, "users/carla/links.toml", `${ONE}[`);
    await importAll();
    write(root, "users/carla/links.toml", ONE);
    const { existing } = importText.report.rows;
    expect(await importAll()).toMatch(new RegExp(`${existing} +1$`, "m"));
    expect([await status("one"), await status("two")]).toEqual([302, 302]);
  });

  test.each([
    ["broken", "[users", "users/users.toml, line 1, column 2: "],
    ["not UTF-8", new Uint8Array([0xff]), text.file.notUtf8],
  ])("refuses a users.toml that is %s, and imports nothing", async (_, toml, message) => {
    write(root, "users/users.toml", toml);
    expect(await failure()).toMatchObject({ code: "invalid" });
    expect((await failure()).message).toContain(message);
    expect(await world.app.accounts.users.findByUsername("carla")).toBeNull();
  });

  test("refuses a folder that is not an old data folder", async () => {
    rmSync(join(root, "users/users.toml"));
    expect(await failure()).toMatchObject({ code: "not_found" });
  });

  test.each([
    ["not a table", "users.eve = 3\n", "eve"],
    ["outside the folder", '[users."../eve"]\n', "../eve"],
    ["the folder itself", '[users."."]\n', "."],
  ])("skips a user that is %s", async (_, toml, name) => {
    write(root, "users/users.toml", toml);
    expect(await importAll()).toContain(`users/users.toml:1: ${text.users.notTable(name)}`);
    expect((await world.app.accounts.users.findByUsername("eve")) ?? null).toBeNull();
  });

  test("leaves an existing account unchanged, and adds the links", async () => {
    write(root, "users/users.toml", `[users.bob]\npassword_hash = "${sha256("pass")}"\n`);
    write(root, "users/bob/links.toml", ONE);
    expect(await importAll()).toContain(importText.report.existingUser("bob"));
    expect((await world.app.links.get(operator, "one")).owner).toBe("bob");
    await world.signIn(world.people.bob);
  });

  test("skips a short code that belongs to another user", async () => {
    const { alice } = world.people;
    const input = newLink({ shortCode: "two", target: "https://example.com/hers" });
    await world.app.links.create(as(alice), { ownerId: alice.id }, input);
    expect(await importAll()).toContain(importText.links.skipped("two", importText.links.taken));
    expect((await world.app.links.get(operator, "two")).owner).toBe("alice");
  });

  test.each([
    ["folder", () => mkdirSync(join(root, "users/carla/assets/it"), { recursive: true })],
    ["circular symlink", () => symlinkSync("it", assets("it"))],
    ["symlink to a folder outside", () => symlinkSync("/etc", assets("it"))],
    ["symlink to another user's", () => symlinkSync("../../dave/links.toml", assets("it"))],
    ["symlink to nothing", () => symlinkSync("nowhere", assets("it"))],
  ])("imports a link without its file if that is a %s", async (_, make) => {
    mkdirSync(join(root, "users/carla/assets"), { recursive: true });
    make();
    write(root, "users/carla/links.toml", '[links.one]\ntype = "file"\npath = "it"\n');
    expect(await importAll()).toContain(
      `users/carla/links.toml:3: ${text.links.missingFile("one", "").slice(0, -1)}`,
    );
    expect(await status("one")).toBe(404);
  });

  test("imports no file of an assets folder that is a symlink", async () => {
    write(root, "elsewhere/it", "a secret");
    mkdirSync(join(root, "users/carla"), { recursive: true });
    symlinkSync(join(root, "elsewhere"), join(root, "users/carla/assets"));
    write(root, "users/carla/links.toml", '[links.one]\ntype = "file"\npath = "it"\n');
    expect(await importAll()).toContain(text.links.missingFile("one", "").slice(0, -1));
    expect(await status("one")).toBe(404);
  });

  const assets = (name: string) => join(root, "users/carla/assets", name);

  test("resolves a relative URL against the public URL, if that is known", async () => {
    const links = '[links.one]\ntype = "redirect"\nurl = "/two"\n';
    write(root, "users/carla/links.toml", links);
    expect(await importAll()).toContain(text.links.notWhole("/two"));
    await world.close();
    world = await openTestApp({ settings: { "server.public_url": "https://x.example" } });
    await importAll();
    const { headers } = await world.request("/one");
    expect(headers.get("location")).toBe("https://x.example/two");
  });

  test("imports files beyond the quota", async () => {
    await world.close();
    world = await openTestApp({ settings: { "files.quota_mb": 1 } });
    write(root, "users/carla/assets/big.bin", new Uint8Array(2_000_000));
    write(root, "users/carla/links.toml", '[links.one]\ntype = "file"\npath = "big.bin"\n');
    await importAll();
    const carla = await world.app.accounts.users.findByUsername("carla");
    expect(await world.app.files.blobs.usageOf(carla?.id ?? 0)).toMatchObject({ bytes: 2_000_000 });
    expect(await status("one")).toBe(200);
  });

  test.each([
    ["two links of one file", "a.txt", "a.txt", 1],
    ["two files with the same bytes", "a.txt", "b.txt", 1],
  ])("stores the bytes of %s once", async (_, first, second, kept) => {
    for (const name of [first, second]) write(root, `users/carla/assets/${name}`, "same");
    const file = (code: string, path: string) =>
      `[links.${code}]\ntype = "file"\npath = "${path}"\n`;
    write(root, "users/carla/links.toml", file("one", first) + file("three", second));
    await importAll();
    const used = world.app.database.read.selectFrom("blob").selectAll().where("state", "=", "used");
    const rows = await used.execute();
    expect(rows.map(({ uses }) => uses)).toEqual(Array(kept).fill(2));
    expect([await status("one"), await status("three")]).toEqual([200, 200]);
  });

  test("keeps links that were declared before an import in place", async () => {
    const { dataFolder, people, app } = world;
    write(dataFolder, "users/users.toml", "[users.alice]\n");
    write(dataFolder, "users/alice/links.toml", ONE);
    await applyDeclared(app, people.alice, { prune: false });
    expect((await app.links.get(operator, "one")).declared).toBe(true);
    const folder = await openOldFolder(dataFolder, dataFolder);
    await importPython(app, folder, { isDryRun: false, dataFolder });
    await applyDeclared(app, people.alice, { prune: false });
    expect((await app.links.get(operator, "one")).declared).toBe(false);
    expect(await status("one")).toBe(302);
  });

  test("names the file that is used, of those with the same bytes, in place", async () => {
    const { dataFolder, app } = world;
    write(dataFolder, "users/users.toml", "[users.alice]\n");
    const links = Array.from({ length: 40 }, (_, at) => {
      const path = `${at}.bin`;
      write(dataFolder, `users/alice/assets/${path}`, `${at >> 1} `.repeat(20_000));
      return `[links.link-${at}]\ntype = "file"\npath = "${path}"\n`;
    });
    write(dataFolder, "users/alice/links.toml", links.join(""));
    const folder = await openOldFolder(dataFolder, dataFolder);
    const { report } = await importPython(app, folder, { isDryRun: false, dataFolder });
    const notes: string[] = [];
    for (let at = 0; at < 40; at++) {
      const { content } = await app.links.get(operator, `link-${at}`);
      const [path, used] = [`users/alice/assets/${at}.bin`, `users/${content?.path}`];
      if (path !== used) notes.push(`${path}: ${importText.links.sameBytes(used)}`);
    }
    expect(notes).toHaveLength(20);
    for (const note of notes) expect(report.full()).toContain(note);
  });

  test.each([
    [
      "in a file",
      (source: string) => {
        write(root, "users/carla/assets/doc.md", source);
        return 'path = "doc.md"';
      },
    ],
    ["in links.toml", (source: string) => `content = ${JSON.stringify(source)}`],
  ])("reports headings without a space after #, %s", async (_, place) => {
    const source = "#One\n\n# Two\n\n```\n#code\n```\n\n###Three\n#\n#######seven\ntext #hash\n";
    write(root, "users/carla/links.toml", `[links.doc]\ntype = "markdown"\n${place(source)}\n`);
    const note = text.links.headingsWithoutSpace("doc", [1, 9]);
    expect(await importAll(true)).toContain(`users/carla/links.toml:1: ${note}`);
    write(root, "users/carla/links.toml", `[links.doc]\ntype = "markdown"\n${place("# One\n")}\n`);
    expect(await importAll(true)).not.toContain("users/carla/links.toml:1:");
  });

  test("reports the same in a dry run, and changes nothing", async () => {
    write(root, "users/carla/links.toml", ONE);
    const before = filesOf(world.dataFolder).size;
    expect(await importAll(true)).toMatch(/ 2 \(redirect 2,/);
    expect(await world.app.accounts.users.findByUsername("carla")).toBeNull();
    expect(filesOf(world.dataFolder).size).toBe(before);
    expect(await status("one")).toBe(404);
  });

  test.each([
    ["max_file_size_mb = 0", text.settings.notAllowed("app.max_file_size_mb", "0", "100")],
    ["max_file_size_mb = 0.5", text.settings.changed("app.max_file_size_mb", "0.5", "1")],
    ["max_file_size_mb = -1", text.settings.notAllowed("app.max_file_size_mb", "-1", "100")],
    ['theme = "nope"', text.settings.notAllowed("app.theme", "nope", "cerulean")],
    ["theme = ", text.settings.unreadable],
  ])("reports the setting %s, which it cannot keep", async (line, message) => {
    write(root, "config/config.toml", `[app]\n${line}\n`);
    expect(await importAll()).toContain(`config/config.toml:2: ${message}`);
  });
});
