import { describe, expect, test } from "bun:test";
import { RateLimit } from "../../src/ops/limits.ts";

const START = Date.UTC(2030, 0, 1);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function openLimit({ capacity = 100 } = {}) {
  const clock = { now: START };
  const limit = new RateLimit({ perMinute: 5, burst: 10, capacity, clock: () => clock.now });
  /** How many of `tries` are let through. */
  const count = (tries: number, key = "k") =>
    Array.from({ length: tries }, () => limit.take(key)).filter((verdict) => verdict.allowed)
      .length;
  return { clock, limit, count };
}

describe("a limit of 5 a minute with a burst of 10", () => {
  test("lets ten through at once, then says when the next place is free", () => {
    const { limit, count } = openLimit();
    expect(count(10)).toBe(10);
    expect(limit.take("k")).toEqual({ allowed: false, retryAfterSeconds: 12 });
  });

  test.each([
    { after: 11_999, allowed: 0 },
    { after: 12_000, allowed: 1 },
    { after: 60_000, allowed: 5 },
    { after: 120_000, allowed: 10 },
    { after: DAY, allowed: 10 },
  ])("$after ms after it is used up, $allowed places are free", ({ after, allowed }) => {
    const { clock, count } = openLimit();
    count(10);
    clock.now += after;
    expect(count(50)).toBe(allowed);
  });

  test("a refusal costs nothing: asking all the time does not put off the next place", () => {
    const { clock, limit, count } = openLimit();
    count(1000);
    clock.now += 5_500;
    expect(limit.take("k")).toEqual({ allowed: false, retryAfterSeconds: 7 });
    clock.now += 6_500;
    expect(limit.take("k")).toEqual({ allowed: true });
  });

  test("the retry time holds: waiting that long is enough", () => {
    const { clock, limit, count } = openLimit();
    count(10);
    clock.now += 1234;
    const verdict = limit.take("k");
    if (verdict.allowed) throw new Error("expected a refusal");
    clock.now += verdict.retryAfterSeconds * 1000;
    expect(limit.take("k").allowed).toBe(true);
  });

  test("keys do not share places", () => {
    const { count } = openLimit();
    expect([count(11, "one"), count(11, "other")]).toEqual([10, 10]);
  });

  test("a place given back can be taken again, once", () => {
    const { limit, count } = openLimit();
    count(10);
    limit.giveBack("k");
    expect(count(5)).toBe(1);
  });

  test("giving back what was never taken, or long ago, makes no more than a burst", () => {
    const { clock, limit, count } = openLimit();
    limit.giveBack("k");
    count(1);
    clock.now += HOUR;
    for (let times = 0; times < 20; times++) limit.giveBack("k");
    expect(count(50)).toBe(10);
  });

  test("a reset forgets everything", () => {
    const { limit, count } = openLimit();
    count(10);
    limit.reset("k");
    expect(count(50)).toBe(10);
  });

  test.each([
    { name: "an hour back", jump: -HOUR },
    { name: "back to 1970", jump: -START },
    { name: "a day on", jump: DAY },
  ])("the clock jumps $name: nobody waits longer than for one place", ({ jump }) => {
    const { clock, limit, count } = openLimit();
    count(10);
    clock.now += jump;
    const verdict = limit.take("k");
    expect(verdict.allowed ? 0 : verdict.retryAfterSeconds).toBeLessThanOrEqual(12);
    clock.now += 12_000;
    expect(limit.take("k").allowed).toBe(true);
    expect(count(50)).toBeLessThanOrEqual(10);
  });

  test("beyond its capacity the key unused for longest is forgotten, and no other", () => {
    const { count } = openLimit({ capacity: 3 });
    for (const key of ["a", "b", "c"]) count(10, key);
    count(1, "a");
    count(1, "d");
    expect([count(1, "a"), count(1, "c"), count(10, "b")]).toEqual([0, 0, 10]);
  });
});
