import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseNewLink } from "../../src/links/link-input.ts";
import { text } from "../../src/links/text.en.ts";
import { applyDeclared } from "../../src/links-file/apply-declared.ts";
import { operator } from "../../src/policy.ts";
import { failureOf } from "../failure.ts";
import { as, databases, openTestApp, START, type World } from "../world.ts";

const CONTEXT = { now: START, zone: "UTC", schemes: ["http", "https"], ownOrigins: [] };

describe.each(databases)("a links.toml on %s", (database) => {
  let world: World;
  let folder: string;
  beforeEach(async () => {
    world = await openTestApp({ database });
    folder = join(world.dataFolder, "users", "alice");
    mkdirSync(join(folder, "assets", "inner"), { recursive: true });
  });
  afterEach(() => world.close());

  const save = (text: string | Uint8Array) => writeFileSync(join(folder, "links.toml"), text);
  const apply = (prune = false) => applyDeclared(world.app, world.people.alice, { prune });
  const applied = async (text: string, prune = false) => {
    save(text);
    const outcome = await apply(prune);
    expect(outcome.fault).toBe("");
    return outcome;
  };
  const status = async (code: string) => (await world.request(`/${code}`)).status;
  const get = (code: string) => world.app.links.get(operator, code);
  const make = (owner: "alice" | "bob", code: string) =>
    world.app.links.create(
      as(world.people[owner]),
      { ownerId: world.people[owner].id },
      parseNewLink({ short_code: code, url: "https://before.example/" }, CONTEXT),
    );
  const news = async () => (await world.app.declarations.news(world.people.alice.id))[0];

  test("new links appear, changed ones change, a removed one is gone and comes back", async () => {
    await applied(redirects("a", "b"));
    expect(await get("a")).toMatchObject({ declared: true, target: "https://a.example/" });
    await applied(`${redirects("b")}title = "Bee"\n`);
    expect(await get("b")).toMatchObject({ title: "Bee" });
    expect(await status("a")).toBe(410);
    expect(await get("a")).toMatchObject({ declared: false, disabled: true, expiresAt: START });
    await applied(redirects("a", "b"));
    expect(await status("a")).toBe(302);
    expect(await get("a")).toMatchObject({ declared: true, disabled: false, expiresAt: null });
  });

  test("a removed link is kept as long as an expired one, and then swept", async () => {
    await applied(redirects("a"));
    await applied("");
    expect(await world.app.links.sweepExpired(30, 100)).toBe(0);
    world.clock.advance(31 * 86_400_000);
    expect(await world.app.links.sweepExpired(30, 100)).toBe(1);
    expect(await status("a")).toBe(404);
  });

  test("an expired link stays as long as its file names it", async () => {
    await applied(`${redirects("a")}expiration_date = 2020-01-01\n`);
    expect(await status("a")).toBe(410);
    expect(await world.app.links.sweepExpired(0, 100)).toBe(0);
    expect(await status("a")).toBe(410);
  });

  test("applying it again changes nothing", async () => {
    writeFileSync(join(folder, "assets", "r.txt"), "hello");
    const text = `${redirects("a")}[links.f]\ntype = "file"\npath = "r.txt"\n[links.m]\ntype = "markdown"\ncontent = "# Hi"\n`;
    await applied(text);
    const { plan } = await applied(text);
    expect(plan).toMatchObject({ added: [], changed: [], removed: [], unchanged: 3 });
  });

  test("removing more than half and more than five waits, and says so", async () => {
    await applied(redirects("a", "b", "c", "d", "e", "f", "g"));
    save(redirects("a", "fresh"));
    expect(await apply()).toMatchObject({ plan: null, waiting: 6 });
    expect(await news()).toMatchObject({ waiting: 6 });
    expect(await status("b")).toBe(302);
    expect(await status("fresh")).toBe(404);
    await apply(true);
    expect(await news()).toBeUndefined();
    expect([await status("b"), await status("fresh")]).toEqual([410, 302]);
  });

  test("a file that is gone removes what it declared, or waits where that is much", async () => {
    await applied(redirects("a", "b"));
    rmSync(join(folder, "links.toml"));
    await apply();
    expect(await status("a")).toBe(410);
  });

  test("five may go, whatever part of all they are", async () => {
    await applied(redirects("a", "b", "c", "d", "e"));
    expect(await applied("")).toMatchObject({ waiting: 0 });
    expect(await status("e")).toBe(410);
  });

  test("a code that its owner has already is taken over", async () => {
    await make("alice", "mine");
    await applied(redirects("mine"));
    expect(await get("mine")).toMatchObject({ declared: true, target: "https://mine.example/" });
  });

  test("a code of another's is an error with its line, and nothing is changed", async () => {
    await make("bob", "his");
    save(redirects("a", "his"));
    const { fault } = await apply();
    expect(fault).toBe('Line 5, column 1: "his" is taken already.');
    expect(await status("a")).toBe(404);
    expect(await get("his")).toMatchObject({ target: "https://before.example/" });
  });

  test("a broken file keeps what was; its error stands until it is mended", async () => {
    await applied(redirects("a"));
    save(`${redirects("b")}title = "unfinished`);
    await apply();
    expect((await news())?.fault).toStartWith("Line 4, column ");
    expect([await status("a"), await status("b")]).toEqual([302, 404]);
    await applied(redirects("a", "b"));
    expect(await news()).toBeUndefined();
  });

  test("a file is handed out from where it lies, counts for no quota, and stays", async () => {
    await world.app.blobs.setQuota(operator, world.people.alice.id, 3);
    writeFileSync(join(folder, "assets", "inner", "my report.txt"), "hello");
    await applied('[links.f]\ntype = "file"\npath = "inner/my report.txt"\n');
    const response = await world.request("/f");
    expect(await response.text()).toBe("hello");
    expect(response.headers.get("content-disposition")).toContain("my report.txt");
    expect((await world.app.blobs.usageOf(world.people.alice.id)).bytes).toBe(0);
    await applied("");
    world.clock.advance(31 * 86_400_000);
    await world.app.links.sweepExpired(30, 100);
    world.clock.advance(86_400_000);
    await world.app.blobs.sweep(100);
    expect(await Bun.file(join(folder, "assets", "inner", "my report.txt")).text()).toBe("hello");
    expect(await strays()).toEqual([]);
  });

  test("a file that changed on the disk is handed out as it is now, by every link of it", async () => {
    const path = join(folder, "assets", "r.txt");
    const text = ["a", "b"]
      .map((code) => `[links.${code}]\ntype = "file"\npath = "r.txt"\n`)
      .join("");
    writeFileSync(path, "hello");
    await applied(text);
    expect(await (await world.request("/a")).text()).toBe("hello");
    expect(await (await world.request("/b")).text()).toBe("hello");
    writeFileSync(path, "longer than before");
    await applied(text);
    expect(await (await world.request("/a")).text()).toBe("longer than before");
    expect(await (await world.request("/b")).text()).toBe("longer than before");
  });

  test("a text in the file becomes the link's bytes, which count and go", async () => {
    await applied('[links.m]\ntype = "markdown"\ncontent = "# Hi"\n');
    expect(await (await world.request("/m")).text()).toContain('id="doc-hi"');
    expect((await world.app.blobs.usageOf(world.people.alice.id)).bytes).toBe(4);
    await applied('[links.m]\nurl = "https://m.example/"\n');
    expect((await world.app.blobs.usageOf(world.people.alice.id)).bytes).toBe(0);
  });

  test("a declared link changes in its file alone, by whomever", async () => {
    await applied(redirects("a"));
    const says = expect.objectContaining({
      code: "forbidden",
      message: '"a" is declared in users/alice/links.toml: change or remove it there.',
    });
    const { links } = world.app;
    for (const actor of [as(world.people.alice), as(world.people.admin), operator]) {
      expect(await failureOf(links.edit(actor, "a", { title: "x" }))).toEqual(says);
      expect(await failureOf(links.remove(actor, "a"))).toEqual(says);
      expect(await failureOf(links.editMany(actor, ["a"], { title: "x" }))).toEqual(says);
      expect(await failureOf(links.removeMany(actor, ["a"]))).toEqual(says);
    }
    expect(await links.removeMany(as(world.people.bob), ["a"])).toBe(0);
  });

  const bad: readonly [what: string, text: string, says: string][] = [
    [
      "a target that runs",
      '[links.a]\nurl = "javascript:alert(1)"',
      `Line 2, column 1: The destination must`,
    ],
    [
      "a code that is not allowed",
      '[links."a b"]\nurl = "https://x.example"',
      `Line 1, column 1: ${text.shortCode.badCharacters}`,
    ],
    ["a reserved code", '[links.login]\nurl = "https://x.example"', "is reserved"],
    ["a code twice", '[links.a]\nurl = "https://x.example"\n[links.a]', "Line 3, column "],
    [
      "an unknown kind",
      '[links.a]\ntype = "folder"\npath = "r.txt"',
      "Line 2, column 1: This kind",
    ],
    [
      "a redirect to nowhere",
      '[links.a]\ntype = "redirect"',
      `Line 1, column 1: ${text.target.missing}`,
    ],
    ["a file without a path", '[links.a]\ntype = "file"', "Line 1, column 1: Choose a file"],
    [
      "a redirect with a path",
      '[links.a]\ntype = "redirect"\npath = "r.txt"',
      "Line 3, column 1: A redirect",
    ],
    [
      "both a path and a content",
      '[links.a]\ntype = "file"\npath = "r.txt"\ncontent = ""',
      "Line 4, column 1: Give either",
    ],
    [
      "a span for a date",
      '[links.a]\nurl = "https://x.example"\nexpiration_date = "7d"',
      "Line 3, column 1: Give a date",
    ],
    [
      "a status that is none",
      '[links.a]\nurl = "https://x.example"\nredirect_status = 200',
      "Line 3, column 1: Choose 301",
    ],
    [
      "a missing file",
      '[links.a]\ntype = "file"\npath = "no.txt"',
      'Line 3, column 1: There is no file "no.txt"',
    ],
    [
      "a path outside",
      '[links.a]\ntype = "file"\npath = "../links.toml"',
      "Line 3, column 1: A path leads",
    ],
    [
      "another user's file",
      '[links.a]\ntype = "file"\npath = "../../bob/assets/b.txt"',
      "A path leads",
    ],
    ["an absolute path", '[links.a]\ntype = "file"\npath = "/etc/passwd"', "A path leads"],
    ["a NUL in a path", '[links.a]\ntype = "file"\npath = "r.txt\\u0000"', "A path leads"],
    ["a draft of ours", '[links.a]\ntype = "file"\npath = ".drafts/x"', "A path leads"],
    ["a folder", '[links.a]\ntype = "file"\npath = "inner"', "no regular file"],
    ["a symlink that leads out", '[links.a]\ntype = "file"\npath = "out.txt"', "no regular file"],
    [
      "a symlinked folder that leads out",
      '[links.a]\ntype = "file"\npath = "outer/passwd"',
      "no regular file",
    ],
    ["a NUL in the file", "[links.a]\n\0", "Line 2, column 1: This is no TOML"],
  ];

  describe("is refused, and nothing changes, with", () => {
    test.each(bad)("%s", async (_, text, says) => {
      await applied(redirects("kept"));
      writeFileSync(join(folder, "assets", "r.txt"), "hello");
      symlinkSync("/etc/passwd", join(folder, "assets", "out.txt"));
      symlinkSync("/etc", join(folder, "assets", "outer"));
      save(`${text}\n`);
      const { fault } = await apply();
      expect(fault).toContain(says);
      expect(
        await world.app.declarations.listOf(world.people.alice.id, { declared: true }),
      ).toEqual([expect.objectContaining({ shortCode: "kept" })]);
    });
  });

  const odd: readonly [what: string, make: (path: string) => void, says: string][] = [
    ["50 MB", (path) => writeFileSync(path, Buffer.alloc(50 * 1_048_576, "#")), "at most 4 MB"],
    ["a symlink", (path) => symlinkSync("/etc/passwd", path), "no regular file"],
    ["a folder", (path) => mkdirSync(path), "no regular file"],
    ["a pipe", (path) => makePipe(path), "no regular file"],
    ["no UTF-8", (path) => writeFileSync(path, Buffer.from([0xff, 0xfe, 0x41])), "not UTF-8"],
    ["100,000 links", (path) => writeFileSync(path, manyLinks(100_000)), "at most 10,000 links"],
  ];

  describe("is not even read where it is", () => {
    test.each(odd)("%s", async (_, spoil, says) => {
      await applied(redirects("kept"));
      rmSync(join(folder, "links.toml"));
      spoil(join(folder, "links.toml"));
      expect((await apply()).fault).toContain(says);
      expect(await status("kept")).toBe(302);
    });
  });

  test("a save that is cut short takes few links at most, and the whole one brings them back", async () => {
    const whole = redirects("a", "b", "c", "d", "e", "f", "g");
    await applied(whole);
    for (let end = 0; end < whole.length; end += 7) {
      save(whole.slice(0, end));
      await apply();
      expect(await status("a")).toBe(302);
      await applied(whole);
      expect(await status("g")).toBe(302);
    }
  });

  async function strays(): Promise<string[]> {
    const found: string[] = [];
    for await (const path of world.app.blobs.findStrays()) found.push(path);
    return found;
  }
});

function redirects(...codes: readonly string[]): string {
  return codes
    .map((code) => `[links.${code}]\ntype = "redirect"\nurl = "https://${code}.example/"\n\n`)
    .join("")
    .replace(/\n\n$/, "\n");
}

function makePipe(path: string): void {
  expect(Bun.spawnSync(["mkfifo", path]).exitCode).toBe(0);
}

function manyLinks(count: number): string {
  return Array.from({ length: count }, (_, at) => `[links.c${at}]\nurl = "https:"\n`).join("");
}
