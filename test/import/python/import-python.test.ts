import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configPath, readConfigFile } from "../../../src/config/file/config-file.ts";
import { moveIn } from "../../../src/import/python/import-python.ts";
import { openOldFolder } from "../../../src/import/python/old-folder.ts";
import { operator } from "../../../src/policy.ts";
import { filesOf } from "../../site-backup/folder-tree.ts";
import { databases, form, openTestApp, PASSWORD, START, type World } from "../../world.ts";
import { type OldAnswer, oldLinks, oldPasswords, writeOldFolder } from "./old-folder.ts";

const DAY = 86_400_000;
const places = ["elsewhere", "in place"] as const;
const cases = databases.flatMap((database) => places.map((place) => ({ database, place })));

describe.each(cases)("after moving in $place on $database", ({ database, place }) => {
  let world: World;
  let root: string;
  let before: ReadonlyMap<string, string>;
  let report: string;

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), "trunk8-old-"));
    writeOldFolder(root);
    before = filesOf(root);
    world = await openTestApp({ database, ...(place === "in place" && { dataFolder: root }) });
    report = await move();
  });
  afterAll(async () => {
    await world.close();
    rmSync(root, { recursive: true, force: true });
  });

  const move = async () => {
    const { dataFolder } = world;
    const folder = await openOldFolder(root, dataFolder);
    const moved = await moveIn(world.app, folder, { isDryRun: false, dataFolder });
    return readFileSync(moved.reportPath ?? "", "utf8");
  };
  const open = (code: string) => world.request(`/${encodeURIComponent(code)}`);
  const signIn = (username: string, password: string) =>
    world.request("/auth/login", form({ username, password }));
  const hashOf = async (username: string) => {
    const query = world.app.database.lookup.selectFrom("user").select("password_hash");
    return (await query.where("username", "=", username).executeTakeFirstOrThrow()).password_hash;
  };

  test.each(Object.entries(oldLinks).filter(([code]) => code !== "links"))(
    "/%s answers as it should",
    async (code, { answer }) => {
      await expectAnswer(await open(code), answer);
    },
  );

  test.each([
    ["carla", oldPasswords.carla],
    ["dave", `  ${oldPasswords.dave} `],
    ["jorg", oldPasswords.jörg],
  ])(
    "%s signs in with the old password, which becomes an argon2id hash",
    async (name, password) => {
      expect((await signIn(name, `${password}!`)).status).toBe(422);
      expect(await hashOf(name)).not.toStartWith("$argon2id$");
      expect((await signIn(name, password)).status).toBe(303);
      expect(await hashOf(name)).toStartWith("$argon2id$");
      expect((await signIn(name, password)).status).toBe(303);
    },
  );

  test.each(["Carla-2", "broken"])("%s, whose hash is no good, cannot sign in", async (name) => {
    expect(await hashOf(name)).toBeNull();
    expect((await signIn(name, "plaintext")).status).toBe(422);
  });

  test("the administrator's password stays in the environment", async () => {
    expect((await signIn("", PASSWORD)).status).toBe(303);
    const admin = await world.app.users.findByUsername("admin");
    expect(admin).toMatchObject({ displayName: "The Boss", role: "administrator" });
  });

  test("people are what they were", async () => {
    expect(await world.app.users.findByUsername("carla")).toMatchObject({
      displayName: "Carla C.",
      role: "user",
      theme: "darkly",
      markdownTheme: null,
    });
    expect((await world.app.users.findByUsername("dave"))?.role).toBe("administrator");
    expect((await world.app.users.findByUsername("jorg"))?.displayName).toBe("Jörg");
  });

  test("links keep their owners and dates, and are listed by age", async () => {
    const query = { sort: "created", direction: "asc", limit: 100 } as const;
    const { links } = await world.app.links.list(operator, query);
    expect(links[0]).toMatchObject({ shortCode: "report", owner: "carla" });
    const report = await world.app.links.get(operator, "report");
    expect(new Date(report.createdAt).toISOString()).toStartWith("2024-01-15");
    expect(report.content).toMatchObject({ name: "Report 2024.txt", size: 11 });
  });

  test("the settings keep their meaning", async () => {
    const { given } = await readConfigFile(configPath(world.dataFolder));
    expect(given.map(({ key, value }) => [key, value])).toEqual([
      ["app.markdown_theme", "solar"],
      ["app.max_file_size_mb", 250],
      ["session.permanent_lifetime_days", 7],
    ]);
  });

  test.each([
    "users/dave/links.toml:47: report: The same code stands in users/carla/links.toml:16",
    "users/admin/links.toml:25: script: No link leads to a javascript: address.",
    'users/carla/links.toml:4: forever: the date "next spring" cannot be read',
    "users/carla/links.toml:39: lost comes without its file",
    "users/dave/links.toml:20: passwd comes without its file",
    "users/broken/links.toml:3: Column 12: This is no TOML",
    "users/users.toml:23: Carla has a password hash that cannot be read",
    "config/config.toml:2: app.theme cannot be neonpink here: it is cerulean.",
    'users/carla/config.toml:3: There is no theme "neonpink" here',
    "jörg is jorg here",
    "users/carla/assets/nobody names me.txt",
    "users/ghost: users.toml does not name this user",
  ])("the report says: %s", (line) => {
    expect(report).toContain(line);
  });

  test("what expired is kept from the move on", async () => {
    world.clock.set(START + 29 * DAY);
    await world.app.links.sweepExpired(30, 100);
    expect((await open("gone")).status).toBe(410);
    world.clock.set(START + 31 * DAY);
    await world.app.links.sweepExpired(30, 100);
    expect((await open("gone")).status).toBe(404);
    world.clock.set(START);
  });

  if (place === "elsewhere") {
    test("the old folder is as it was", () => {
      expect(filesOf(root)).toEqual(before);
    });

    test("once more changes nothing but what was removed since", async () => {
      const totals = await world.app.links.totals(operator);
      const again = await move();
      expect(again).toContain("6, of them 0 new here");
      expect((await world.app.links.totals(operator)).links).toBe(totals.links + 1);
    });
    return;
  }

  test("files stay where they are, and the old tables have another name", () => {
    const after = filesOf(root);
    for (const [path, hash] of before) {
      const isTable = /(links|config|users)\.toml$/.test(path);
      const now = after.get(isTable ? `${path}.before-move` : path);
      expect([path, now]).toEqual([path, hash]);
      expect(isTable && path.startsWith("users/") && after.has(path)).toBe(false);
    }
    expect(report).toContain("users/users.toml -> users/users.toml.before-move");
  });

  test("a file goes with its link, as any does", async () => {
    const path = join(root, "users/carla/assets/a1b2c3d4e5f60718_summer plan.csv");
    await world.app.links.remove(operator, "legacy");
    expect(existsSync(path)).toBe(true);
    world.clock.advance(120_000);
    await world.app.blobs.sweep(100);
    expect(existsSync(path)).toBe(false);
  });

  test("nothing is left to be moved in", () => {
    expect(existsSync(join(root, "users/users.toml"))).toBe(false);
    expect(readdirSync(root).filter((name) => name.startsWith("move-in-report-"))).toHaveLength(1);
  });
});

async function expectAnswer(response: Response, answer: OldAnswer): Promise<void> {
  expect(response.status).toBe(answer.status);
  if ("location" in answer) expect(response.headers.get("location")).toBe(answer.location);
  if ("body" in answer) expect(await response.text()).toBe(answer.body);
  if ("name" in answer)
    expect(response.headers.get("content-disposition")).toContain(answer.name ?? "");
  if ("shows" in answer) expect(await response.text()).toContain(answer.shows);
}
