import { expect, test } from "bun:test";
import { Backoff } from "../../../src/server/workers/backoff.ts";

/** The waits of a place that dies each time after it has answered for so many milliseconds. */
function waitsOf(...answeredMs: number[]): number[] {
  const backoff = new Backoff();
  return answeredMs.map((ms) => backoff.next(1, ms));
}

test("what dies at once, again and again, is started ever later, up to half a minute", () => {
  expect(waitsOf(...Array<number>(12).fill(0))).toEqual([
    100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 30_000, 30_000, 30_000,
  ]);
});

test("what has answered for two seconds starts anew, and nothing less does", () => {
  expect(waitsOf(0, 0, 1999, 2000, 0, 60_000)).toEqual([100, 200, 400, 100, 200, 100]);
});

test("one that keeps dying holds up no other", () => {
  const backoff = new Backoff();
  for (let death = 0; death < 5; death++) backoff.next(1, 0);
  expect([backoff.next(2, 0), backoff.next(1, 0)]).toEqual([100, 3200]);
});
