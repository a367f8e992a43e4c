/** Visits that are saved in several transactions, of which only the first ones happen. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { sql } from "kysely";
import type { Visits } from "../../../src/visits/visits.ts";
import { databases } from "../../world.ts";
import { type CountingSite, countVisits, openCountingSite } from "../counting-site.ts";
import { MEBIBYTE, visitOf } from "../opening.ts";

/** Of each of two links, so that with those of a third there are more than a slice has; and what fills a journal. */
const MANY = 4200;
const FEW = 10;
const FILLING = 35_000;

for (const kind of databases) {
  describe(`saving in slices on ${kind}`, () => {
    let site: CountingSite;
    let visits: Visits;
    beforeEach(async () => {
      site = await openCountingSite(kind);
      visits = site.open();
    });
    afterEach(async () => {
      await visits.close();
      await site.close();
    });

    const record = (by: Visits, many: number) => {
      const [a = 0, b = 0, c = 0] = site.linkIds;
      for (let number = 0; number < many; number++)
        for (const linkId of number < FEW ? [a, b, c] : [a, b]) by.record(visitOf(linkId));
    };
    const totals = async () => {
      const rows = await site.database.read
        .selectFrom("link_total")
        .select(["link_id", "visits"])
        .execute();
      const found = new Map(rows.map((row) => [row.link_id, row.visits]));
      return site.linkIds.map((linkId) => found.get(linkId) ?? 0);
    };
    const visitors = async () => {
      const rows = await site.database.read.selectFrom("link_unique").select("visitors").execute();
      return rows.map((row) => row.visitors);
    };

    /** No visit of the last link can be saved until what this returns is called. */
    const block = async () => {
      const last = sql.lit(site.linkIds[2] ?? 0);
      const [refuse, allow] =
        kind === "sqlite"
          ? [
              sql`create trigger refused before insert on link_quarter when new.link_id = ${last}
                begin select raise(abort, 'refused'); end`,
              sql`drop trigger refused`,
            ]
          : [
              sql`alter table link_quarter add constraint refused check (link_id <> ${last})`,
              sql`alter table link_quarter drop constraint refused`,
            ];
      await site.database.write((trx) => refuse.execute(trx));
      return async () => {
        await site.database.write((trx) => allow.execute(trx));
      };
    };

    const expectAll = async (many: number, few: number) => {
      expect(await totals()).toEqual([many, many, few]);
      const all = 2 * many + few;
      expect(await countVisits(site)).toMatchObject({ totals: all, quarters: all, single: all });
    };

    test("the same process saves the rest later", async () => {
      record(visits, MANY);
      const allow = await block();
      await visits.flush();
      expect(await totals()).toEqual([MANY, MANY, 0]);
      record(visits, 1);
      await visits.flush();
      expect(await totals()).toEqual([MANY, MANY, 0]);
      await allow();
      await visits.flush();
      await expectAll(MANY + 1, FEW + 1);
      expect(await visitors()).toEqual([1, 1, 1]);
    });

    test("another process saves the rest, and both save what comes then", async () => {
      record(visits, MANY);
      const allow = await block();
      await visits.flush();
      await allow();
      const other = site.open();
      record(visits, 1);
      record(other, 1);
      await Promise.all([visits.flush(), other.flush()]);
      await other.close();
      await expectAll(MANY + 2, FEW + 2);
    });

    // Files are read alike, whatever the database; so many single visits take long on PostgreSQL.
    if (kind === "sqlite")
      test("so are the totals of a full journal", async () => {
        const small = site.open({ maxJournalBytes: () => MEBIBYTE });
        record(small, FILLING / 2);
        expect(small.detailsDropped).toBeGreaterThan(0);
        const allow = await block();
        await small.close();
        expect((await totals())[2]).toBe(0);
        await allow();
        await visits.flush();
        expect(await totals()).toEqual([FILLING / 2, FILLING / 2, FEW]);
        expect(site.files()).toEqual([]);
      });

    test("a link that is deleted in between is left out", async () => {
      record(visits, MANY);
      const allow = await block();
      await visits.flush();
      await allow();
      const [, , last = 0] = site.linkIds;
      await site.database.write((trx) => trx.deleteFrom("link").where("id", "=", last).execute());
      await visits.flush();
      expect(await totals()).toEqual([MANY, MANY, 0]);
    });
  });
}
