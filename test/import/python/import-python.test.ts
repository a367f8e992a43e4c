import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configPath, readConfigFile } from "../../../src/config/file/config-file.ts";
import { importPython, isReportName } from "../../../src/import/python/import-python.ts";
import { openOldFolder } from "../../../src/import/python/old-folder.ts";
import { text } from "../../../src/import/python/text.en.ts";
import { text as importText } from "../../../src/import/text.en.ts";
import { operator } from "../../../src/policy.ts";
import { filesOf } from "../../site-backup/folder-tree.ts";
import { databases, form, openTestApp, PASSWORD, START, type World } from "../../world.ts";
import { type OldAnswer, oldLinks, oldPasswords, writeOldFolder } from "./old-folder.ts";

const DAY = 86_400_000;
const places = ["elsewhere", "in place"] as const;
const cases = databases.flatMap((database) => places.map((place) => ({ database, place })));

describe.each(cases)("an import $place on $database", ({ database, place }) => {
  let world: World;
  let root: string;
  let before: ReadonlyMap<string, string>;
  let report: string;

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), "trunk8-old-"));
    writeOldFolder(root);
    before = filesOf(root);
    world = await openTestApp({ database, ...(place === "in place" && { dataFolder: root }) });
    report = await importOnce();
  });
  afterAll(async () => {
    await world.close();
    rmSync(root, { recursive: true, force: true });
  });

  const importOnce = async () => {
    const { dataFolder } = world;
    const folder = await openOldFolder(root, dataFolder);
    const imported = await importPython(world.app, folder, { isDryRun: false, dataFolder });
    return readFileSync(imported.reportPath ?? "", "utf8");
  };
  const open = (code: string) => world.request(`/${encodeURIComponent(code)}`);
  const signIn = (username: string, password: string) =>
    world.request("/auth/login", form({ username, password }));
  const hashOf = async (username: string) => {
    const query = world.app.database.lookup.selectFrom("user").select("password_hash");
    return (await query.where("username", "=", username).executeTakeFirstOrThrow()).password_hash;
  };

  test.each(Object.entries(oldLinks).filter(([code]) => code !== "links"))(
    "answers /%s as it did, or better",
    async (code, { answer }) => {
      await expectAnswer(await open(code), answer);
    },
  );

  test.each([
    ["carla", oldPasswords.carla],
    ["dave", `  ${oldPasswords.dave} `],
    ["jorg", oldPasswords.jörg],
  ])(
    "signs %s in with the old password, and then stores an argon2id hash",
    async (name, password) => {
      expect((await signIn(name, `${password}!`)).status).toBe(422);
      expect(await hashOf(name)).not.toStartWith("$argon2id$");
      expect((await signIn(name, password)).status).toBe(303);
      expect(await hashOf(name)).toStartWith("$argon2id$");
      expect((await signIn(name, password)).status).toBe(303);
    },
  );

  test.each(["Carla-2", "broken"])("does not sign in %s, whose hash is invalid", async (name) => {
    expect(await hashOf(name)).toBeNull();
    expect((await signIn(name, "plaintext")).status).toBe(422);
  });

  test("leaves the administrator's password in the environment", async () => {
    expect((await signIn("", PASSWORD)).status).toBe(303);
    const admin = await world.app.accounts.users.findByUsername("admin");
    expect(admin).toMatchObject({ displayName: "The Boss", role: "administrator" });
  });

  test("keeps names, roles and themes of users", async () => {
    expect(await world.app.accounts.users.findByUsername("carla")).toMatchObject({
      displayName: "Carla C.",
      role: "user",
      theme: "darkly",
      markdownTheme: null,
    });
    expect((await world.app.accounts.users.findByUsername("dave"))?.role).toBe("administrator");
    expect((await world.app.accounts.users.findByUsername("jorg"))?.displayName).toBe("Jörg");
  });

  test("keeps owners and dates of links", async () => {
    const query = { sort: "created", direction: "asc", limit: 100 } as const;
    const { links } = await world.app.links.list(operator, query);
    expect(links[0]).toMatchObject({ shortCode: "report", owner: "carla" });
    const report = await world.app.links.get(operator, "report");
    expect(new Date(report.createdAt).toISOString()).toStartWith("2024-01-15");
    expect(report.content).toMatchObject({ name: "Report 2024.txt", size: 11 });
  });

  test("keeps the settings", async () => {
    const { given } = await readConfigFile(configPath(world.dataFolder));
    expect(given.map(({ key, value }) => [key, value])).toEqual([
      ["app.markdown_theme", "solar"],
      ["app.max_file_size_mb", 250],
      ["session.permanent_lifetime_days", 7],
    ]);
  });

  test("reports everything that is different, with its file and line", () => {
    const { links, users, settings, folder } = text;
    const { duplicate, skipped } = importText.links;
    const lines = [
      `users/dave/links.toml:47: ${skipped("report", duplicate("users/carla/links.toml:16"))}`,
      `users/admin/links.toml:25: ${skipped("script", links.forbiddenScheme("javascript"))}`,
      `users/carla/links.toml:4: ${links.unreadableExpiry("forever", "next spring")}`,
      `users/carla/links.toml:39: ${links.missingFile("lost", links.notFound("nowhere.pdf"))}`,
      `users/dave/links.toml:20: ${links.missingFile("passwd", links.outside("../../../../../../../etc/passwd"))}`,
      `users/users.toml:23: ${users.badPassword("Carla")}`,
      `config/config.toml:2: ${settings.notAllowed("app.theme", "neonpink", "cerulean")}`,
      `users/carla/config.toml:3: ${users.unknownTheme("neonpink")}`,
      importText.report.renamedUser("jörg", "jorg"),
      "users/carla/assets/nobody names me.txt",
      `users/ghost: ${folder.unlistedUser}`,
    ];
    for (const line of lines) expect(report).toContain(`  ${line}\n`);
    expect(report).toMatch(/^ {2}users\/broken\/links\.toml:3: /m);
  });

  test("keeps expired links as long as links that expire today", async () => {
    world.clock.set(START + 29 * DAY);
    await world.app.links.sweepExpired(30, 100);
    expect((await open("gone")).status).toBe(410);
    world.clock.set(START + 31 * DAY);
    await world.app.links.sweepExpired(30, 100);
    expect((await open("gone")).status).toBe(404);
    world.clock.set(START);
  });

  if (place === "elsewhere") {
    test("leaves the old folder unchanged", () => {
      expect(filesOf(root)).toEqual(before);
    });

    test("repeated, imports only what was removed since", async () => {
      const totals = await world.app.links.totals(operator);
      const again = await importOnce();
      expect(again).toContain(importText.report.users(6, 0));
      expect((await world.app.links.totals(operator)).links).toBe(totals.links + 1);
    });
    return;
  }

  test("leaves files in their place, and renames the old tables", () => {
    const after = filesOf(root);
    for (const [path, hash] of before) {
      const isTable = /(links|config|users)\.toml$/.test(path);
      const now = after.get(isTable ? `${path}.before-move` : path);
      expect([path, now]).toEqual([path, hash]);
      expect(isTable && path.startsWith("users/") && after.has(path)).toBe(false);
    }
    expect(report).toContain("users/users.toml -> users/users.toml.before-move");
  });

  test("deletes an imported file with its link", async () => {
    const path = join(root, "users/carla/assets/a1b2c3d4e5f60718_summer plan.csv");
    await world.app.links.remove(operator, "legacy");
    expect(existsSync(path)).toBe(true);
    world.clock.advance(120_000);
    await world.app.files.blobs.sweep(100);
    expect(existsSync(path)).toBe(false);
  });

  test("leaves nothing to import, and one report", () => {
    expect(existsSync(join(root, "users/users.toml"))).toBe(false);
    expect(readdirSync(root).filter(isReportName)).toHaveLength(1);
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
