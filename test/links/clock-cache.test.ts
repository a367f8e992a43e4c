import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { RecentMap } from "../../src/links/clock-cache.ts";

const filled = (capacity: number, keys: string) => {
  const map = new RecentMap<{ used: boolean; key: string }>(capacity);
  for (const key of keys) map.set(key, { used: false, key });
  return map;
};
const keysOf = (map: RecentMap<{ used: boolean; key: string }>, among: string) =>
  [...among].filter((key) => map.get(key) !== undefined).join("");

describe("a map of what is recent", () => {
  test("forgets what was never asked for, the oldest first", () => {
    expect(keysOf(filled(3, "abcde"), "abcde")).toBe("cde");
  });

  test("keeps what was asked for since its last chance", () => {
    const map = filled(3, "abc");
    map.get("a");
    map.set("d", { used: false, key: "d" });
    expect(keysOf(map, "abcd")).toBe("acd");
  });

  test("forgets one even when all were asked for", () => {
    const map = filled(3, "abc");
    for (const key of "abc") map.get(key);
    map.set("d", { used: false, key: "d" });
    expect(keysOf(map, "abcd")).toBe("bcd");
  });

  test("sets a key again without forgetting another", () => {
    const map = filled(2, "ab");
    map.set("a", { used: false, key: "A" });
    expect(map.get("a")?.key).toBe("A");
    expect(keysOf(map, "ab")).toBe("ab");
  });

  test("never holds more than its capacity, and always what was set last", () => {
    const steps = fc.array(
      fc.tuple(fc.constantFrom("get", "set", "delete"), fc.constantFrom(..."abcdefgh")),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), steps, (capacity, taken) => {
        const map = filled(capacity, "");
        for (const [step, key] of taken) {
          if (step === "set") map.set(key, { used: false, key });
          else if (step === "delete") map.delete(key);
          const found = map.get(key);
          if (step === "set") expect(found?.key).toBe(key);
          if (step === "delete") expect(found).toBeUndefined();
          expect(map.size).toBeLessThanOrEqual(capacity);
        }
      }),
    );
  });
});
