/** Restores what 725086e backed up: everything, and one user. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { failureOf } from "../failure.ts";
import { type FreshDatabase, openPostgres } from "../postgres.ts";
import { databases } from "../world.ts";
import { accountsOf, withHoursAndDays, withVisitsByPeople } from "./accounts.ts";
import { askAll, expectedAnswers } from "./answers.ts";
import { type RestoredZip, restoreArchive, restoreZip } from "./backups.ts";
import { type RecordedSite, readFixture, tablesOf725086e } from "./fixture.ts";
import { makeFolder, openSite, removeFolder, type Site } from "./site.ts";
import { comparable, kindsOf, MIGRATIONS, readTables, rowsOf, type Tables } from "./tables.ts";

describe("an archive of everything by 725086e on SQLite", () => {
  const recorded = readFixture<RecordedSite>("sqlite-site.json");
  let folder: string;
  let site: Site;
  let tables: Tables;

  beforeAll(async () => {
    folder = makeFolder();
    await restoreArchive("sqlite-archive.zip", folder);
    site = await openSite({ dataFolder: folder });
    tables = await readTables(site.app, recorded.tables);
  });
  afterAll(async () => {
    await site.close();
    removeFolder(folder);
  });

  test("has every row, and no other", () => {
    for (const [name, table] of Object.entries(comparable(recorded.tables))) {
      expect({ name, ...tables[name] }).toEqual({ name, ...table });
    }
  });

  test("finds every link in lists and searches", async () => {
    expect(await Array.fromAsync(site.app.links.consistency.findUnlisted())).toEqual([]);
  });

  test("has the bytes of every link", () => {
    for (const { path, state, sha256 } of rowsOf(recorded.tables, "blob")) {
      if (state === "released") continue;
      const bytes = readFileSync(join(folder, "users", String(path)));
      const hash = new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
      expect([path, hash]).toEqual([path, sha256]);
    }
  });

  test("has the links.toml files and the settings", () => {
    expect(existsSync(join(folder, "users/omar/links.toml"))).toBe(true);
    expect(existsSync(join(folder, "users/dave/links.toml"))).toBe(true);
    expect(site.app.live.current["app.title"]).toBe("Fixture & Co");
  });

  test("answers at every short code as the site did", async () => {
    const answers = await askAll(site.request, kindsOf(tables));
    expect(answers).toEqual(expectedAnswers(recorded.answers));
  });

  test("accepts the passwords, and ends the sessions", async () => {
    const { cookies, passwords } = recorded.made;
    for (const [username, cookie] of Object.entries(cookies)) {
      const page = await site.request("/profile", { headers: { cookie } });
      expect([username, page.status]).toEqual([username, 303]);
    }
    for (const username of ["", "ines", "nils", "carla"]) {
      const status = await site.signIn(username, passwords[username] ?? "");
      expect([username, status]).toEqual([username, 303]);
    }
  });
});

if (databases.includes("postgres")) {
  describe("an archive of everything by 725086e on PostgreSQL", () => {
    const recorded = readFixture<RecordedSite>("postgres-site.json");
    let folder: string;
    let server: FreshDatabase;

    beforeAll(async () => {
      folder = makeFolder();
      server = await (await openPostgres()).freshDatabase();
    });
    afterAll(async () => {
      await server.drop();
      removeFolder(folder);
    });

    test("has every row, or is rejected where the schema has changed since", async () => {
      if (await hasNewMigrations(join(folder, "empty"))) {
        const failure = await failureOf(restoreArchive("postgres-archive.zip", folder, server.url));
        expect(String(failure)).toContain("another version of Trunk8");
        return;
      }
      await restoreArchive("postgres-archive.zip", folder, server.url);
      const site = await openSite({ dataFolder: folder, databaseUrl: server.url });
      const tables = await readTables(site.app, recorded.tables);
      await site.close();
      for (const [name, table] of Object.entries(comparable(recorded.tables))) {
        expect({ name, ...tables[name] }).toEqual({ name, ...table });
      }
    });
  });
}

describe.each(databases)("a user's zip by 725086e on %s", (database) => {
  const { account, remarks } = readFixture<RestoredZip>("user-ines.json");
  const before = readFixture<RecordedSite>("sqlite-site.json");
  let folder: string;
  let server: FreshDatabase | null = null;
  let site: Site;
  let remarked: string[];

  beforeAll(async () => {
    folder = makeFolder();
    server = database === "postgres" ? await (await openPostgres()).freshDatabase() : null;
    site = await openSite({ dataFolder: folder, databaseUrl: server?.url ?? "" });
    remarked = await restoreZip(site, "user-ines.zip", "ines");
  });
  afterAll(async () => {
    await site.close();
    await server?.drop();
    removeFolder(folder);
  });

  const restored = async () =>
    accountsOf(await readTables(site.app, tablesOf725086e())).ines as RestoredZip["account"];

  test("becomes the links, visits and preferences that it did", async () => {
    const links = account.links.map(withHoursAndDays).map(withVisitsByPeople);
    expect(await restored()).toEqual({ ...account, links });
    expect(remarked).toEqual([...remarks]);
  });

  test("has every link of the user as it was on the site", async () => {
    const own = accountsOf(comparable(before.tables)).ines?.links ?? [];
    expect((await restored()).links).toEqual(own.map(withVisitsByPeople));
  });

  test("answers at every short code as the site did", async () => {
    const tables = await readTables(site.app, tablesOf725086e());
    const kinds = kindsOf(tables);
    const answers = await askAll(site.request, kinds);
    const expected = kinds.map(([code]) => [code, before.answers[code]] as const);
    expect(answers).toEqual(
      expectedAnswers(Object.fromEntries(expected) as RecordedSite["answers"]),
    );
  });
});

async function hasNewMigrations(dataFolder: string): Promise<boolean> {
  mkdirSync(dataFolder, { recursive: true });
  const { app, close } = await openSite({ dataFolder });
  const query = sql<{ name: string }>`select name from kysely_migration`;
  const { rows } = await query.execute(app.database.read);
  await close();
  return rows.length > MIGRATIONS.length;
}
