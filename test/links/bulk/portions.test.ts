import { expect, test } from "bun:test";
import { inPortions } from "../../../src/links/bulk/portions.ts";

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
