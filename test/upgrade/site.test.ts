/**
 * Opens the sites that commit 725086e left behind when it was killed, and compares what this version makes of them with
 * what that one had: every row, total, byte and answer. How the fixtures were made is in test/fixtures/README.md.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import { type FreshDatabase, openPostgres } from "../postgres.ts";
import { databases } from "../world.ts";
import { countSaved, visitsByClass } from "./accounts.ts";
import { askAll, expectedAnswers } from "./answers.ts";
import { loadDump, type RecordedSite, readFixture, unpack } from "./fixture.ts";
import { makeFolder, openSite, removeFolder, type Site } from "./site.ts";
import { comparable, kindsOf, MIGRATIONS, readTables, rowsOf, type Tables } from "./tables.ts";

describe.each(databases)("a site of 725086e on %s", (database) => {
  const recorded = readFixture<RecordedSite>(`${database}-site.json`);
  const { made } = recorded;
  let folder: string;
  let server: FreshDatabase | null = null;
  let site: Site;
  let savedBefore: number;
  /** As they are before anything is asked of the site. */
  let tables: Tables;

  beforeAll(async () => {
    folder = makeFolder();
    unpack(`${database}-site.tar.gz`, folder);
    if (database === "postgres") {
      server = await (await openPostgres()).freshDatabase();
      await loadDump("postgres-site.sql.gz", server.url);
    }
    site = await openSite({ dataFolder: folder, databaseUrl: server?.url ?? "" });
    savedBefore = await countSaved(site.app);
    await site.app.visits.flush();
    tables = await readTables(site.app, recorded.tables);
  });
  afterAll(async () => {
    await site.close();
    await server?.drop();
    removeFolder(folder);
  });

  test("counts the visits that waited in the journals of the killed process", async () => {
    const counted = Object.values(made.visits).flatMap((classes) => Object.values(classes));
    const total = counted.reduce((sum, count) => sum + count, 0);
    expect(savedBefore).toBe(total - made.inJournals);
    expect(await countSaved(site.app)).toBe(total);
  });

  test("has every row, and no other", () => {
    for (const [name, table] of Object.entries(comparable(recorded.tables))) {
      expect({ name, ...tables[name] }).toEqual({ name, ...table });
    }
  });

  test("finds every link in lists and searches", async () => {
    const unlisted = await Array.fromAsync(site.app.links.consistency.findUnlisted());
    expect(unlisted).toEqual([]);
  });

  test("has the visits of each link that the maker counted", () => {
    const { "deleted-later": _, ...visits } = made.visits;
    expect(visitsByClass(tables)).toEqual(visits);
  });

  test("counts people only in the totals of links", async () => {
    const query = sql<{ short_code: string; visits: number }>`select short_code, visits
      from link_total join link on link.id = link_id`;
    const { rows } = await query.execute(site.app.database.read);
    const people = Object.entries(visitsByClass(tables)).flatMap(([code, { human = 0 }]) =>
      human === 0 ? [] : [[code, human]],
    );
    expect(Object.fromEntries(rows.map((row) => [row.short_code, row.visits]))).toEqual(
      Object.fromEntries(people),
    );
  });

  test("has run the migrations of 725086e, and maybe later ones", async () => {
    const query = sql<{ name: string }>`select name from kysely_migration order by name`;
    const { rows } = await query.execute(site.app.database.read);
    expect(rows.map(({ name }) => name).slice(0, MIGRATIONS.length)).toEqual([...MIGRATIONS]);
  });

  test("has every stored byte", () => {
    for (const { path, size, sha256 } of rowsOf(recorded.tables, "blob")) {
      const bytes = readFileSync(join(folder, "users", String(path)));
      const hash = createHash("sha256").update(bytes).digest("hex");
      expect([path, bytes.length, hash]).toEqual([path, size, sha256]);
    }
  });

  test("answers at every short code as it did", async () => {
    const answers = await askAll(site.request, kindsOf(recorded.tables));
    expect(answers).toEqual(expectedAnswers(recorded.answers));
  });

  test("keeps the settings that were changed", () => {
    expect(site.app.live.current).toMatchObject({
      "app.title": "Fixture & Co",
      "app.timezone": "Europe/Paris",
      "app.theme": "slate",
      "app.markdown_theme": "flatly",
      "files.quota_mb": 200,
      "files.allowed_extensions": ["*"],
      "links.schemes": ["http", "https", "mailto", "ftp"],
      "links.indexed": true,
      "session.permanent_lifetime_days": 45,
      "visits.retention_days": 400,
      "audit.retention_days": 1000,
    });
  });

  test("keeps sessions signed in", async () => {
    for (const [username, cookie] of Object.entries(made.cookies)) {
      const page = await site.request("/profile", { headers: { cookie } });
      expect([username, page.status]).toEqual([username, 200]);
    }
  });

  test("accepts every password, and that of no disabled or deleted user", async () => {
    for (const [username, password] of Object.entries(made.passwords)) {
      const expected = ["dora", "tess"].includes(username) ? 422 : 303;
      expect([username, await site.signIn(username, password)]).toEqual([username, expected]);
    }
    expect(await site.signIn("ines", "another password")).toBe(422);
  });

  test("finds an old link by its words and gives a new link an unused id", async () => {
    const headers = { cookie: made.cookies.ines ?? "" };
    const found = await (await site.request("/links?q=edited", { headers })).text();
    expect(found).toContain("/-/links/note-1");
    expect(found).not.toContain("/-/links/plain");
    const body = new URLSearchParams({ short_code: "made-now", url: "https://now.example/" });
    const added = await site.request("/add", { method: "POST", headers, body });
    expect(added.status).toBe(303);
    const highest = Math.max(...rowsOf(recorded.tables, "link").map(({ id }) => Number(id)));
    const query = sql<{ id: number }>`select id from link where short_code = 'made-now'`;
    const { rows } = await query.execute(site.app.database.read);
    expect(rows[0]?.id).toBeGreaterThan(highest + 1);
  });
});
