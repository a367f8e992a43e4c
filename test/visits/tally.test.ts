/** Sums of visits on their way to the tables, against a plain count. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { Tally } from "../../src/visits/tally.ts";
import { type Visitor, visitorOf } from "../../src/visits/visit.ts";

const HOUR = 3_600_000;

interface One {
  readonly linkId: number;
  readonly at: number;
  readonly code: number;
  readonly host: string;
  /** How many, where only their class is known; null for a single visit. */
  readonly total: number | null;
}

const one: fc.Arbitrary<One> = fc.record({
  linkId: fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 2 ** 32 })),
  at: fc.integer({ min: 0, max: 10_000 }).map((minutes) => minutes * 60_000 + 7),
  code: fc.tuple(fc.nat(3), fc.nat(9), fc.nat(6)).map(([a, b, c]) => a | (b << 8) | (c << 16)),
  host: fc.constantFrom("", "a.example", "b.example"),
  total: fc.oneof({ arbitrary: fc.constant(null), weight: 3 }, fc.integer({ min: 1, max: 9 })),
});

/** Every number of visitor is its place here. */
function countPlainly(visits: readonly One[]) {
  const hours = new Map<string, number>();
  const totals = new Map<number, { visits: number; last: number }>();
  for (const { linkId, at, code, host, total } of visits) {
    const visitor = total === null ? visitorOf(code, host) : visitorOf(code & 0xff, "");
    const key = [linkId, Math.floor(at / HOUR), nameOf(visitor)].join(" ");
    hours.set(key, (hours.get(key) ?? 0) + (total ?? 1));
    if (visitor.class !== "human") continue;
    const before = totals.get(linkId) ?? { visits: 0, last: 0 };
    totals.set(linkId, {
      visits: before.visits + (total ?? 1),
      last: Math.max(before.last, at),
    });
  }
  return { hours, totals };
}

const nameOf = ({ class: visitorClass, referrerHost, browser, system }: Visitor) =>
  `${visitorClass}/${referrerHost}/${browser}/${system}`;

function fill(visits: readonly One[]): Tally {
  const tally = new Tally();
  for (const { linkId, at, code, host, total } of visits) {
    if (total === null) tally.addVisit(linkId, at, code, host);
    else tally.addTotal(linkId, at, code & 0xff, total);
  }
  return tally;
}

test("sums by link, hour and visitor equal a simple count", () => {
  const property = fc.property(fc.array(one, { maxLength: 300 }), (visits) => {
    const tally = fill(visits);
    const numbers = tally.visitors.map((_, at) => at);
    const model = countPlainly(visits);
    const { link_id = [], hour = [], visitor_id = [], visits: counts = [] } = tally.hours(numbers);
    const hours = Array.from(link_id, (linkId, at): [string, number] => {
      const visitor = tally.visitors[visitor_id[at] ?? -1];
      if (visitor === undefined) throw new Error("A visitor without a number.");
      return [[linkId, hour[at], nameOf(visitor)].join(" "), counts[at] ?? 0];
    });
    expect(hours.toSorted()).toEqual([...model.hours].toSorted());
    const totals = tally.totals();
    const found = Array.from(totals.link_id ?? [], (linkId, at) => [
      linkId,
      { visits: totals.visits?.[at], last: totals.last_visit_at?.[at] },
    ]);
    expect(found).toEqual([...model.totals].toSorted(([a], [b]) => a - b) as never);
    expect(tally.isEmpty).toBe(visits.length === 0);
  });
  fc.assert(property, { numRuns: 60 });
});

test("single visits keep their order, their time and their visitor", () => {
  const tally = new Tally();
  tally.addVisit(5, 100, 0, "b.example");
  tally.addTotal(6, 150, 1, 10);
  tally.addVisit(4, 200, 0, "a.example");
  tally.addVisit(5, 300, 0, "b.example");
  const numbers = tally.visitors.map(({ referrerHost }) => (referrerHost === "" ? 7 : 8));
  const { link_id, at, visitor_id } = tally.single(numbers);
  expect([...(link_id ?? [])]).toEqual([5, 4, 5]);
  expect([...(at ?? [])]).toEqual([100, 200, 300]);
  expect([...(visitor_id ?? [])]).toEqual([8, 8, 8]);
});

test("a full tally takes no more visits", () => {
  const tally = new Tally();
  const { remaining } = tally;
  for (let count = 0; count < remaining; count++) {
    expect(tally.isFull).toBe(false);
    tally.addVisit(1, 0, 0, "");
  }
  expect([tally.isFull, tally.remaining]).toEqual([true, 0]);
});

test("an unknown browser or system is read as Other", () => {
  const tally = new Tally();
  tally.addVisit(1, 0, 0xfe_fd_00, "");
  expect(tally.visitors).toEqual([
    { class: "human", referrerHost: "", browser: "Other", system: "Other" },
  ]);
});
