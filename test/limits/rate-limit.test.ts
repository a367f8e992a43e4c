import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RateLimit } from "../../src/limits/rate-limit.ts";
import { RATE_LIMIT_TABLE_BYTES, RateLimitTable } from "../../src/limits/rate-limit-table.ts";
import { mapFile } from "../../src/os/mapped-file.ts";

const START = Date.UTC(2030, 0, 1);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function openLimit({ memory = new Uint8Array(RATE_LIMIT_TABLE_BYTES), name = "test" } = {}) {
  const clock = { now: START };
  const table = new RateLimitTable(memory, 42n);
  const limit = new RateLimit({
    name,
    perMinute: () => 5,
    burst: 10,
    table,
    clock: () => clock.now,
  });
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

  test("counts by a clock with fractions of a millisecond", () => {
    const { clock, count } = openLimit();
    clock.now = START + 0.123_456_7;
    expect(count(11)).toBe(10);
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

  test("a client whose allowance was used up before the machine restarted has all of it", () => {
    const { clock, count } = openLimit();
    count(10);
    clock.now -= DAY;
    expect(count(50)).toBe(10);
  });

  test("processes whose clocks differ by a second give no place twice", () => {
    const { clock, count } = openLimit();
    count(10);
    clock.now -= 1000;
    expect(count(50)).toBe(0);
  });

  test("a hundred callers at once do not get in one another's way", () => {
    const { count } = openLimit();
    for (let at = 0; at < 100; at++) expect(count(11, `caller ${at}`)).toBe(10);
  });

  test("limits of different names do not share places", () => {
    const memory = new Uint8Array(RATE_LIMIT_TABLE_BYTES);
    const [one, other] = [openLimit({ memory, name: "one" }), openLimit({ memory, name: "other" })];
    expect([one.count(11), other.count(11)]).toEqual([10, 10]);
  });
});

test("0 a minute is no limit", () => {
  const table = new RateLimitTable(new Uint8Array(RATE_LIMIT_TABLE_BYTES), 1n);
  const limit = new RateLimit({ name: "none", perMinute: () => 0, table, clock: () => START });
  for (let at = 0; at < 1000; at++) expect(limit.take("k").allowed).toBe(true);
  limit.giveBack("k");
});

test("without a burst of its own, a fifth of a minute's is let through at once, and one at least", () => {
  const table = new RateLimitTable(new Uint8Array(RATE_LIMIT_TABLE_BYTES), 1n);
  const allowed = [1, 7, 100, 6000].map((perMinute) => {
    const limit = new RateLimit({
      name: `${perMinute}`,
      perMinute: () => perMinute,
      table,
      clock: () => START,
    });
    return Array.from({ length: 2000 }, () => limit.take("k")).filter((v) => v.allowed).length;
  });
  expect(allowed).toEqual([1, 1, 20, 1200]);
});

test("processes of one machine share the places, and none is given twice", async () => {
  const folder = mkdtempSync(join(tmpdir(), "trunk8-limits-"));
  const path = join(folder, "limits");
  mapFile(path, RATE_LIMIT_TABLE_BYTES);
  const takers = Array.from({ length: 4 }, () =>
    Bun.spawn([process.execPath, join(import.meta.dir, "taker.ts"), path], { stdout: "pipe" }),
  );
  const taken = await Promise.all(takers.map(({ stdout }) => new Response(stdout).text()));
  expect(taken.map(Number).reduce((sum, count) => sum + count)).toBe(500);
  rmSync(folder, { recursive: true });
});
