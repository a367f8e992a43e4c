/** Numbers in the database that no form accepts, as an old archive or a broken clock may have left them. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { sql } from "kysely";
import { share } from "../share.ts";
import { databases, form, openTestApp, START, type World } from "../world.ts";
import { readPage } from "./read-page.ts";

const QUARTER = 900_000;

/** The largest number of a quarter hour that the tables keep. */
const FARTHEST = 2 ** 31 - 1;
const MOST = Number.MAX_SAFE_INTEGER;

/** When links were created, in the words of ISO 8601. */
const YEARS = {
  first: "-271820-01-01T00:00:00Z",
  one: "0001-01-02T00:00:00Z",
  columbus: "1492-10-12T00:00:00Z",
  last: "9999-12-31T00:00:00Z",
} as const;

for (const kind of databases) {
  describe(`extreme values on ${kind}`, () => {
    let world: World;
    const cookies = { alice: "", admin: "" };

    beforeAll(async () => {
      world = await openTestApp({ database: kind });
      for (const who of ["alice", "admin"] as const)
        cookies[who] = await world.signIn(world.people[who]);
      const { alice } = world.people;
      await share(world, alice, { code: "one", name: "notes.txt", bytes: "1" });
      for (const code of ["first", "columbus", "last"])
        await world.request(
          "/add",
          form({ url: "https://x.example/", short_code: code }, cookies.alice),
        );
      for (const [code, time] of Object.entries(YEARS)) await spoil(code, Date.parse(time));
    });
    afterAll(() => world.close());

    /** Sets all times of a link, its visits at that time and now, and those of its owner. */
    async function spoil(code: string, at: number): Promise<void> {
      await world.app.database.write(async (trx) => {
        const { id, owner_id } = await trx
          .updateTable("link")
          .set({ created_at: at, updated_at: at, content_at: at })
          .where("short_code", "=", code as never)
          .returning(["id", "owner_id"])
          .executeTakeFirstOrThrow();
        await sql`insert into visit_value (dimension, value, day)
          values (1, ${`${code}.example`}, 0)`.execute(trx);
        for (const time of [at, START]) {
          const quarter = Math.min(Math.max(Math.floor(time / QUARTER), -FARTHEST), FARTHEST);
          await sql`insert into link_quarter (link_id, quarter, class, visits)
            values (${id}, ${quarter}, 0, ${MOST}), (${id}, ${quarter}, 1, ${MOST})`.execute(trx);
          await sql`insert into link_day (link_id, dimension, day, value_id, visits)
            select ${id}, 1, ${Math.floor(quarter / 96)}, id, ${MOST} from visit_value
            where value = ${`${code}.example`}`.execute(trx);
          await sql`insert into owner_quarter (owner_id, quarter, class, visits)
            select owner_id, cast(${quarter} as integer), class, ${MOST}
            from (select 0 as class union select 1) as classes
            cross join (select ${owner_id} as owner_id union select 0) as owners where true
            on conflict do nothing`.execute(trx);
        }
        await sql`insert into link_total (link_id, visits, last_visit_at) values (${id}, ${MOST}, ${at})`.execute(
          trx,
        );
      });
    }

    const pages = [
      "/",
      "/links",
      ...["created", "code", "visits", "expiry", "last_visit"].flatMap((sort) => [
        `/links?sort=${sort}&direction=asc`,
        `/links?sort=${sort}&direction=desc`,
      ]),
      "/profile",
      "/settings",
      "/backup/create",
      "/backup/restore",
      "/-/audit/own",
      ...Object.keys(YEARS).flatMap((code) => [
        `/-/links/${code}`,
        `/-/stats/links/${code}?range=all`,
        `/-/links/${code}/qr`,
        `/edit_link/${code}`,
        `/delete_link/${code}`,
      ]),
      "/-/view/one",
      "/one",
    ];
    const administration = [
      "/users",
      "/users/alice",
      "/users/alice/delete",
      "/-/audit",
      "/-/settings",
    ];

    test.each([
      ...pages.map((path) => ["alice", path] as const),
      ...[...pages, ...administration].map((path) => ["admin", path] as const),
    ])("show %s the page %s", async (who, path) => {
      const { status } = await world.request(path, { headers: { cookie: cookies[who] } });
      expect(status).toBe(200);
    });

    test("end the sums at the largest count", async () => {
      const { text } = await readPage(
        await world.request("/", { headers: { cookie: cookies.admin } }),
      );
      expect(text).toContain("9,007,199,254,740,991");
    });

    test("let the ranks be refreshed, links be transferred and the owner be deleted", async () => {
      await world.app.links.refreshRanks();
      const cookie = cookies.admin;
      for (const code of Object.keys(YEARS)) {
        const given = await world.request(
          "/-/links",
          form({ codes: code, action: "transfer", to: "bob" }, cookie),
        );
        expect(given.status).toBe(303);
      }
      for (const [who, to] of [
        ["alice", "bob"],
        ["bob", "admin"],
      ] as const) {
        const fields = { links: "transfer", to };
        expect((await world.request(`/users/${who}/delete`, form(fields, cookie))).status).toBe(
          303,
        );
      }
      for (const path of [
        "/",
        "/links",
        ...Object.keys(YEARS).map((code) => `/-/stats/links/${code}?range=all`),
      ])
        expect((await world.request(path, { headers: { cookie } })).status).toBe(200);
    });

    test("let more visits be counted", async () => {
      for (const code of Object.keys(YEARS)) await world.request(`/${code}`);
      await world.app.visits.flush();
      expect(world.app.visits.isBehind).toBe(false);
    });
  });
}
