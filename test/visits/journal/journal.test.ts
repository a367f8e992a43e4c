/** Visits between the request that records them and the tables that keep them. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { sql } from "kysely";
import { dimensions } from "../../../src/visits/dimension.ts";
import type { Visits } from "../../../src/visits/visits.ts";
import { until } from "../../until.ts";
import { databases } from "../../world.ts";
import { type CountingSite, countVisits, openCountingSite } from "../counting-site.ts";
import { MEBIBYTE, START, visitOf } from "../opening.ts";

/** Records of this kind that one segment holds. */
const A_SEGMENT = Math.floor((MEBIBYTE - 32) / 32);

for (const kind of databases) {
  describe(`visits on ${kind}`, () => {
    let site: CountingSite;
    let opened: Visits[];
    beforeAll(async () => {
      site = await openCountingSite(kind);
    });
    afterAll(() => site.close());
    beforeEach(() => {
      opened = [];
    });
    afterEach(async () => {
      for (const visits of opened) await visits.close();
      expect(site.files()).toEqual([]);
      expect((await countVisits(site)).journals).toBe(0);
      for (const table of ["visit", "link_quarter", "link_day", "link_total"] as const)
        await site.database.write((trx) => trx.deleteFrom(table).execute());
    });

    const open: CountingSite["open"] = (options) => {
      const visits = site.open(options);
      opened.push(visits);
      return visits;
    };
    const record = (visits: Visits, count: number, linkId = site.linkIds[0] ?? 0) => {
      for (let done = 0; done < count; done++) visits.record(visitOf(linkId));
    };
    const expectSaved = async (count: number, single = count) =>
      expect(await countVisits(site)).toMatchObject({ totals: count, quarters: count, single });

    test("that fill several segments are saved, and the full segments removed", async () => {
      const visits = open();
      const count = Math.ceil(3.5 * A_SEGMENT);
      for (let at = 0; at < 7; at++) {
        record(visits, Math.ceil(count / 7));
        await Bun.sleep(0); // lets the next segment be created in advance
      }
      await visits.flush();
      await expectSaved(7 * Math.ceil(count / 7));
      expect(site.files().filter((name) => name.endsWith(".visits")).length).toBeLessThan(3);
      await visits.close();
      await expectSaved(7 * Math.ceil(count / 7));
    });

    test("in a burst that blocks the event loop are saved", async () => {
      const visits = open();
      record(visits, 2 * A_SEGMENT);
      await visits.flush();
      await expectSaved(2 * A_SEGMENT);
    });

    test("beyond the maximum size are kept as totals until there is space again", async () => {
      const visits = open({ maxJournalBytes: () => MEBIBYTE });
      record(visits, A_SEGMENT + 500);
      expect([visits.detailsDropped, visits.lost]).toEqual([500, 0]);
      // It finds by itself that there is room, also where nobody comes.
      await until(() => visits.flush().then(() => !hasTotals(site)), {
        what: "the totals to be saved",
      });
      await expectSaved(A_SEGMENT + 500, A_SEGMENT);
      record(visits, 10);
      expect(visits.detailsDropped).toBe(500);
      await visits.flush();
      await expectSaved(A_SEGMENT + 510, A_SEGMENT + 10);
    });

    test("beyond the maximum size are in the totals when the process ends", async () => {
      const visits = open({ maxJournalBytes: () => MEBIBYTE });
      record(visits, A_SEGMENT);
      for (const linkId of site.linkIds) record(visits, 100, linkId);
      await visits.close();
      await expectSaved(A_SEGMENT + 300, A_SEGMENT);
    });

    test("of more links than a table of totals holds are all counted", async () => {
      const linkIds = await addLinks(40_000);
      const visits = open({ maxJournalBytes: () => MEBIBYTE });
      record(visits, A_SEGMENT);
      for (const linkId of linkIds) visits.record(visitOf(linkId));
      expect(site.files().filter((name) => name.endsWith(".totals")).length).toBeGreaterThan(1);
      await visits.close();
      await expectSaved(A_SEGMENT + linkIds.length, A_SEGMENT);
      expect([visits.detailsDropped, visits.lost]).toEqual([linkIds.length, 0]);
    });

    test("of a deleted link are skipped, and the others saved", async () => {
      const [gone = 0] = await addLinks(1);
      const visits = open();
      record(visits, 5, gone);
      record(visits, 7);
      await site.database.write((trx) => trx.deleteFrom("link").where("id", "=", gone).execute());
      await visits.flush();
      expect(await countVisits(site)).toMatchObject({ totals: 7, quarters: 7 });
    });

    test("of unknown browsers, written by a newer version, are saved as Other", async () => {
      const visits = open();
      visits.record(visitOf(site.linkIds[0] ?? 0));
      await overwriteCode(site, 0xc8_c9_00);
      await visits.flush();
      const rows = await site.database.read
        .selectFrom("link_day")
        .innerJoin("visit_value", "visit_value.id", "link_day.value_id")
        .select(["visit_value.dimension", "value", "visits"])
        .where("visit_value.dimension", "in", [dimensions.browser, dimensions.system])
        .orderBy("visit_value.dimension")
        .execute();
      expect(rows).toEqual([
        { dimension: dimensions.browser, value: "Other", visits: 1 },
        { dimension: dimensions.system, value: "Other", visits: 1 },
      ]);
    });

    test("are saved once by concurrent processes", async () => {
      const several = Array.from({ length: 4 }, () => open());
      for (let round = 1; round <= 5; round++) {
        for (const visits of several) record(visits, 100);
        await Promise.all(several.map((visits) => visits.flush()));
      }
      await expectSaved(2000);
      for (const visits of several) record(visits, 10);
      await Promise.all(several.map((visits) => visits.close()));
      await expectSaved(2040);
    });

    test("are not saved again by a process that read them before another saved and removed them", async () => {
      const [writer, late] = [open(), open()];
      record(writer, 10);
      const { promise: mayWrite, resolve: letWrite } = Promise.withResolvers<void>();
      const { database } = site;
      const write: typeof database.write = async (work) => {
        await mayWrite;
        return await database.write(work);
      };
      const slowest = open({ database: { ...database, write } });
      const saving = slowest.flush(); // has read, and waits for its turn to write
      await Bun.sleep(0);
      await writer.close();
      await late.flush();
      expect(site.files()).toEqual([]);
      letWrite();
      await saving;
      await expectSaved(10);
    });

    test("are saved when the database is available again", async () => {
      const { database } = site;
      let isAway = true;
      const write: typeof database.write = (work) =>
        isAway ? Promise.reject(new Error("away")) : database.write(work);
      const visits = open({ database: { ...database, write } });
      record(visits, A_SEGMENT + 10);
      await visits.flush();
      await visits.flush();
      await expectSaved(0);
      isAway = false;
      await visits.flush();
      await expectSaved(A_SEGMENT + 10);
    });

    /** @returns their ids */
    async function addLinks(count: number): Promise<number[]> {
      const { database } = site;
      await database.write(async (trx) => {
        const numbers = Float64Array.from({ length: count }, (_, at) => at);
        const given = await database.rowsOf(trx, "given", { number: numbers });
        await sql`insert into link (short_code, owner_id, kind, target, title, note, redirect_status,
            disabled, created_at, updated_at)
          select 'n' || number || '-' || (select max(id) from link), 1, 'redirect', 'https://example.com/', '', '',
            302, 0, ${START}, ${START} from ${given}`.execute(trx);
      });
      const rows = await database.read
        .selectFrom("link")
        .select("id")
        .orderBy("id", "desc")
        .limit(count)
        .execute();
      return rows.map(({ id }) => id);
    }
  });
}

function hasTotals(site: CountingSite): boolean {
  return site.files().some((name) => name.endsWith(".totals"));
}

/** The code of the first record in the only journal. */
async function overwriteCode({ dataFolder, files }: CountingSite, code: number): Promise<void> {
  const name = files().find((file) => file.endsWith("1.visits"));
  const words = new Uint32Array(Bun.mmap(`${dataFolder}/run/visits/${name}`).buffer);
  words[9] = 3 | (code << 8);
}
