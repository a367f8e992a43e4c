import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Link } from "../../../src/links/link.ts";
import type { Report, Subject } from "../../../src/visits/reports/report.ts";
import {
  parseReportQuery,
  type ReportParameters,
} from "../../../src/visits/reports/report-query.ts";
import { linkSubject, ownerSubject, tagSubject } from "../../../src/visits/reports/subjects.ts";
import { failureOf } from "../../failure.ts";
import { newLink } from "../../share.ts";
import { FIREFOX } from "../../user-agents.ts";
import { as, databases, openTestApp, START, type World } from "../../world.ts";

const SAFARI =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";
const BOT = "Googlebot/2.1 (+http://www.google.com/bot.html)";
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

for (const kind of databases) {
  describe(`reports on ${kind}`, () => {
    let world: World;
    let hers: Link;
    let his: Link;
    let alices: Subject;

    beforeAll(async () => {
      world = await openTestApp({ database: kind, settings: { "app.timezone": "UTC" } });
      const { alice, bob } = world.people;
      hers = await make(alice, "hers", ["News"]);
      his = await make(bob, "his", ["news"]);
      alices = linkSubject(as(alice), hers);
      await open("hers", { "user-agent": FIREFOX, referer: "https://news.example/today" }, 2);
      await open("hers", { "user-agent": SAFARI }, 1);
      await open("hers", { "user-agent": BOT }, 4);
      world.clock.set(START - 20 * HOUR);
      await open("hers", { "user-agent": FIREFOX }, 5);
      await open("his", { "user-agent": FIREFOX }, 7);
      world.clock.set(START - 70 * DAY);
      await open("hers", { "user-agent": SAFARI }, 3);
      world.clock.set(START - 100 * DAY);
      await open("hers", { "user-agent": SAFARI }, 2);
      world.clock.set(START);
      await world.app.visits.flush();
    });
    afterAll(() => world.close());

    async function make(owner: World["people"]["alice"], code: string, tags: string[] = []) {
      world.clock.set(START - 101 * DAY);
      const input = newLink({ shortCode: code, target: "https://example.com/", tags });
      const link = await world.app.links.create(as(owner), { ownerId: owner.id }, input);
      world.clock.set(START);
      return link;
    }

    async function open(code: string, headers: Record<string, string>, times: number) {
      for (let count = 0; count < times; count++) await world.request(`/${code}`, { headers });
    }

    const report = (subject: Subject, given: ReportParameters = {}, zone?: string) =>
      world.app.visits.reports.of(subject, parseReportQuery(given), { most: 8, zone });

    const counts = ({ bars }: Report) =>
      bars.map(({ people, machines }) => `${people}+${machines}`);

    const tableOf = ({ tables }: Report, dimension: "referrer" | "browser" | "system") =>
      Object.fromEntries(
        tables[dimension]?.shares.map(({ value, visits }) => [value, visits]) ?? [],
      );

    test("counts thirty days of a link, people and bots separately", async () => {
      const found = await report(alices);
      expect(found.calendar.unit).toBe("day");
      expect(counts(found)).toEqual([...Array(28).fill("0+0"), "5+0", "3+4"]);
      expect(found.totals).toMatchObject({ people: 8, machines: 4, bots: 4, previews: 0 });
    });

    test("assigns visits to days of another time zone, too", async () => {
      expect(counts(await report(alices, {}, "Asia/Tokyo")).slice(-2)).toEqual(["0+0", "8+4"]);
    });

    test("counts hours of today, and all visits by month from the first one on", async () => {
      const today = await report(alices, { range: "today" });
      expect([today.calendar.unit, counts(today)]).toEqual([
        "hour",
        [...Array(12).fill("0+0"), "3+4"],
      ]);
      const all = await report(alices, { range: "all" });
      expect([all.calendar.unit, counts(all)]).toEqual(["month", ["2+0", "3+0", "0+0", "8+4"]]);
    });

    test("shows today alone for a link without visits", async () => {
      const { alice } = world.people;
      const link = await make(alice, "unseen");
      const found = await report(linkSubject(as(alice), link), { range: "all" });
      expect([found.calendar.unit, counts(found)]).toEqual(["day", ["0+0"]]);
    });

    test("compares with the period before, of today up to the same time", async () => {
      expect((await report(alices, { range: "today" })).before?.people).toBe(0);
      world.clock.set(START + 5 * HOUR);
      expect((await report(alices, { range: "today" })).before?.people).toBe(5);
      world.clock.set(START);
      expect((await report(alices, { range: "90d" })).before?.people).toBe(2);
      const past = { from: "2026-01-07", to: "2026-02-06" };
      expect((await report(alices, past)).before?.people).toBe(5);
      expect((await report(alices, { range: "all" })).before).toBeNull();
    });

    test("compares bots, and unique visitors of whole days only", async () => {
      const { before } = await report(alices, { range: "90d" });
      expect(before).toMatchObject({ people: 2, bots: 0, unique: 1, uniqueSince: 2 });
      const over = await report(alices, { from: "2026-01-07", to: "2026-02-06" });
      expect(over.before).toMatchObject({ people: 5, bots: 0, unique: 2, uniqueSince: 0 });
      world.clock.set(START + 1 * DAY);
      const today = await report(alices, { range: "today" });
      expect(today.before).toMatchObject({ people: 3, bots: 4, unique: null });
      world.clock.set(START);
    });

    test("lists values, the most frequent first", async () => {
      const month = await report(alices);
      expect(tableOf(month, "referrer")).toEqual({ "": 6, "news.example": 2 });
      expect(tableOf(month, "browser")).toEqual({ Firefox: 7, Safari: 1 });
      expect(tableOf(month, "system")).toEqual({ Linux: 7, iOS: 1 });
      const all = await report(alices, { range: "all" });
      expect(tableOf(all, "browser")).toEqual({ Firefox: 7, Safari: 6 });
    });

    test("counts only visits with the values of a filter", async () => {
      const found = await report(alices, { browser: "Firefox" });
      expect(counts(found).slice(-2)).toEqual(["5+0", "2+0"]);
      expect(tableOf(found, "referrer")).toEqual({ "": 5, "news.example": 2 });
      expect([found.reachesFrom, found.totals.unique]).toEqual([null, null]);
      expect(found.before).toMatchObject({ people: 0, unique: null, uniqueSince: null });
      const both = await report(alices, { browser: "Firefox", referrer: "news.example" });
      expect(both.totals.people).toBe(2);
      const none = await report(alices, { browser: "Firefox", system: "iOS" });
      expect(none.totals.people).toBe(0);
      expect((await report(alices, { country: "'; drop table visit --" })).totals.people).toBe(0);
    });

    test("reaches with a filter only as far as single visits are kept", async () => {
      const found = await report(alices, { range: "all", browser: "Safari" });
      expect(found.totals.people).toBe(4);
      expect(found.reachesFrom).toBe(found.calendar.firstDay);
      expect(found.calendar.starts[0]).toBe(Date.UTC(2025, 11, 18));
      const old = await report(alices, { from: "2025-11-01", to: "2025-11-30", browser: "Safari" });
      expect(old.totals.people).toBe(0);
    });

    test("counts visits of an owner's links, of a tag's and of all links", async () => {
      const { alice, bob, admin } = world.people;
      const own = ownerSubject(as(alice), alice.id);
      const all = ownerSubject(as(admin), undefined);
      const tagged = await tagSubject(world.app.database, as(alice), {
        name: "NEWS",
        ownerId: alice.id,
      });
      const allTagged = await tagSubject(world.app.database, as(admin), { name: "news" });
      const rows = [
        [own, ["5+0", "3+4"]],
        [all, ["12+0", "3+4"]],
        [ownerSubject(as(admin), bob.id), ["7+0", "0+0"]],
        [tagged, ["5+0", "3+4"]],
        [allTagged, ["12+0", "3+4"]],
      ] as const;
      for (const [subject, expected] of rows) {
        const found = await report(subject);
        expect(counts(found).slice(-2)).toEqual([...expected]);
        const filtered = await report(subject, { browser: "Firefox" });
        expect(filtered.totals.people).toBe(tableOf(found, "browser").Firefox ?? 0);
      }
    });

    test("finds the links of most visits, and the last visits", async () => {
      const { alice, admin } = world.people;
      const site = ownerSubject(as(admin), undefined);
      const { reports, singles } = world.app.visits;
      const links = await reports.topLinks(site, parseReportQuery({}), 5);
      expect(links.map(({ shortCode, visits }) => [shortCode, visits])).toEqual([
        ["hers", 8],
        ["his", 7],
      ]);
      const of = {
        subject: ownerSubject(as(alice), alice.id),
        quarters: { first: 0, end: 2 ** 28 },
      };
      const last = await singles.last({ ...of, filter: {} }, 4);
      expect(last.map(({ at, link }) => [at, link?.shortCode])).toEqual([
        ...Array(3).fill([START, "hers"]),
        [START - 20 * HOUR, "hers"],
      ]);
      const iPhones = await singles.last({ ...of, filter: { browser: "Safari" } }, 100);
      expect(iPhones.map(({ values }) => values.system)).toEqual(Array(6).fill("iOS"));
      const pages = await Array.fromAsync(singles.pages({ ...of, filter: {} }));
      expect(pages.flat().map(({ class: by }) => by)).toHaveLength(17);
    });

    test("refuses another user's link, visits and tags", async () => {
      const { alice, bob } = world.people;
      expect(() => linkSubject(as(alice), his)).toThrow("There is no such link.");
      for (const ownerId of [bob.id, undefined]) {
        expect(() => ownerSubject(as(alice), ownerId)).toThrow("not allowed");
        const tagged = tagSubject(world.app.database, as(alice), { name: "news", ownerId });
        expect(await failureOf(tagged)).toMatchObject({ code: "forbidden" });
      }
      const none = tagSubject(world.app.database, as(alice), { name: "x", ownerId: alice.id });
      expect(await failureOf(none)).toMatchObject({ code: "not_found" });
    });

    test.each([
      [{ range: "month" }, "range"],
      [{ range: "7d", from: "2026-03-01", to: "2026-03-02" }, "range"],
      [{ from: "2026-03-02", to: "2026-03-01" }, "to"],
      [{ from: "2026-03-01" }, "to"],
      [{ from: "2026-02-30", to: "2026-03-01" }, "from"],
      [{ from: "9999-01-01", to: "9999-12-31" }, "from"],
      [{ from: "1970-01-01", to: "2026-03-01" }, "from"],
      [{ from: "-000001-01-01", to: "2026-03-01" }, "from"],
      [{ range: "90d", unit: "hour" }, "unit"],
      [{ unit: "decade" }, "unit"],
      [{ country: "x".repeat(501) }, "country"],
    ])("refuses %p", async (given, field) => {
      const failure = await failureOf((async () => await report(alices, given))());
      expect(failure).toMatchObject({ code: "invalid", fields: { [field]: expect.any(String) } });
    });

    test("ends a range today that ends in the future", async () => {
      const found = await report(alices, { from: "2026-03-16", to: "9999-12-31" });
      expect([found.calendar.unit, found.totals.people]).toEqual(["hour", 8]);
    });

    test("adds up the values beyond the most frequent ones", async () => {
      const { alice } = world.people;
      const link = await make(alice, "many");
      for (let site = 1; site <= 11; site++) {
        const referer = `https://s${site}.example/`;
        await open("many", { "user-agent": FIREFOX, referer }, site === 11 ? 2 : 1);
      }
      await open("many", { "user-agent": FIREFOX, referer: "android-app://com.example.a/" }, 3);
      await world.app.visits.flush();
      const subject = linkSubject(as(alice), link);
      for (const filter of [{}, { browser: "Firefox" }]) {
        const {
          shares = [],
          others,
          values,
        } = (await report(subject, filter)).tables.referrer ?? {};
        expect(shares.slice(0, 2)).toEqual([
          { value: "android-app://com.example.a", visits: 3 },
          { value: "s11.example", visits: 2 },
        ]);
        expect([shares.length, others, values]).toEqual([8, 4, 12]);
      }
    });

    test("counts anew as soon as visits are saved", async () => {
      const { alice } = world.people;
      const subject = linkSubject(as(alice), await make(alice, "fresh"));
      expect((await report(subject)).totals.people).toBe(0);
      await open("fresh", { "user-agent": FIREFOX }, 1);
      await world.app.visits.flush();
      expect((await report(subject)).totals.people).toBe(1);
      expect(await report(subject)).toBe(await report(subject));
    });
  });
}
