import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { href, withQuery } from "../../../src/http/urls.ts";
import { operator } from "../../../src/policy.ts";
import { text } from "../../../src/web/stats/text.en.ts";
import { FIREFOX } from "../../user-agents.ts";
import { as, databases, form, openTestApp, START, type World } from "../../world.ts";
import { readPage } from "../read-page.ts";

const DAY = 86_400_000;
const BOT = "Googlebot/2.1 (+http://www.google.com/bot.html)";

/** What a visitor may choose, and every reader must stand. */
const HOSTILE = [
  '=HYPERLINK("https://evil.example","x")',
  "<img src=x onerror=alert(1)>",
  '"><script>alert(1)</script>',
  "'; drop table visit; --",
  "\u202eevil, comma",
  "@SUM(1+1)",
  "__proto__",
];

for (const database of databases) {
  describe(`statistics on ${database}`, () => {
    let world: World;
    let alice: string;

    beforeAll(async () => {
      world = await openTestApp({ database, settings: { "app.timezone": "Europe/Berlin" } });
      alice = await world.signIn(world.people.alice);
      for (const code of ["one", "two"])
        await world.request(
          "/add",
          form({ url: `https://${code}.example/`, short_code: code, tags: "Both" }, alice),
        );
      for (let at = 0; at < 40; at++) {
        world.clock.set(START - ((at * 7) % 29) * DAY - at * 60_000);
        const campaign = HOSTILE[at % HOSTILE.length] ?? "";
        const path = withQuery(at % 3 === 0 ? "/two" : "/one", { utm_campaign: campaign });
        const userAgent = at % 5 === 0 ? BOT : FIREFOX;
        await world.request(path, {
          headers: { "user-agent": userAgent, referer: `https://r${at % 4}.example/` },
        });
      }
      world.clock.set(START);
      await world.app.visits.flush();
    });
    afterAll(() => world.close());

    const get = (path: string, cookie = alice) => world.request(path, { headers: { cookie } });

    const download = async (path: string, table: string, format: "csv" | "json") => {
      const response = await get(withQuery(path, { table, format }));
      expect(response.headers.get("content-disposition")).toContain(`.${format}`);
      return await response.text();
    };

    const rowsOf = async (path: string, table: string) =>
      JSON.parse(await download(path, table, "json")) as Record<string, number | string>[];

    const sum = (rows: readonly Record<string, number | string>[], of: string) =>
      rows.reduce((total, row) => total + Number(row[of]), 0);

    test("agree everywhere", async () => {
      const { app, people } = world;
      const user = as(people.alice);
      const all = 32;
      const ofLinks = await Promise.all(["one", "two"].map((code) => app.links.get(user, code)));
      expect(ofLinks.reduce((total, { visits }) => total + visits, 0)).toBe(all);
      expect((await app.links.totals(user, people.alice.id)).visits).toBe(all);
      const [one, two] = ["one", "two"].map((shortCode) => href("linkStats", { shortCode }));
      const whole = [
        href("stats"),
        href("tagStats", { tag: "both" }),
        href("userStats", { username: "alice" }),
      ];
      for (const [paths, people] of [
        [[one ?? ""], ofLinks[0]?.visits],
        [[two ?? ""], ofLinks[1]?.visits],
        ...whole.map((path) => [[path], all] as const),
      ] as const)
        for (const path of paths) {
          const page = await readPage(await get(path));
          expect(page.text).toContain(`${text.people} ${people} `);
          expect(sum(await rowsOf(path, "series"), "people")).toBe(people ?? 0);
          const singles = await rowsOf(path, "visits");
          expect(singles.filter(({ by }) => by === "human")).toHaveLength(people ?? 0);
          for (const dimension of ["browser", "country", "utm_campaign"])
            expect(sum(await rowsOf(path, dimension), "visits")).toBe(people ?? 0);
          const csv = await download(path, "referrer", "csv");
          const counts = csv
            .trim()
            .split("\r\n")
            .slice(1)
            .map((line) => Number(line.split(",").at(-1)));
          expect(counts.reduce((total, count) => total + count, 0)).toBe(people ?? 0);
        }
      const site = await world.signIn(people.admin);
      const page = await readPage(await get(href("stats"), site));
      expect(page.text).toContain(`${text.people} ${all} `);
      expect(page.text).toContain(`${text.bots} 8 `);
      expect((await app.links.totals(operator)).visits).toBe(all);
    });

    test("say which time zone has the days, and where filters end", async () => {
      const page = await readPage(await get(href("stats")));
      expect(page.text).toContain(text.zone("Europe/Berlin"));
      const filtered = await readPage(
        await get(withQuery(href("stats"), { range: "all", browser: "Firefox" })),
      );
      expect(filtered.text).toContain(`${text.people} 32 `);
      const year = withQuery(href("stats"), { range: "year", browser: "Firefox" });
      expect((await readPage(await get(year))).text).toContain(text.reach("2025-12-18"));
    });

    test("keep the whole view in the address", async () => {
      const given = { range: "90d", unit: "week", referrer: "r1.example" };
      const { links } = await readPage(await get(withQuery(href("stats"), given)));
      for (const changed of [
        { range: "7d", referrer: "r1.example" },
        { range: "90d", unit: "day", referrer: "r1.example" },
        { range: "90d", unit: "week" },
        { ...given, browser: "Firefox" },
        { ...given, table: "country", format: "csv" },
      ])
        expect(links).toContain(withQuery(href("stats"), changed));
    });

    test("stand what visitors choose", async () => {
      const path = href("stats");
      const page = await readPage(await get(path));
      for (const value of HOSTILE) expect(page.text).toContain(value);
      expect(page.html).not.toMatch(/<img src=x|<script>alert/);
      const rows = await rowsOf(path, "utm_campaign");
      expect(new Set(rows.map((row) => row.utm_campaign))).toEqual(new Set(HOSTILE));
      const csv = await download(path, "utm_campaign", "csv");
      expect(csv).toContain(`"'=HYPERLINK(""https://evil.example"",""x"")",`);
      expect(csv).toContain("'@SUM(1+1),");
      expect(csv).not.toMatch(/^[=@+-]/m);
      for (const value of HOSTILE) {
        const filtered = await readPage(await get(withQuery(path, { utm_campaign: value })));
        const visits = rows.find((row) => row.utm_campaign === value)?.visits;
        expect(filtered.text).toContain(`${text.people} ${visits} `);
      }
    });

    test.each([
      [{ from: "2026-03-02", to: "2026-03-01" }, 422],
      [{ from: "2026-03-02", to: "9999-12-31" }, 200],
      [{ from: "9999-01-01", to: "9999-12-31" }, 422],
      [{ range: "90d", unit: "hour" }, 422],
      [{ range: "ever" }, 422],
      [{ table: "none" }, 404],
      [{ table: "visits", format: "xml" }, 404],
      [{ table: "referrer", page: "999999" }, 200],
    ])("answer %p with %i", async (query, status) => {
      expect((await get(withQuery(href("stats"), query))).status).toBe(status);
    });
  });
}
