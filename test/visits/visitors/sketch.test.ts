/** Sketches of visitors: how wrong they are, and that order and repetition do not matter. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { addHashes, emptySketch, estimate } from "../../../src/visits/visitors/sketch.ts";

/** The same numbers in each run: the error of a sketch is one of chance. */
function hashesFrom(seed: number, count: number): number[] {
  const hashes: number[] = [];
  for (let at = 0; at < count; at++) {
    const hash = Bun.hash.wyhash(`${seed} ${at}`);
    hashes.push(Number(hash & 0xffff_ffff_ffffn));
  }
  return hashes;
}

describe("an estimate", () => {
  test.each([0, 1, 10, 100, 1000, 10_000, 10_900, 11_000, 30_000, 100_000, 300_000, 1_000_000])(
    "of %d visitors is at most 2 %% wrong",
    (count) => {
      const runs = count > 100_000 ? 1 : 3;
      for (let seed = 1; seed <= runs; seed++) {
        const found = estimate(addHashes(emptySketch, hashesFrom(seed, count)));
        expect(Math.abs(found - count)).toBeLessThanOrEqual(count * 0.02);
      }
    },
  );
});

test("a sketch is small for few visitors, and never larger than 32 KB", () => {
  const sizes = [0, 1, 100, 20_000, 100_000].map(
    (count) => addHashes(emptySketch, hashesFrom(7, count)).length,
  );
  expect(sizes).toEqual([0, 3, 300, 32_768, 32_768]);
});

test("a sketch of parts in any order is that of all, and repetition does not change it", () => {
  const some = fc.array(fc.integer({ min: 0, max: 2 ** 48 - 1 }), { maxLength: 50 });
  const property = fc.property(
    fc.array(some, { maxLength: 5 }),
    fc.constantFrom(0, 12_000),
    (parts, before) => {
      const start = addHashes(emptySketch, hashesFrom(3, before));
      const grow = (order: readonly (readonly number[])[]) =>
        order.reduce((sketch, part) => addHashes(sketch, part), start);
      const whole = addHashes(start, parts.flat());
      expect(grow(parts)).toEqual(whole);
      expect(grow(parts.toReversed())).toEqual(whole);
      expect(addHashes(whole, parts.flat())).toBe(whole);
    },
  );
  fc.assert(property, { numRuns: 30 });
});
