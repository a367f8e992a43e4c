import { Database as Sqlite } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Kysely, sql } from "kysely";
import { makeFolders } from "../../../src/database/data-folders.ts";
import { sqliteDialect } from "../../../src/database/dialect.ts";
import { listMigrations } from "../../../src/database/migrations/migrate.ts";
import { openDatabase } from "../../../src/database/open-database.ts";
import { openSqlite } from "../../../src/database/sqlite/open-sqlite.ts";
import { text } from "../../../src/database/text.en.ts";
import { silentLog } from "../../../src/telemetry/log.ts";
import { failureOf } from "../../failure.ts";

const open = (dataFolder: string) =>
  openDatabase({ url: "", poolSize: 2, dataFolder, log: silentLog() });

describe("opening a database", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "trunk8-migrations-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test("opening it again changes nothing and makes no copy", async () => {
    await (await open(folder)).close();
    await (await open(folder)).close();
    expect(readdirSync(join(folder, "backups"))).toEqual([]);
  });

  test("four processes can open a new database concurrently", async () => {
    for (let round = 0; round < 10; round++) {
      const data = join(folder, `${round}`);
      const all = await Promise.all([open(data), open(data), open(data), open(data)]);
      for (const database of all) await database.close();
    }
  });

  test("a database of a newer version is refused and unchanged", async () => {
    await (await open(folder)).close();
    change(folder, "insert into kysely_migration values ('9999_later', '2030')");
    expect(await failureOf(open(folder))).toHaveProperty("message", text.newer("9999_later"));
    await open(folder).catch(() => {});
    expect(readdirSync(join(folder, "backups"))).toEqual([]);
  });

  test("the file is copied before a migration", async () => {
    await (await open(folder)).close();
    change(folder, "insert into sent_form (key, at) values ('kept', 0)");
    const later = { ...listMigrations(sqliteDialect), "9999_later": { up: forgetForms } };
    await (await openSqlite(makeFolders(folder), { migrations: later })).close();
    const [copy = ""] = readdirSync(join(folder, "backups"));
    expect(copy).toStartWith("before-9999_later-");
    expect(keysIn(join(folder, "backups", copy))).toEqual(["kept"]);
    expect(keysIn(join(folder, "trunk8.db"))).toEqual([]);
  });

  test("a failed migration leaves the database unchanged", async () => {
    await (await open(folder)).close();
    change(folder, "insert into sent_form (key, at) values ('kept', 0)");
    const fails = async (db: Kysely<unknown>) => {
      await forgetForms(db);
      throw new Error("half-way");
    };
    const later = { ...listMigrations(sqliteDialect), "9999_later": { up: fails } };
    expect(await failureOf(openSqlite(makeFolders(folder), { migrations: later }))).toHaveProperty(
      "message",
      expect.stringContaining("half-way"),
    );
    await openSqlite(makeFolders(folder), { migrations: later }).catch(() => {});
    expect(keysIn(join(folder, "trunk8.db"))).toEqual(["kept"]);
    await (await open(folder)).close();
  });

  test("names the leases of periodic jobs by their ids", async () => {
    const all = Object.entries(listMigrations(sqliteDialect));
    const before = all.filter(([name]) => name < "0012");
    await (
      await openSqlite(makeFolders(folder), { migrations: Object.fromEntries(before) })
    ).close();
    change(
      folder,
      `insert into lease (name, holder, until, failure) values
         ('remove half uploads of the dead', 'alpha 12', 0, ''), ('another', 'alpha 12', 0, '')`,
    );
    await (await open(folder)).close();
    using sqlite = new Sqlite(join(folder, "trunk8.db"), { readonly: true });
    const names = sqlite.query("select name from lease order by name").values().flat();
    expect(names).toEqual(["another", "clean-partial-uploads"]);
  });

  test("every connection uses WAL, full sync and foreign keys", async () => {
    const database = await open(folder);
    const broken = database.write((trx) =>
      trx
        .insertInto("session")
        .values({
          id: "x",
          seal: "",
          user_id: 99,
          remember: 0,
          created_at: 0,
          last_seen_at: 0,
          expires_at: 0,
          device: "",
        })
        .execute(),
    );
    expect(await failureOf(broken)).toHaveProperty(
      "message",
      expect.stringContaining("FOREIGN KEY"),
    );

    expect(existsSync(join(folder, "trunk8.db-wal"))).toBe(true);
    await database.close();
  });
});

async function forgetForms(db: Kysely<unknown>): Promise<void> {
  await sql`delete from sent_form`.execute(db);
}

function keysIn(file: string): unknown[] {
  const db = new Sqlite(file);
  const rows = db.query("select key from sent_form").values();
  db.close();
  return rows.flat();
}

function change(folder: string, statement: string): void {
  const db = new Sqlite(join(folder, "trunk8.db"));
  db.run(statement);
  db.close();
}

test("migrations use no code that later versions may change", async () => {
  const folder = join(import.meta.dir, "../../../src/database/migrations");
  for (const name of readdirSync(folder).filter((file) => /^\d/.test(file))) {
    const source = await Bun.file(join(folder, name)).text();
    const imports = source.match(/^import (?!type )[^;]*;/gm) ?? [];
    expect(imports.filter((line) => !line.endsWith('from "kysely";'))).toEqual([]);
  }
});
