/** Sums of visits on their way to the tables, against a plain count. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Columns } from "../../src/database/database.ts";
import { dimensionAt } from "../../src/visits/dimension.ts";
import { dayColumns, quarterColumns } from "../../src/visits/sum-columns.ts";
import { Tally } from "../../src/visits/tally.ts";
import { classPlaceOf, deviceOf, HUMAN, isPrivate, visitorOf } from "../../src/visits/visit.ts";
import { isUnknown } from "../../src/visits/visit-kinds.ts";

const QUARTER = 900_000;
const DAY = 86_400_000;

interface One {
  readonly linkId: number;
  readonly at: number;
  readonly code: number;
  /** As in a record: referrer, language and campaign. */
  readonly texts: readonly string[];
  readonly country: string;
  /** How many, where only their class is known; null for a single visit. */
  readonly total: number | null;
}

const one: fc.Arbitrary<One> = fc.record({
  linkId: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 2 ** 32 })),
  at: fc.integer({ min: 0, max: 10_000 }).map((minutes) => minutes * 60_000 + 7),
  code: fc
    .tuple(fc.nat(3), fc.nat(9), fc.nat(6), fc.nat(5))
    .map(([a, b, c, d]) => a | (b << 8) | (c << 16) | (d << 20))
    .chain((code) => fc.constantFrom(code, code, (code & 3) | 0x10)),
  texts: fc.array(fc.constantFrom("", "a.example", "b.example"), { minLength: 1, maxLength: 5 }),
  country: fc.constantFrom("", "DE", "AT"),
  total: fc.oneof({ arbitrary: fc.constant(null), weight: 3 }, fc.integer({ min: 1, max: 9 })),
});

/** Sums by link, quarter hour and class; by link, day and value; and totals. */
function countPlainly(visits: readonly One[]) {
  const quarters = new Map<string, number>();
  const days = new Map<string, number>();
  const totals = new Map<number, { visits: number; last: number }>();
  const add = (sums: Map<string, number>, key: string, count: number) =>
    sums.set(key, (sums.get(key) ?? 0) + count);
  for (const { linkId, at, code, texts, country, total } of visits) {
    const classPlace = classPlaceOf(code);
    const count = total ?? 1;
    add(quarters, [linkId, Math.floor(at / QUARTER), classPlace].join(" "), count);
    if (classPlace !== HUMAN) continue;
    const [referrer = "", language = "", utm_source = "", utm_medium = "", utm_campaign = ""] =
      texts;
    const { browser, system } = visitorOf(code, referrer);
    const day = Math.floor(at / DAY);
    const isKnown = total === null && !isPrivate(code);
    for (const [dimension, text] of Object.entries({
      referrer,
      browser,
      system,
      device: deviceOf(code),
    }))
      add(days, [linkId, dimension, day, isKnown ? text : "(others)"].join(" "), count);
    for (const [dimension, text] of Object.entries({
      language,
      country,
      utm_source,
      utm_medium,
      utm_campaign,
    }))
      if (isKnown && text !== "") add(days, [linkId, dimension, day, text].join(" "), count);
    const before = totals.get(linkId) ?? { visits: 0, last: 0 };
    totals.set(linkId, { visits: before.visits + count, last: Math.max(before.last, at) });
  }
  return { quarters, days, totals };
}

function fill(visits: readonly One[]): Tally {
  const tally = new Tally();
  for (const { linkId, at, code, texts, country, total } of visits) {
    const known = isPrivate(code) ? { visitor: 0, country: "" } : { visitor: 9, country };
    if (total === null) tally.addVisit(linkId, at, code, texts.join("\0"), known);
    else tally.addTotal(linkId, at, code & 0xff, total);
  }
  return tally;
}

const settledBy = ({ values }: Tally, idOf: (place: number) => number) => ({
  ids: Float64Array.from(values.keys(), idOf),
  others: new Set<string>(),
});

const rowsOf = (columns: Columns) =>
  Array.from(Object.values(columns)[0] ?? [], (_, row) =>
    Object.values(columns).map((column) => column[row] ?? 0),
  );

test("sums equal a simple count", () => {
  const property = fc.property(fc.array(one, { maxLength: 300 }), (visits) => {
    const tally = fill(visits);
    const model = countPlainly(visits);
    const quarters = rowsOf(quarterColumns("link_id", tally.quarters())).map(
      ([link, quarter, place, count]) => [[link, quarter, place].join(" "), count],
    );
    expect(quarters.toSorted()).toEqual([...model.quarters].toSorted());
    const days = rowsOf(dayColumns("link_id", tally.days(settledBy(tally, (place) => place)))).map(
      ([link, number, day, place, count]) => {
        const text = isUnknown(place ?? 0) ? "(others)" : tally.values[place ?? 0]?.text;
        return [[link, dimensionAt(number ?? 0), day, text].join(" "), count];
      },
    );
    expect(days.toSorted()).toEqual([...model.days].toSorted());
    const { firsts, counts, lasts } = tally.totals();
    const totals = Array.from(firsts, (link, at) => [
      link,
      { visits: counts[at], last: lasts[at] },
    ]);
    expect(totals).toEqual([...model.totals].toSorted(([a], [b]) => a - b) as never);
    expect(tally.isEmpty).toBe(visits.length === 0);
  });
  fc.assert(property, { numRuns: 60 });
});

test("single visits keep their order, their time and their values", () => {
  const tally = new Tally();
  tally.addVisit(5, QUARTER + 100, 0, "b.example");
  tally.addTotal(6, 150, 1, 10);
  tally.addVisit(4, 200, 1, "a.example");
  tally.addVisit(5, 300, 0, "b.example");
  const { quarters, columns } = tally.single(
    settledBy(tally, (place) => tally.values[place]?.text.length ?? 0),
  );
  expect([...quarters]).toEqual([1, 0, 0]);
  const [linkIds, classes, ms, referrers] = Object.values(columns).map((column) => [...column]);
  expect({ linkIds, classes, ms, referrers }).toEqual({
    linkIds: [5, 4, 5],
    classes: [0, 1, 0],
    ms: [100, 200, 300],
    referrers: [9, 9, 9],
  });
});

test("days are those of the zone", () => {
  const tally = new Tally();
  tally.clear("Asia/Kolkata");
  tally.addVisit(1, Date.UTC(2026, 11, 1, 18, 29, 59), 0, "");
  tally.addVisit(1, Date.UTC(2026, 11, 1, 18, 30), 0, "");
  const days = tally.membersOf(new Set(["browser"]));
  expect(days.map(({ day }) => new Date(day * DAY).toISOString().slice(0, 10))).toEqual([
    "2026-12-01",
    "2026-12-02",
  ]);
});

test("an unknown browser or system is read as Other", () => {
  const tally = new Tally();
  tally.addVisit(1, 0, 0xfe_fd_00, "");
  expect(tally.values.slice(9)).toEqual([
    { dimension: "browser", text: "Other" },
    { dimension: "system", text: "Other" },
    { dimension: "device", text: "Other" },
    { dimension: "referrer", text: "" },
  ]);
});
