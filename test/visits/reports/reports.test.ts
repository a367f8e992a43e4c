import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Link } from "../../../src/links/link.ts";
import { allSince, lastDays, MAX_MONTHS } from "../../../src/visits/reports/calendar.ts";
import type { Ranking } from "../../../src/visits/reports/reports.ts";
import { failureOf } from "../../failure.ts";
import { newLink } from "../../share.ts";
import { FIREFOX } from "../../user-agents.ts";
import { as, databases, openTestApp, START, type World } from "../../world.ts";

const SAFARI =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";
const BOT = "Googlebot/2.1 (+http://www.google.com/bot.html)";
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe("a calendar", () => {
  const dates = (starts: readonly number[]) => starts.map((at) => new Date(at).toISOString());

  test("has days of the reader's time zone, today last", () => {
    const { unit, starts } = lastDays(3, START, "Asia/Tokyo");
    expect([unit, dates(starts)]).toEqual([
      "day",
      ["2026-03-14T15:00:00.000Z", "2026-03-15T15:00:00.000Z", "2026-03-16T15:00:00.000Z"],
    ]);
  });

  test.each([
    [
      "Europe/Berlin",
      "2026-03-30T12:00Z",
      ["2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z"],
    ],
    ["Africa/Cairo", "2026-04-25T12:00Z", ["2026-04-23T22:00:00.000Z", "2026-04-24T21:00:00.000Z"]],
  ])("also where the clocks change: %s", (zone, now, starts) => {
    expect(dates(lastDays(2, Date.parse(now), zone).starts)).toEqual(starts);
  });

  test.each([
    [0, "day", 1],
    [1, "day", 2],
    [61, "day", 62],
    [62, "month", 3],
    [800, "month", 27],
    [-5, "day", 1],
  ])("%i days back by the %s, %i of them", (days, unit, count) => {
    const calendar = allSince(START - days * DAY, START, "UTC");
    expect([calendar.unit, calendar.starts.length]).toEqual([unit as "day", count]);
  });

  test.each([
    [-8.64e15, true],
    [Date.UTC(1500, 0), true],
    [Date.UTC(2006, 2, 31), true],
    [Date.UTC(2006, 3, 1), false],
    [8.64e15, null],
    [Number.NEGATIVE_INFINITY, true],
  ])("ends at 240 months: since %d", (since, includesOlder) => {
    const calendar = allSince(since, START, "UTC");
    if (includesOlder === null) expect(calendar.starts).toHaveLength(1);
    else {
      expect(calendar.starts).toHaveLength(MAX_MONTHS);
      expect(dates(calendar.starts)[0]).toBe("2006-04-01T00:00:00.000Z");
    }
    expect(calendar.includesOlder).toBe(includesOlder ?? false);
  });

  test("has months, each from its first day", () => {
    const { starts } = allSince(Date.UTC(2025, 10, 30), START, "UTC");
    expect(dates(starts).map((date) => date.slice(0, 10))).toEqual([
      "2025-11-01",
      "2025-12-01",
      "2026-01-01",
      "2026-02-01",
      "2026-03-01",
    ]);
  });
});

for (const kind of databases) {
  describe(`reports on ${kind}`, () => {
    let world: World;
    let hers: Link;
    let his: Link;

    beforeAll(async () => {
      world = await openTestApp({ database: kind });
      const { alice, bob } = world.people;
      hers = await make(alice, "hers");
      his = await make(bob, "his");
      await open("hers", { "user-agent": FIREFOX, referer: "https://news.example/today" }, 2);
      await open("hers", { "user-agent": SAFARI }, 1);
      await open("hers", { "user-agent": BOT }, 4);
      world.clock.set(START - 20 * HOUR);
      await open("hers", { "user-agent": FIREFOX }, 5);
      await open("his", { "user-agent": FIREFOX }, 7);
      world.clock.set(START - 70 * DAY);
      await open("hers", { "user-agent": SAFARI }, 3);
      world.clock.set(START);
      await world.app.visits.flush();
    });
    afterAll(() => world.close());

    async function make(owner: World["people"]["alice"], code: string): Promise<Link> {
      world.clock.set(START - 100 * DAY);
      const input = newLink({ shortCode: code, target: "https://example.com/" });
      const link = await world.app.links.create(as(owner), { ownerId: owner.id }, input);
      world.clock.set(START);
      return link;
    }

    async function open(code: string, headers: Record<string, string>, times: number) {
      for (let count = 0; count < times; count++) await world.request(`/${code}`, { headers });
    }

    const days = (timeline: { bars: readonly { people: number; machines: number }[] }) =>
      timeline.bars.map(({ people, machines }) => `${people}+${machines}`);

    test("counts thirty days of a link, people and bots separately", async () => {
      const { timeline: report } = await world.app.visits.reports.ofLink(
        as(world.people.alice),
        hers,
        "month",
        "UTC",
      );
      expect(report.unit).toBe("day");
      expect(days(report)).toEqual([...Array(28).fill("0+0"), "5+0", "3+4"]);
    });

    test("assigns visits to days of the reader's time zone", async () => {
      const { alice } = world.people;
      const { timeline: report } = await world.app.visits.reports.ofLink(
        as(alice),
        hers,
        "month",
        "Asia/Tokyo",
      );
      expect(days(report).slice(-2)).toEqual(["0+0", "8+4"]);
    });

    test("counts all visits of a link by month, from its first visit on", async () => {
      const { timeline: report } = await world.app.visits.reports.ofLink(
        as(world.people.alice),
        hers,
        "all",
        "UTC",
      );
      expect([report.unit, days(report)]).toEqual(["month", ["3+0", "0+0", "8+4"]]);
    });

    test("shows today alone for a link without visits", async () => {
      const { alice } = world.people;
      const link = await make(alice, "unseen");
      const { timeline: report } = await world.app.visits.reports.ofLink(
        as(alice),
        link,
        "all",
        "UTC",
      );
      expect([report.unit, days(report)]).toEqual(["day", ["0+0"]]);
    });

    test("lists referrers, the most frequent first", async () => {
      const { alice } = world.people;
      const month = await world.app.visits.reports.ofLink(as(alice), hers, "month", "UTC");
      expect(month.origins).toEqual({
        referrers: ranking({ "": 6, "news.example": 2 }),
        browsers: ranking({ Firefox: 7, Safari: 1 }),
        systems: ranking({ Linux: 7, iOS: 1 }),
      });
      const all = await world.app.visits.reports.ofLink(as(alice), hers, "all", "UTC");
      expect(all.origins.browsers).toEqual(ranking({ Firefox: 7, Safari: 4 }));
    });

    test("counts visits of an owner's links and of all links", async () => {
      const { alice, bob, admin } = world.people;
      const own = await world.app.visits.reports.ofOwner(as(alice), alice.id, "UTC");
      expect(days(own).slice(-2)).toEqual(["5+0", "3+4"]);
      const all = await world.app.visits.reports.ofOwner(as(admin), undefined, "UTC");
      expect(days(all).slice(-2)).toEqual(["12+0", "3+4"]);
      const bobs = await world.app.visits.reports.ofOwner(as(admin), bob.id, "UTC");
      expect(days(bobs).slice(-2)).toEqual(["7+0", "0+0"]);
    });

    test("refuses another user's link and visits", async () => {
      const { alice, bob } = world.people;
      const { reports } = world.app.visits;
      expect(await failureOf(reports.ofLink(as(alice), his, "month", "UTC"))).toMatchObject({
        code: "not_found",
      });
      expect(await failureOf(reports.ofLink(as(alice), his, "all", "UTC"))).toMatchObject({
        code: "not_found",
      });
      for (const ownerId of [bob.id, undefined]) {
        expect(await failureOf(reports.ofOwner(as(alice), ownerId, "UTC"))).toMatchObject({
          code: "forbidden",
        });
      }
    });

    test("adds up the referrers beyond the most frequent ones", async () => {
      const { alice } = world.people;
      const link = await make(alice, "many");
      for (let site = 1; site <= 11; site++) {
        const referer = `https://s${site}.example/`;
        await open("many", { "user-agent": FIREFOX, referer }, site === 11 ? 2 : 1);
      }
      await open("many", { "user-agent": FIREFOX, referer: "android-app://com.example.a/" }, 3);
      await world.app.visits.flush();
      const { origins } = await world.app.visits.reports.ofLink(as(alice), link, "month", "UTC");
      const { shares, others } = origins.referrers;
      expect(shares.slice(0, 2)).toEqual([
        { name: "android-app://com.example.a", visits: 3 },
        { name: "s11.example", visits: 2 },
      ]);
      expect([shares.length, others]).toEqual([8, 4]);
      expect(origins.browsers).toEqual(ranking({ Firefox: 15 }));
    });
  });
}

/** Visits by property, with none beyond them. */
function ranking(visits: Readonly<Record<string, number>>): Ranking {
  const shares = Object.entries(visits).map(([name, visits]) => ({ name, visits }));
  return { shares, others: 0 };
}
