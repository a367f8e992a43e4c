import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { applyDeclared } from "../../../../src/links-file/apply-declared.ts";
import { text } from "../../../../src/web/links/list/text.en.ts";
import { callProgram } from "../../../cli/program.ts";
import { form, openTestApp, type World } from "../../../world.ts";

const redirect = (code: string) => `[links.${code}]\nurl = "https://${code}.example/"\n`;

describe("declared links in pages", () => {
  let world: World;
  let alice: string;
  let admin: string;
  beforeAll(async () => {
    world = await openTestApp();
    mkdirSync(join(world.dataFolder, "users", "alice"), { recursive: true });
    alice = await world.signIn(world.people.alice);
    admin = await world.signIn(world.people.admin);
    await save(redirect("docs"));
  });
  afterAll(() => world.close());

  const save = async (text: string) => {
    writeFileSync(join(world.dataFolder, "users", "alice", "links.toml"), text);
    await applyDeclared(world.app, world.people.alice, { prune: false });
  };
  const page = async (path: string, cookie: string) => {
    const response = await world.request(path, { headers: { cookie } });
    return { status: response.status, html: await response.text() };
  };

  test("name their file, and offer neither edit nor delete nor selection", async () => {
    const { html } = await page("/-/links/docs", alice);
    expect(html).toContain("users/alice/links.toml");
    const list = await page("/links", alice);
    expect(list.html).toContain(text.row.declared);
    for (const shown of [html, list.html]) {
      expect(shown).not.toContain("/edit_link/docs");
      expect(shown).not.toContain("/delete_link/docs");
      expect(shown).not.toContain('value="docs"');
    }
  });

  const changes: readonly [path: string, fields: Record<string, string> | null][] = [
    ["/edit_link/docs", null],
    ["/edit_link/docs", { url: "https://elsewhere.example" }],
    ["/delete_link/docs", null],
    ["/delete_link/docs", {}],
    ["/delete/docs", {}],
    ["/-/links", { codes: "docs", action: "delete" }],
    ["/-/links", { codes: "docs", action: "expire", expires_in: "2h" }],
  ];

  test.each(changes)("are not changed by %s, by any user", async (path, fields) => {
    for (const cookie of [alice, admin]) {
      const init = fields === null ? { headers: { cookie } } : form(fields, cookie);
      const response = await world.request(path, init);
      expect(response.status).toBe(403);
      expect(await response.text()).toContain("users/alice/links.toml");
    }
    expect((await world.request("/docs")).headers.get("location")).toBe("https://docs.example/");
  });

  test("show an error in the lists of owner and administrators until it is fixed", async () => {
    await save(`${redirect("docs")}titel = "Docs"\n`);
    for (const cookie of [alice, admin]) {
      const { html } = await page("/links", cookie);
      expect(html).toContain("Line 3, column 1");
    }
    expect((await page("/links", await world.signIn(world.people.bob))).html).not.toContain("Line");
    await save(redirect("docs"));
    expect((await page("/links", alice)).html).not.toContain("Line");
  });

  test("show a pending removal, too", async () => {
    const codes = ["a1", "a2", "a3", "a4", "a5", "a6", "a7"];
    await save(codes.map(redirect).join(""));
    await save("");
    const { html } = await page("/links", alice);
    expect(html).toContain("trunk8 apply --user alice --prune");
    expect((await world.request("/a1")).status).toBe(302);
  });
});

describe("at the command line", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "trunk8-apply-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const trunk8 = (...words: string[]) => callProgram(folder, words);
  const put = (name: string, text: string) => writeFileSync(join(folder, name), text);

  test("a file elsewhere makes ordinary links, and removes only where it is asked to", async () => {
    put("some.toml", redirect("a") + redirect("b"));
    const asked = ["apply", "some.toml", "--user", "admin"];
    const plan = "+ a  https://a.example/\n+ b  https://b.example/\n";
    expect(await trunk8(...asked, "--dry-run")).toMatchObject({ exitCode: 0, stdout: plan });
    expect(await trunk8(...asked)).toMatchObject({ exitCode: 0, stdout: plan });
    expect(await trunk8(...asked)).toMatchObject({ stdout: "" });
    put("some.toml", redirect("a").replace("a.example", "c.example"));
    expect(await trunk8(...asked)).toMatchObject({ stdout: "~ a  https://c.example/\n" });
    expect(await trunk8(...asked, "--prune")).toMatchObject({ stdout: "- b\n" });
    expect(await trunk8("rm", "a")).toMatchObject({ exitCode: 0 });
  });

  test("the user's own file declares them, and removes many only where it is asked to", async () => {
    const codes = ["d1", "d2", "d3", "d4", "d5", "d6"];
    mkdirSync(join(folder, "data/users/admin"), { recursive: true });
    put("data/users/admin/links.toml", codes.map(redirect).join(""));
    expect(await trunk8("apply", "--user", "admin")).toMatchObject({ exitCode: 0 });
    const removal = await trunk8("rm", "d1");
    expect(removal.exitCode).toBe(1);
    expect(removal.stderr).toContain("users/admin/links.toml");
    put("data/users/admin/links.toml", "");
    const own = ["apply", "data/users/admin/links.toml", "--user", "admin"];
    const refused = await trunk8(...own);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain("--prune");
    expect(await trunk8(...own, "--prune")).toMatchObject({ exitCode: 0 });
  });

  test("what is exported and applied changes nothing", async () => {
    put("note.txt", "hello");
    await trunk8("add", "note.txt", "--code", "note", "--title", 'A "title"');
    const { stdout } = await trunk8("export", "--user", "admin");
    put("exported.toml", stdout);
    expect(await trunk8("apply", "exported.toml", "--user", "admin", "--prune")).toMatchObject({
      exitCode: 0,
      stdout: "",
    });
  });

  const wrong: readonly [words: string[], exitCode: number, says: string][] = [
    [["apply", "x.toml"], 2, "--user NAME"],
    [["apply", "x.toml", "--user", "admin"], 1, "x.toml"],
    [["apply", "bad.toml", "--user", "admin"], 1, "Line 2, column 1: "],
    [["apply", "bad.toml", "--user", "nobody"], 1, "nobody"],
    [["export"], 2, "--user NAME"],
  ];

  test.each(wrong)("%p is refused", async (words, exitCode, says) => {
    put("bad.toml", '[links.x]\nurl = "javascript:alert(1)"\n');
    const result = await trunk8(...words);
    expect(result).toMatchObject({ exitCode, stdout: "" });
    expect(result.stderr).toContain(says);
  });
});
