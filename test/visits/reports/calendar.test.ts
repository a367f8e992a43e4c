import { describe, expect, test } from "bun:test";
import { dayOf, quarterOf } from "../../../src/visits/quarter.ts";
import {
  allSince,
  barAt,
  calendarOf,
  dayFrom,
  MAX_MONTHS,
  offsetsOf,
  type Unit,
} from "../../../src/visits/reports/calendar.ts";
import { START } from "../../world.ts";

const DAY = 86_400_000;

const dates = (starts: readonly number[]) => starts.map((at) => new Date(at).toISOString());

function days(from: string, to: string, zone: string, unit: Unit | null = null) {
  const [firstDay, lastDay] = [dayFrom(from) ?? 0, dayFrom(to) ?? 0];
  return calendarOf({ zone, now: Date.parse(`${to}T23:59Z`), firstDay, lastDay, unit });
}

describe("a calendar", () => {
  test("has days of a time zone, the last one last", () => {
    const { unit, starts } = days("2026-03-15", "2026-03-17", "Asia/Tokyo") ?? {};
    expect([unit, dates(starts ?? [])]).toEqual([
      "day",
      ["2026-03-14T15:00:00.000Z", "2026-03-15T15:00:00.000Z", "2026-03-16T15:00:00.000Z"],
    ]);
  });

  test.each([
    ["Europe/Berlin", "2026-03-29", 23],
    ["Europe/Berlin", "2026-10-25", 25],
    ["America/New_York", "2026-11-01", 25],
    ["Africa/Cairo", "2026-04-24", 23],
    ["Asia/Kathmandu", "2026-03-29", 24],
    ["UTC", "2026-03-29", 24],
  ])("in %s, %s has %i hours", (zone, date, hours) => {
    const firstDay = dayFrom(date) ?? 0;
    const now = Date.parse(date) + 3 * DAY;
    const calendar = calendarOf({ zone, now, firstDay, lastDay: firstDay, unit: "hour" });
    expect(calendar?.starts).toHaveLength(hours);
    expect((calendar?.endQuarter ?? 0) - (calendar?.firstQuarter ?? 0)).toBe(hours * 4);
  });

  test.each(["Europe/Berlin", "Africa/Cairo", "Asia/Kathmandu", "Australia/Lord_Howe"])(
    "assigns each quarter hour of a year to its day in %s",
    (zone) => {
      const calendar = days("2025-06-01", "2026-05-31", zone, "day");
      if (calendar === null) throw new Error("There is no calendar.");
      const offsets = offsetsOf(calendar);
      for (let quarter = calendar.firstQuarter; quarter < calendar.endQuarter; quarter += 7) {
        const offset = offsets.findLast(({ from }) => from <= quarter)?.quarters ?? 0;
        const slot = Math.floor((quarter + offset) / 96);
        expect(slot).toBe(dayOf(quarter * 900_000, zone));
        expect(calendar.slots[barAt(calendar, slot)]).toBe(slot);
      }
    },
  );

  test.each([
    ["2026-03-16", "2026-03-17", "hour", 48],
    ["2026-03-11", "2026-03-17", "day", 7],
    ["2025-12-18", "2026-03-17", "day", 90],
    ["2025-03-18", "2026-03-17", "week", 53],
    ["2024-03-17", "2026-03-17", "month", 25],
  ] as const)("from %s to %s has bars of a %s, %i of them", (from, to, unit, count) => {
    const calendar = days(from, to, "UTC");
    expect([calendar?.unit, calendar?.starts.length]).toEqual([unit, count]);
  });

  test("begins weeks with Monday, and months with their first day", () => {
    const weeks = days("2026-02-25", "2026-03-10", "UTC", "week");
    expect(dates(weeks?.starts ?? []).map((date) => date.slice(0, 10))).toEqual([
      "2026-02-25",
      "2026-03-02",
      "2026-03-09",
    ]);
    const months = days("2026-01-15", "2026-03-10", "UTC", "month");
    expect(dates(months?.starts ?? []).map((date) => date.slice(0, 10))).toEqual([
      "2026-01-15",
      "2026-02-01",
      "2026-03-01",
    ]);
  });

  test("has at most some hundreds of bars", () => {
    expect(days("2026-01-01", "2026-03-01", "UTC", "hour")).toBeNull();
    expect(days("2020-01-01", "2026-03-01", "UTC", "day")).toBeNull();
    expect(days("2020-01-01", "2026-03-01", "UTC", "week")?.starts.length).toBe(322);
  });

  test("ends hours with the one that is not over", () => {
    const today = dayOf(START, "UTC");
    const parts = { zone: "UTC", now: START, firstDay: today, lastDay: today, unit: null };
    const calendar = calendarOf(parts);
    expect(calendar?.starts).toHaveLength(13);
    expect(quarterOf(calendar?.starts.at(-1) ?? 0)).toBe(quarterOf(START));
  });
});

describe("all time", () => {
  const today = dayOf(START, "UTC");
  const since = (firstDay: number) => allSince(firstDay, { zone: "UTC", now: START, unit: null });

  test.each([
    [0, "day", 1],
    [1, "day", 2],
    [61, "day", 62],
    [62, "month", 3],
    [800, "month", 27],
    [-5, "day", 1],
  ])("%i days back by the %s, %i of them", (back, unit, count) => {
    const calendar = since(today - back);
    expect([calendar.unit, calendar.starts.length]).toEqual([unit as "day", count]);
  });

  test.each([
    [-100_000_000, true],
    [Date.UTC(1500, 0) / DAY, true],
    [Date.UTC(2006, 2, 31) / DAY, true],
    [Date.UTC(2006, 3, 1) / DAY, false],
  ])("ends at 240 months: since day %d", (firstDay, includesOlder) => {
    const calendar = since(firstDay);
    expect(calendar.starts).toHaveLength(MAX_MONTHS);
    expect(dates(calendar.starts)[0]).toBe("2006-04-01T00:00:00.000Z");
    expect(calendar.includesOlder).toBe(includesOlder);
  });
});

test.each(["2026-02-29", "2026-3-1", "yesterday", "9999-99-99", "", "+002026-03-01"])(
  "%p is no date",
  (date) => {
    expect(dayFrom(date)).toBeNull();
  },
);
