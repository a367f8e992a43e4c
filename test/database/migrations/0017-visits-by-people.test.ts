/** Totals that counted all visitors, after the upgrade that leaves bots out of them. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import type { Database } from "../../../src/database/database.ts";
import { countPeopleOnly } from "../../../src/database/migrations/0017-visits-by-people.ts";
import { openDatabase } from "../../../src/database/open-database.ts";
import { silentLog } from "../../../src/telemetry/log.ts";
import type { VisitorClass } from "../../../src/visits/visit.ts";
import { type FreshDatabase, openPostgres } from "../../postgres.ts";
import { databases } from "../../world.ts";
import { pointLink } from "../point.ts";

const HOUR = 3_600_000;

/** What the migration reads, as it was then. */
const TABLES = [
  "create table visitor (id bigint primary key, class text)",
  "create table visit_hour (link_id bigint, hour bigint, visitor_id bigint, visits bigint)",
  "drop table visit",
  "create table visit (link_id bigint, at bigint, visitor_id bigint)",
];

/** Visits of one class in one hour. */
type Hours = readonly [hour: number, visitor: VisitorClass, visits: number];

describe.each(databases)("totals by people only, on %s", (kind) => {
  let folder: string;
  let server: FreshDatabase | null;
  let database: Database;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "trunk8-people-"));
    server = kind === "postgres" ? await (await openPostgres()).freshDatabase() : null;
    const url = server?.url ?? "";
    database = await openDatabase({ url, poolSize: 2, dataFolder: folder, log: silentLog() });
    await database.write((trx) =>
      trx
        .insertInto("user")
        .values({ username: "owner", display_name: "", role: "user", disabled: 0, created_at: 0 })
        .execute(),
    );
  });
  afterEach(async () => {
    await database.close();
    await server?.drop();
    rmSync(folder, { recursive: true });
  });

  /** Adds a link with a total as it was, and upgrades; returns its total and its rank. */
  async function upgrade(total: readonly [visits: number, last: number], hours: readonly Hours[]) {
    await pointLink(database, "a", "https://example.com/");
    const { id } = await database.read.selectFrom("link").select("id").executeTakeFirstOrThrow();
    const [visits, last_visit_at] = total;
    await database.write(async (trx) => {
      for (const statement of TABLES) await sql.raw(statement).execute(trx);
      await trx.insertInto("link_total").values({ link_id: id, visits, last_visit_at }).execute();
      const rank = { link_id: id, owner_id: 1, visits, last_visit_at };
      await trx.insertInto("link_rank").values(rank).execute();
      for (const [hour, visitorClass, count] of hours) {
        const visitor = hours.findIndex((row) => row[1] === visitorClass);
        await sql`insert into visitor values (${visitor}, ${visitorClass})
          on conflict do nothing`.execute(trx);
        await sql`insert into visit_hour values (${id}, ${hour}, ${visitor}, ${count})`.execute(
          trx,
        );
        if (hour === 9)
          await sql`insert into visit values (${id}, ${9 * HOUR + 5}, ${visitor})`.execute(trx);
      }
      await countPeopleOnly(trx as never);
    });
    const read = (table: "link_total" | "link_rank") =>
      database.read.selectFrom(table).select(["visits", "last_visit_at"]).execute();
    return { totals: await read("link_total"), ranks: await read("link_rank") };
  }

  const total = (visits: number, last_visit_at: number | null) => [{ visits, last_visit_at }];

  test("keeps the total of a link that only people opened", async () => {
    const { totals, ranks } = await upgrade([3, 7 * HOUR + 9], [[7, "human", 3]]);
    expect(totals).toEqual(total(3, 7 * HOUR + 9));
    expect(ranks).toEqual(totals);
  });

  test("deletes the total of a link that only bots opened", async () => {
    const { totals, ranks } = await upgrade(
      [3, 7 * HOUR],
      [
        [6, "prefetch", 1],
        [7, "preview", 2],
      ],
    );
    expect(totals).toEqual([]);
    expect(ranks).toEqual(total(0, null));
  });

  test("takes the last visit by a person from the single visits", async () => {
    const { totals, ranks } = await upgrade(
      [5, 11 * HOUR],
      [
        [8, "human", 1],
        [9, "human", 2],
        [11, "bot", 2],
      ],
    );
    expect(totals).toEqual(total(3, 9 * HOUR + 5));
    expect(ranks).toEqual(totals);
  });

  test("takes the last visit by a person from the hours where single visits are deleted", async () => {
    const { totals } = await upgrade(
      [5, 11 * HOUR],
      [
        [10, "human", 3],
        [11, "bot", 2],
      ],
    );
    expect(totals).toEqual(total(3, 10 * HOUR));
  });

  test("keeps a total of which no hours are known", async () => {
    expect((await upgrade([4, 5], [])).totals).toEqual(total(4, 5));
  });
});
