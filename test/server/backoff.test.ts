import { expect, test } from "bun:test";
import { Backoff } from "../../src/server/backoff.ts";

/** The waits of a place that dies each time so many milliseconds after it was started again. */
function waitsOf(livedMs: number, deaths: number): number[] {
  const backoff = new Backoff();
  let now = 1000;
  return Array.from({ length: deaths }, () => {
    now += livedMs;
    const wait = backoff.next(1, now);
    now += wait;
    return wait;
  });
}

test("what dies at once, again and again, is started ever later, up to half a minute", () => {
  expect(waitsOf(1, 12)).toEqual([
    100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000, 30_000,
  ]);
});

test("what lives for a minute starts anew", () => {
  expect(waitsOf(60_000, 3)).toEqual([100, 100, 100]);
  expect(waitsOf(29_000, 3)).toEqual([100, 200, 400]);
});

test("one that keeps dying holds up no other", () => {
  const backoff = new Backoff();
  for (let death = 0; death < 5; death++) backoff.next(1, death);
  expect(backoff.next(2, 5)).toBe(100);
  expect(backoff.next(1, 6)).toBe(3200);
});
