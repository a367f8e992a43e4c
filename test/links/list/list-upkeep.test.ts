import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { makeFolders } from "../../../src/database/data-folders.ts";
import type { Database } from "../../../src/database/database.ts";
import { sqliteDialect } from "../../../src/database/dialect.ts";
import { listMigrations } from "../../../src/database/migrations/migrate.ts";
import { openSqlite } from "../../../src/database/sqlite/open-sqlite.ts";
import { readPage } from "../../../src/links/list/list-page.ts";
import { searchedText } from "../../../src/links/list/search-words.ts";
import { parseShortCode } from "../../../src/links/short-code.ts";
import { operator, visitor } from "../../../src/policy.ts";
import { pointLink } from "../../database/point.ts";
import { failureOf } from "../../failure.ts";
import { newLink } from "../../share.ts";
import { FIREFOX } from "../../user-agents.ts";
import { as, databases, openTestApp, START, type World } from "../../world.ts";

const DAY = 86_400_000;
for (const kind of databases) {
  describe(`what lists keep of links on ${kind}`, () => {
    let world: World;
    beforeEach(async () => {
      world = await openTestApp({ database: kind });
    });
    afterEach(() => world.close());

    const make = (short_code: string, title = "", who: "alice" | "bob" = "alice") => {
      const owner = world.people[who];
      const input = newLink({ shortCode: short_code, title, target: "https://example.com/" });
      return world.app.links.create(as(owner), { ownerId: owner.id }, input);
    };
    const find = async (text: string): Promise<string[]> =>
      (await world.app.links.list(operator, { text, limit: 50, sort: "code" })).links.map(
        ({ shortCode }) => shortCode,
      );
    const visit = async (linkId: number, at: number) => {
      world.app.visits.record({ linkId, at, userAgent: FIREFOX, referrer: "", purpose: "" });
      await world.app.visits.flush();
    };

    test("an edited link is found by its new words, and by the old ones no more", async () => {
      await make("one", "before noon");
      await world.app.links.edit(operator, "one", { title: "Afternoon" });
      expect(await find("before")).toEqual([]);
      expect(await find("afterNOON")).toEqual(["one"]);
      await world.app.links.edit(operator, "one", { disabled: true });
      const page = await world.app.links.list(operator, { status: "disabled", limit: 5 });
      expect(page.total).toBe(1);
    });

    test("a link that is removed, or swept away, is found no more", async () => {
      await make("one", "gone soon");
      await make("two", "gone later");
      await world.app.links.remove(operator, "one");
      expect(await find("gone")).toEqual(["two"]);
      await world.app.links.edit(operator, "two", { expiresAt: START + 1 });
      world.clock.advance(DAY);
      await world.app.links.sweepExpired(0, 10);
      expect(await find("gone")).toEqual([]);
      expect(await faultsIn(world.app.database)).toEqual([]);
    });

    test("after many writers at once, every link is found by what it is now", async () => {
      const codes = Array.from({ length: 60 }, (_, at) => `many-${at}`);
      await Promise.all(codes.map((code) => make(code, `first ${code}`)));
      const { links } = world.app;
      const work = codes.flatMap((code, at) => [
        links.edit(operator, code, { title: `second ${at}` }),
        at % 3 === 0 ? links.remove(operator, code) : links.edit(operator, code, { note: "n" }),
        at % 5 === 0
          ? links.many.run(operator, [code, `many-${at + 1}`], { deletes: true })
          : find("second"),
        at % 4 === 0
          ? links.many.run(operator, codes, { change: { disabled: at % 8 === 0 } })
          : find("many"),
      ]);
      await Promise.allSettled(work);
      expect(await faultsIn(world.app.database)).toEqual([]);
    });

    test("several links are changed at once: one's own, and no others", async () => {
      const { alice, bob, admin } = world.people;
      for (const code of ["a1", "a2"]) await make(code);
      await make("b1", "", "bob");
      const { links } = world.app;
      const codes = ["a1", "a2", "b1", "missing", "a1", "no code\u0000"];
      expect(
        (await links.many.run(as(alice), codes, { change: { expiresAt: START + DAY } })).count,
      ).toBe(2);
      expect((await links.get(operator, "a2")).expiresAt).toBe(START + DAY);
      expect((await links.get(operator, "b1")).expiresAt).toBeNull();
      expect((await links.many.run(visitor, codes, { change: { disabled: true } })).count).toBe(0);
      expect((await links.many.run(as(admin), [], { change: { disabled: true } })).count).toBe(0);
      expect((await links.many.run(as(admin), codes, { change: { disabled: true } })).count).toBe(
        3,
      );
      expect((await links.cache.find("b1"))?.disabled).toBe(true);
      expect((await links.many.run(as(bob), codes, { deletes: true })).count).toBe(1);
      expect(await links.cache.find("b1")).toBeNull();
      expect((await links.many.run(as(admin), codes, { deletes: true })).count).toBe(2);
    });

    test("a code is free until a link has it", async () => {
      const code = parseShortCode("Wanted");
      expect(await world.app.links.isFree(code, 0)).toBe(true);
      await make("Wanted");
      expect(await world.app.links.isFree(code, 0)).toBe(false);
      expect(await world.app.links.isFree(parseShortCode("wanted"), 0)).toBe(true);
    });

    test("totals are of one's own links, or of everybody's for an administrator", async () => {
      const { alice, bob, admin } = world.people;
      const { links } = world.app;
      const first = await make("a1");
      await make("a2");
      await make("a3");
      await make("b1", "", "bob");
      await visit(first.id, START);
      await links.refreshRanks();
      await links.edit(operator, "a2", { disabled: true });
      await links.edit(operator, "a3", { expiresAt: START });
      expect(await links.totals(as(alice), alice.id)).toEqual({ links: 3, live: 1, visits: 1 });
      expect(await links.totals(as(bob), bob.id)).toEqual({ links: 1, live: 1, visits: 0 });
      expect(await links.totals(as(admin))).toEqual({ links: 4, live: 2, visits: 1 });
      expect(await failureOf(links.totals(as(bob)))).toMatchObject({ code: "forbidden" });
      expect(await failureOf(links.totals(as(bob), alice.id))).toMatchObject({ code: "forbidden" });
    });

    test("the order of a very long list follows visits when ranks are refreshed", async () => {
      const [one, two] = [await make("one"), await make("two")];
      await visit(one.id, START);
      await visit(one.id, START + 1);
      await visit(two.id, START + 2);
      const walk = async (): Promise<string[]> =>
        (
          await readPage(world.app.database, { sort: "visits", limit: 5 }, START, {
            maxCounted: 1,
            maxScanned: 100,
            frequencySample: 100,
            maxOfStatus: 100,
          })
        ).links.map(({ shortCode }) => shortCode);
      expect(await walk()).toEqual(["two", "one"]);
      expect(await world.app.links.refreshRanks()).toBe(2);
      expect(await walk()).toEqual(["one", "two"]);
      expect(await world.app.links.refreshRanks()).toBe(0);
    });
  });
}

test("links made before there was a search are found after the upgrade, with their visits", async () => {
  const folder = mkdtempSync(join(tmpdir(), "trunk8-lists-"));
  const { "0001_first": first } = listMigrations(sqliteDialect);
  if (first === undefined) throw new Error("The first migration has another name.");
  const old = await openSqlite(makeFolders(folder), { migrations: { "0001_first": first } });
  await old.write(async (trx) => {
    await sql`insert into "user" (username, display_name, role, created_at)
      values ('old', 'Old', 'user', 0)`.execute(trx);
  });
  for (let at = 0; at < 1001; at++) await pointLink(old, `old-${at}`, "https://OLD.example/");
  await old.write((trx) =>
    trx.insertInto("link_total").values({ link_id: 7, visits: 3, last_visit_at: 5 }).execute(),
  );
  await old.close();
  const database = await openSqlite(makeFolders(folder));
  const page = await readPage(database, { text: "old.ex", sort: "visits", limit: 2 }, START);
  expect(page.total).toBe(1001);
  expect(page.links[0]).toMatchObject({ id: 7, visits: 3, lastVisitAt: 5 });
  expect(await faultsIn(database)).toEqual([]);
  await database.close();
  rmSync(folder, { recursive: true });
});

/** The links for which lists keep something else than what they are, or keep it twice, or not at all. */
async function faultsIn(database: Database): Promise<unknown[]> {
  const links = await database.read.selectFrom("link").selectAll().orderBy("id").execute();
  const kept = await database.read
    .selectFrom("link_search as s")
    .innerJoin("link_rank as r", "r.link_id", "s.link_id")
    .select(["s.link_id", "s.owner_id", "s.disabled", "s.expires_at", "s.code", "s.text"])
    .orderBy("s.link_id")
    .execute();
  const faults: unknown[] = [];
  const expected = links.map(({ id, owner_id, disabled, expires_at, short_code, ...link }) => ({
    link_id: id,
    owner_id,
    disabled,
    expires_at,
    ...searchedText({ ...link, content: null, shortCode: short_code, aliases: [] }),
  }));
  if (!Bun.deepEquals(kept, expected)) faults.push({ kept, expected });
  for (const { code } of kept) {
    const query = { text: code, sort: "code", limit: 1 } as const;
    const [found] = (await readPage(database, query, START)).links;
    if (found?.shortCode.toLowerCase() !== code) faults.push(code);
  }
  return faults;
}
