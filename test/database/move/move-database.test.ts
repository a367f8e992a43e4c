/** Moves a site with everything, also with a kill after every few steps, and compares every row. */
import { Database as Connection } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { cpSync, existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { cancelMove } from "../../../src/database/move/move-database.ts";
import type { MoveSide, Row, TableShape } from "../../../src/database/move/move-side.ts";
import { openAny, openSource } from "../../../src/database/move/open-side.ts";
import { text } from "../../../src/database/move/text.en.ts";
import { text as database } from "../../../src/database/text.en.ts";
import { inputContext, parseNewLink } from "../../../src/links/input/link-schema.ts";
import { operator } from "../../../src/policy.ts";
import { type FreshDatabase, openPostgres, postgresIsAvailable } from "../../postgres.ts";
import { makeFolder, openSite, removeFolder } from "../../upgrade/site.ts";
import { START } from "../../world.ts";
import { everySqliteRow, makeFullSite, move, openSides, type Sides } from "./moved-site.ts";

setDefaultTimeout(120_000);

let folder: string;
let postgres: FreshDatabase;
const full = makeFolder();
await makeFullSite(full);

beforeEach(async () => {
  folder = makeFolder();
  cpSync(full, folder, { recursive: true });
  postgres = await (await openPostgres()).freshDatabase();
});
afterEach(async () => {
  await postgres.drop();
  removeFolder(folder);
});
process.on("exit", () => removeFolder(full));

/** Without foreign keys, as SQLite is without our settings. */
function changeFile(statement: string): void {
  using db = new Connection(join(folder, "trunk8.db"));
  db.run(statement);
}

const toPostgres = () => openSides(folder, "", postgres.url);
const toFile = () => openSides(folder, postgres.url, "");

describe.skipIf(!postgresIsAvailable)("a move", () => {
  test("there and back leaves every row, generated id and sum as it was", async () => {
    const before = everySqliteRow(folder);
    const there = await move(await toPostgres());
    const back = await move(await toFile());
    expect(everySqliteRow(folder)).toEqual(before);
    const rows = there.tables.map(({ name, rows }) => [name, rows]);
    expect(rows.filter(([name]) => name !== "setting")).toEqual(
      back.tables.map(({ name, rows }) => [name, rows]),
    );
    expect(rows.every(([name]) => before[String(name)] !== undefined)).toBe(true);
  });

  test("gives a site that works: new ids follow the last ones, lists and search find every link", async () => {
    const [last = ""] =
      everySqliteRow(folder).sqlite_sequence?.filter((row) => row.includes('"link"')) ?? [];
    await move(await toPostgres());
    const site = await openSite({ dataFolder: folder, databaseUrl: postgres.url });
    try {
      const { links } = site.app;
      expect(await Array.fromAsync(links.consistency.findUnlisted())).toEqual([]);
      const [{ id } = { id: 0 }] = await site.app.database.read
        .selectFrom("user")
        .select("id")
        .where("username", "=", "admin")
        .execute();
      const input = parseNewLink({ target: "https://example.com/" }, inputContext(site.app, []));
      const link = await links.create(operator, { ownerId: id }, input);
      expect(link.id).toBe(Number(/"seq":"(\d+)n"/.exec(last)?.[1]) + 1);
    } finally {
      await site.close();
    }
  });

  test("that is killed after every few steps goes on, and the source stays as it is until the end", async () => {
    const before = everySqliteRow(folder);
    let kills = 0;
    while (await isKilled(move(dyingAfter(STEPS_A_LIFE, await toPostgres())))) {
      expect(++kills).toBeLessThan(60);
      expect(everySqliteRow(folder)).toEqual(before);
    }
    expect(kills).toBeGreaterThan(5);
    await move(await toFile());
    expect(everySqliteRow(folder)).toEqual(before);
  });

  test("of which only the half arrived starts over when the source has changed since", async () => {
    await expect(move(dyingAfter(6, await toPostgres()))).rejects.toBe(killed);
    {
      await using source = await openSource({ url: "", dataFolder: folder, runFolder: folder });
      await cancelMove(source);
      await source.transact(["delete from sent_form where at < 4000"]);
    }
    const before = everySqliteRow(folder);
    await move(await toPostgres());
    await move(await toFile());
    expect(everySqliteRow(folder)).toEqual(before);
  });

  test("that fails lets the source take changes again", async () => {
    const sides = await toPostgres();
    const failing = new Proxy(sides.target, {
      get: (side, key) => {
        if (key === "insert") return () => Promise.reject(new Error("out of order"));
        return memberOf(side, key);
      },
    });
    await expect(move({ ...sides, target: failing })).rejects.toThrow("out of order");
    changeFile("delete from sent_form where at = 1");
  });

  test("whose copy differs is refused, and the site stays where it is", async () => {
    const sides = await toPostgres();
    const forgetful = new Proxy(sides.target, {
      get: (side, key) => {
        if (key !== "insert") return memberOf(side, key);
        return (table: TableShape, rows: readonly Row[]) =>
          side.insert(table, table.name === "sent_form" ? rows.slice(1) : rows);
      },
    });
    const moving = move({ ...sides, target: forgetful });
    await expect(moving).rejects.toMatchObject({ message: text.differs("sent_form") });
    await (await openSite({ dataFolder: folder })).close();
  });

  test("replaces NUL characters, which PostgreSQL does not store, and says how many", async () => {
    changeFile(
      "update link set note = 'a' || char(0) || 'b' where id = (select min(id) from link)",
    );
    const { replaced } = await move(await toPostgres());
    expect(replaced).toEqual({ link: 1 });
    await move(await toFile());
    expect(everySqliteRow(folder).link?.join()).toContain('"note":"a\ufffdb"');
  });

  test("refuses every change of the source meanwhile, and links are answered", async () => {
    const site = await openSite({ dataFolder: folder, now: START });
    try {
      const refused: unknown[] = [];
      const look = async () => {
        const write = site.app.database.write((trx) => trx.deleteFrom("lease").execute());
        await write.catch((thrown) => refused.push(thrown));
        expect((await site.request("/no-such-link")).status).toBe(404);
      };
      let looks = 0;
      const switchTo = async () => {
        looks++;
        await look();
      };
      await move(await toPostgres(), { switchTo });
      expect(looks).toBe(1);
      expect(refused).toMatchObject([
        { code: "busy", message: database.moving, retryAfterSeconds: 30 },
      ]);
    } finally {
      await site.close();
    }
  });
});

describe.skipIf(!postgresIsAvailable)("afterwards", () => {
  test("the source refuses a start, with the way back, which keeps all rows", async () => {
    const before = everySqliteRow(folder);
    await move(await toPostgres());
    await expect(openSite({ dataFolder: folder })).rejects.toMatchObject({
      code: "conflict",
      message: text.moved(targetName()),
    });
    await using source = await openSource({ url: "", dataFolder: folder, runFolder: folder });
    await cancelMove(source);
    expect(everySqliteRow(folder)).toEqual(before);
    await (await openSite({ dataFolder: folder })).close();
  });

  test("the way back is open to a newer program, which upgrades then", async () => {
    await move(await toPostgres());
    changeFile("delete from kysely_migration where name > '0027'");
    const place = { url: "", dataFolder: folder, runFolder: folder };
    await expect(openSource(place)).rejects.toMatchObject({ code: "conflict" });
    {
      await using source = await openAny(place);
      await cancelMove(source);
    }
    using db = new Connection(join(folder, "trunk8.db"));
    const left = db.query("select name from sqlite_master where name like 'database_move%'").all();
    expect(left).toEqual([]);
  });

  test("the file that was left is set aside by the way back, not overwritten", async () => {
    await move(await toPostgres());
    const { source, target } = await toFile();
    await move({ source, target });
    const aside = readdirSync(join(folder, "backups")).filter((name) => name.startsWith("moved-"));
    expect(aside).toHaveLength(1);
    expect(existsSync(join(folder, "backups", `${aside[0]}-wal`))).toBe(false);
  });

  test("a target that was not completed refuses a start", async () => {
    await expect(move(dyingAfter(6, await toPostgres()))).rejects.toBe(killed);
    const opening = openSite({ dataFolder: folder, databaseUrl: postgres.url });
    await expect(opening).rejects.toMatchObject({ code: "conflict" });
  });
});

describe.skipIf(!postgresIsAvailable)("refuses", () => {
  test("a target with links", async () => {
    await move(await toPostgres());
    const other = makeFolder();
    cpSync(full, other, { recursive: true });
    await expect(move(await openSides(other, "", postgres.url))).rejects.toMatchObject({
      message: text.notEmpty(targetName()),
    });
    removeFolder(other);
  });

  test("a target of another site", async () => {
    const other = makeFolder();
    await (await openSite({ dataFolder: other, databaseUrl: postgres.url })).close();
    await expect(move(await toPostgres())).rejects.toMatchObject({
      message: text.otherSite(targetName()),
    });
    removeFolder(other);
  });

  test("a target that is half filled from another site", async () => {
    await expect(move(dyingAfter(6, await toPostgres()))).rejects.toBe(killed);
    const other = makeFolder();
    await (await openSite({ dataFolder: other })).close();
    await expect(move(await openSides(other, "", postgres.url))).rejects.toMatchObject({
      message: text.otherSite(targetName()),
    });
    removeFolder(other);
  });

  test("a source that was moved elsewhere", async () => {
    await move(await toPostgres());
    const other = await (await openPostgres()).freshDatabase();
    await expect(move(await openSides(folder, "", other.url))).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("was moved to"),
    });
    await other.drop();
  });

  test("a move that another machine has begun", async () => {
    await expect(move(dyingAfter(3, await toPostgres()), { host: "other" })).rejects.toBe(killed);
    await expect(move(await toPostgres())).rejects.toMatchObject({
      message: text.movingElsewhere("other"),
    });
  });

  test("a target of a newer version", async () => {
    const { target, source } = await toPostgres();
    await target.transact(["insert into kysely_migration values ('9999_new', 'now')"]);
    await source[Symbol.asyncDispose]();
    await target[Symbol.asyncDispose]();
    await expect(toPostgres()).rejects.toMatchObject({ code: "conflict" });
  });

  test("a source whose rows refer to missing ones, naming the table", async () => {
    changeFile("update link set owner_id = 987654 where id = (select min(id) from link)");
    await expect(move(await toPostgres())).rejects.toMatchObject({
      code: "invalid",
      message: expect.stringContaining("row of link "),
    });
  });
});

/** How messages name the database: without its password. */
function targetName(): string {
  const { host, pathname, username } = new URL(postgres.url);
  return `postgres://${username}@${host}${pathname}`;
}

/** Steps that change something, for each life of a command; the last thing it does is not clean up. */
const STEPS_A_LIFE = 4;
const killed = new Error("killed");
const changing = new Set(["transact", "insert", "setLastId", "complete"]);

async function isKilled(moving: Promise<unknown>): Promise<boolean> {
  return await moving.then(
    () => false,
    (thrown) => {
      if (thrown !== killed) throw thrown;
      return true;
    },
  );
}

/** Both sides until so many changes were made; then neither does anything any more. */
function dyingAfter(steps: number, { source, target }: Sides): Sides {
  const life = { steps };
  return { source: dying(source, life), target: dying(target, life) };
}

function dying(side: MoveSide, life: { steps: number }): MoveSide {
  return new Proxy(side, {
    get: (_, key) => {
      const member = memberOf(side, key);
      if (typeof member !== "function" || key === Symbol.asyncDispose) return member;
      return (...given: unknown[]) => {
        if (changing.has(String(key)) && life.steps-- <= 0) life.steps = Number.NEGATIVE_INFINITY;
        if (life.steps < 0 && life.steps === Number.NEGATIVE_INFINITY)
          return Promise.reject(killed);
        return member(...given);
      };
    },
  });
}

function memberOf(side: MoveSide, key: string | symbol) {
  const member = Reflect.get(side, key);
  return typeof member === "function" ? member.bind(side) : member;
}
