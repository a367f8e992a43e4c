/** The clock that nodes share: moved by measurements of the database's. */
import { describe, expect, test } from "bun:test";
import { SiteClock } from "../../src/clock.ts";

const START = Date.UTC(2026, 2, 17, 12);

/** A site's clock on a machine that is `wrongBy` ms ahead, and whose round trips take `trip` ms. */
function open({ wrongBy = 0, trip = 2 } = {}) {
  const time = { steady: 5000.25, database: START, back: trip };
  const pass = (ms: number) => {
    time.steady += ms;
    time.database += ms;
  };
  const clock = new SiteClock({ steady: () => time.steady, machine: () => START + wrongBy });
  /** `late`: how much longer the answer took than the question. */
  const measure = (late = 0) =>
    clock.measure(async () => {
      pass(trip / 2);
      const answer = Math.round(time.database);
      pass(trip / 2 + late);
      return answer;
    });
  const off = () => clock.now() - time.database;
  return { clock, time, pass, measure, off };
}

describe("the clock of a site", () => {
  test("shows the machine's time until the first measurement", () => {
    expect(open({ wrongBy: 600_000 }).clock.now()).toBe(START + 600_000);
  });

  test.each([600_000, -600_000, 0])(
    "is right to a round trip on a machine that is %i ms ahead",
    async (wrongBy) => {
      const { measure, off } = open({ wrongBy });
      await measure();
      expect(Math.abs(off())).toBeLessThanOrEqual(4);
    },
  );

  test("shows whole milliseconds", async () => {
    const { clock, measure, pass } = open({ wrongBy: 123 });
    await measure();
    pass(0.6);
    expect(Number.isInteger(clock.now())).toBe(true);
  });

  test("runs on while the database does not answer", async () => {
    const { clock, measure, pass, off } = open({ wrongBy: 600_000 });
    await measure();
    await clock.measure(() => Promise.reject(new Error("away"))).catch(() => {});
    pass(3_600_000);
    expect(Math.abs(off())).toBeLessThanOrEqual(4);
  });

  test("never goes back by measurements that take longer or shorter than others", async () => {
    const { clock, measure } = open({ wrongBy: 50 });
    await measure();
    let last = clock.now();
    for (const late of [0, 300, 1, 40, 2000, 0, 7]) {
      await measure(late);
      expect(clock.now()).toBeGreaterThanOrEqual(last);
      last = clock.now();
    }
  });

  test("follows a database whose clock is set, at the next measurement", async () => {
    const { time, measure, off } = open();
    await measure();
    time.database -= 60_000;
    await measure();
    expect(Math.abs(off())).toBeLessThanOrEqual(4);
  });
});
