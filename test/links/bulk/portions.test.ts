import { expect, test } from "bun:test";
import { inPortions, PortionSize } from "../../../src/links/bulk/portions.ts";

const codes = Array.from({ length: 1005 }, (_, at) => `p${at}`);

test("each code is in one portion, in order, and no portion is large", async () => {
  const portions: (readonly string[])[] = [];
  const sum = await inPortions(codes, async (portion) => {
    portions.push(portion);
    return portion.length;
  });
  expect(sum).toBe(codes.length);
  expect(portions.flat()).toEqual(codes);
  expect(Math.max(...portions.map(({ length }) => length))).toBeLessThanOrEqual(250);
});

test("no portion comes before the one before is done, and a fault ends the work", async () => {
  let running = 0;
  let done = 0;
  const failing = inPortions(codes, async (portion) => {
    expect(++running).toBe(1);
    await Promise.resolve();
    running--;
    if (done > 0) throw new Error("full");
    done += portion.length;
    return portion.length;
  });
  await expect(failing).rejects.toThrow("full");
  expect(done).toBe(250);
});

test("no codes are no work", async () => {
  const sum = await inPortions([], async () => {
    throw new Error("work");
  });
  expect(sum).toBe(0);
});

test("after a slow portion come smaller ones, down to a few links, and larger ones when it is quick again", () => {
  const size = new PortionSize();
  const lengths: number[] = [];
  const ms = [500, 500, 500, 10, 1, 1];
  for (const portion of size.split(codes)) {
    lengths.push(portion.length);
    size.took(ms.shift() ?? 50);
  }
  expect(lengths.slice(0, 5)).toEqual([250, 25, 25, 25, 125]);
  expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(codes.length);
});

test("a small rest of a list decides nothing", () => {
  const size = new PortionSize();
  for (const _ of size.split(codes.slice(0, 3))) size.took(90);
  expect(size.links).toBe(250);
  size.took(0);
  expect(size.links).toBe(250);
});
