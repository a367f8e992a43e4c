import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { applyDeclared } from "../../src/links-file/apply-declared.ts";
import { text } from "../../src/links-file/text.en.ts";
import { operator } from "../../src/policy.ts";
import { failureOf } from "../failure.ts";
import { newLink } from "../share.ts";
import { as, databases, openTestApp, START, type World } from "../world.ts";

const PUBLIC = "https://s.example";

describe.each(databases)("a links.toml on %s", (database) => {
  let world: World;
  let folder: string;
  beforeEach(async () => {
    world = await openTestApp({ database, settings: { "server.public_url": PUBLIC } });
    folder = join(world.dataFolder, "users", "alice");
    mkdirSync(join(folder, "assets", "inner"), { recursive: true });
  });
  afterEach(() => world.close());

  const save = (toml: string | Uint8Array) => writeFileSync(join(folder, "links.toml"), toml);
  const apply = (prune = false) => applyDeclared(world.app, world.people.alice, { prune });
  const applied = async (toml: string, prune = false) => {
    save(toml);
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
      newLink({ shortCode: code, target: "https://before.example/" }),
    );
  const news = async () => (await world.app.links.declared.news(world.people.alice.id))[0];

  test("adds, changes and retires links, and brings a retired one back", async () => {
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

  test("refuses links that lead in a circle, also over others of the file", async () => {
    const to = (code: string, url: string, more = "") =>
      `[links.${code}]\nurl = "https://${url}"\n${more}`;
    const [a, b] = [to("a", "s.example/too"), to("b", "b.example", 'aliases = ["too"]\n')];
    const back = 'fallback_url = "https://s.example/a"\n';
    save(a + b + back);
    const { fault } = await apply();
    expect(fault).toContain("a");
    expect(await status("a")).toBe(404);
    await applied(a + b);
    save(a + b + back);
    expect((await apply()).fault).not.toBe("");
    await applied(to("a", "elsewhere.example") + b + back);
  });

  test("downloads a file that does not say otherwise, whatever the site's default is", async () => {
    expect(world.app.live.current["files.inline"]).toBe(true);
    writeFileSync(join(folder, "assets", "a.txt"), "a");
    const file = (code: string, more = "") =>
      `[links.${code}]\ntype = "file"\npath = "a.txt"\n${more}`;
    await applied(file("saved") + file("opened", "inline = true\n"));
    expect((await get("saved")).inline).toBe(false);
    expect((await get("opened")).inline).toBe(true);
  });

  test("keeps a retired link as long as an expired one, and then deletes it", async () => {
    await applied(redirects("a"));
    await applied("");
    expect(await world.app.links.sweepExpired(30, 100)).toBe(0);
    world.clock.advance(31 * 86_400_000);
    expect(await world.app.links.sweepExpired(30, 100)).toBe(1);
    expect(await status("a")).toBe(404);
  });

  test("keeps an expired link as long as the file lists it", async () => {
    await applied(`${redirects("a")}expiration_date = 2020-01-01\n`);
    expect(await status("a")).toBe(410);
    expect(await world.app.links.sweepExpired(0, 100)).toBe(0);
    expect(await status("a")).toBe(410);
  });

  test("changes nothing when applied again", async () => {
    writeFileSync(join(folder, "assets", "r.txt"), "hello");
    const toml = `${redirects("a")}[links.f]\ntype = "file"\npath = "r.txt"\n[links.m]\ntype = "markdown"\ncontent = "# Hi"\n`;
    await applied(toml);
    const { plan } = await applied(toml);
    expect(plan).toMatchObject({ added: [], changed: [], removed: [], unchanged: 3 });
  });

  test("waits for confirmation to remove more than half and more than five", async () => {
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

  test("retires the declared links of a file that is deleted", async () => {
    await applied(redirects("a", "b"));
    rmSync(join(folder, "links.toml"));
    await apply();
    expect(await status("a")).toBe(410);
  });

  test("removes up to five links without confirmation", async () => {
    await applied(redirects("a", "b", "c", "d", "e"));
    expect(await applied("")).toMatchObject({ waiting: 0 });
    expect(await status("e")).toBe(410);
  });

  test("declares the owner's existing link with the same short code", async () => {
    await make("alice", "mine");
    await applied(redirects("mine"));
    expect(await get("mine")).toMatchObject({ declared: true, target: "https://mine.example/" });
  });

  test("refuses another user's short code with its line, and changes nothing", async () => {
    await make("bob", "his");
    save(redirects("a", "his"));
    const { fault } = await apply();
    expect(fault).toBe(text.errors.at(5, 1, text.links.taken("his")));
    expect(await status("a")).toBe(404);
    expect(await get("his")).toMatchObject({ target: "https://before.example/" });
  });

  test("keeps the links while a file is broken, and shows the error until it is fixed", async () => {
    await applied(redirects("a"));
    save(`${redirects("b")}title = "unfinished`);
    await apply();
    expect((await news())?.fault).toStartWith("Line 4, column ");
    expect([await status("a"), await status("b")]).toEqual([302, 404]);
    await applied(redirects("a", "b"));
    expect(await news()).toBeUndefined();
  });

  test("serves a file from its place, without quota, and never deletes it", async () => {
    await world.app.files.blobs.setQuota(operator, world.people.alice.id, 3);
    writeFileSync(join(folder, "assets", "inner", "my report.txt"), "hello");
    await applied('[links.f]\ntype = "file"\npath = "inner/my report.txt"\n');
    const response = await world.request("/f");
    expect(await response.text()).toBe("hello");
    expect(response.headers.get("content-disposition")).toContain("my report.txt");
    expect((await world.app.files.blobs.usageOf(world.people.alice.id)).bytes).toBe(0);
    await applied("");
    world.clock.advance(31 * 86_400_000);
    await world.app.links.sweepExpired(30, 100);
    world.clock.advance(86_400_000);
    await world.app.files.blobs.sweep(100);
    expect(await Bun.file(join(folder, "assets", "inner", "my report.txt")).text()).toBe("hello");
    expect(await strays()).toEqual([]);
  });

  test("serves a changed file by each of its links", async () => {
    const path = join(folder, "assets", "r.txt");
    const toml = ["a", "b"]
      .map((code) => `[links.${code}]\ntype = "file"\npath = "r.txt"\n`)
      .join("");
    writeFileSync(path, "hello");
    await applied(toml);
    expect(await (await world.request("/a")).text()).toBe("hello");
    expect(await (await world.request("/b")).text()).toBe("hello");
    writeFileSync(path, "longer than before");
    await applied(toml);
    expect(await (await world.request("/a")).text()).toBe("longer than before");
    expect(await (await world.request("/b")).text()).toBe("longer than before");
  });

  test("stores a text of the file, within the quota, and keeps it as a version", async () => {
    await applied('[links.m]\ntype = "markdown"\ncontent = "# Hi"\n');
    expect(await (await world.request("/m")).text()).toContain('id="hi"');
    expect((await world.app.files.blobs.usageOf(world.people.alice.id)).bytes).toBe(4);
    await applied('[links.m]\nurl = "https://m.example/"\n');
    // The former text is a version of the link.
    expect((await world.app.files.blobs.usageOf(world.people.alice.id)).bytes).toBe(4);
  });

  test("does not let anyone change a declared link elsewhere", async () => {
    await applied(redirects("a"));
    const says = expect.objectContaining({
      code: "forbidden",
      message: expect.stringContaining("users/alice/links.toml"),
    });
    const { links } = world.app;
    for (const actor of [as(world.people.alice), as(world.people.admin), operator]) {
      expect(await failureOf(links.edit(actor, "a", { title: "x" }))).toEqual(says);
      expect(await failureOf(links.remove(actor, "a"))).toEqual(says);
      expect(await failureOf(links.many.run(actor, ["a"], { change: { disabled: true } }))).toEqual(
        says,
      );
      expect(await failureOf(links.many.run(actor, ["a"], { deletes: true }))).toEqual(says);
    }
    expect((await links.many.run(as(world.people.bob), ["a"], { deletes: true })).count).toBe(0);
  });

  const refused: readonly [what: string, toml: string, position: string][] = [
    ["a target that runs", '[links.a]\nurl = "javascript:alert(1)"', "2, column 1"],
    ["an invalid short code", '[links."a b"]\nurl = "https://x.example"', "1, column 1"],
    ["a reserved short code", '[links.login]\nurl = "https://x.example"', "1, column 1"],
    ["a duplicate short code", '[links.a]\nurl = "https://x.example"\n[links.a]', "3, column 2"],
    ["an unknown type", '[links.a]\ntype = "folder"\npath = "r.txt"', "2, column 1"],
    ["a redirect without a URL", '[links.a]\ntype = "redirect"', "1, column 1"],
    ["a file without a path", '[links.a]\ntype = "file"', "1, column 1"],
    ["a redirect with a path", '[links.a]\ntype = "redirect"\npath = "r.txt"', "3, column 1"],
    [
      "both a path and a content",
      '[links.a]\ntype = "file"\npath = "r.txt"\ncontent = ""',
      "4, column 1",
    ],
    [
      "a span as expiry",
      '[links.a]\nurl = "https://x.example"\nexpiration_date = "7d"',
      "3, column 1",
    ],
    [
      "an invalid redirect status",
      '[links.a]\nurl = "https://x.example"\nredirect_status = 200',
      "3, column 1",
    ],
    ["a missing file", '[links.a]\ntype = "file"\npath = "no.txt"', "3, column 1"],
    ["a path outside", '[links.a]\ntype = "file"\npath = "../links.toml"', "3, column 1"],
    [
      "another user's file",
      '[links.a]\ntype = "file"\npath = "../../bob/assets/b.txt"',
      "3, column 1",
    ],
    ["an absolute path", '[links.a]\ntype = "file"\npath = "/etc/passwd"', "3, column 1"],
    ["a NUL in a path", '[links.a]\ntype = "file"\npath = "r.txt\\u0000"', "3, column 1"],
    ["a partial upload", '[links.a]\ntype = "file"\npath = ".drafts/x"', "3, column 1"],
    ["a folder", '[links.a]\ntype = "file"\npath = "inner"', "3, column 1"],
    ["a symlink to outside", '[links.a]\ntype = "file"\npath = "out.txt"', "3, column 1"],
    [
      "a symlinked folder outside",
      '[links.a]\ntype = "file"\npath = "outer/passwd"',
      "3, column 1",
    ],
    ["a NUL in the file", "[links.a]\n\0", "2, column 1"],
  ];

  test.each(refused)("with %s is refused, and changes nothing", async (_, toml, position) => {
    await applied(redirects("kept"));
    mkdirSync(join(folder, "assets", ".drafts"), { recursive: true });
    for (const name of ["r.txt", ".drafts/x"]) writeFileSync(join(folder, "assets", name), "hello");
    symlinkSync("/etc/passwd", join(folder, "assets", "out.txt"));
    symlinkSync("/etc", join(folder, "assets", "outer"));
    save(`${toml}\n`);
    const { fault } = await apply();
    expect(fault).toStartWith(`Line ${position}: `);
    expect(
      await world.app.links.declared.listOf(world.people.alice.id, { declared: true }),
    ).toEqual([expect.objectContaining({ shortCode: "kept" })]);
  });

  const unreadable: readonly [what: string, make: (path: string) => void, message: string][] = [
    ["50 MB", (path) => writeFileSync(path, Buffer.alloc(50 * 1_048_576, "#")), text.file.tooLarge],
    ["a symlink", (path) => symlinkSync("/etc/passwd", path), text.file.notRegular],
    ["a folder", (path) => mkdirSync(path), text.file.notRegular],
    ["a pipe", (path) => makePipe(path), text.file.notRegular],
    [
      "not UTF-8",
      (path) => writeFileSync(path, Buffer.from([0xff, 0xfe, 0x41])),
      text.file.notUtf8,
    ],
    ["100,000 links", (path) => writeFileSync(path, manyLinks(100_000)), text.file.tooManyLinks],
  ];

  test.each(unreadable)("that is %s is not read", async (_, spoil, message) => {
    await applied(redirects("kept"));
    rmSync(join(folder, "links.toml"));
    spoil(join(folder, "links.toml"));
    expect((await apply()).fault).toBe(message);
    expect(await status("kept")).toBe(302);
  });

  test("that is truncated removes few links at most, and none once it is complete", async () => {
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
    for await (const path of world.app.files.blobs.findStrays()) found.push(path);
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
