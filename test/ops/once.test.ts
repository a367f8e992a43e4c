import { expect, test } from "bun:test";
import { Once } from "../../src/ops/once.ts";
import { failureOf } from "../failure.ts";

function openOnce({ capacity = 10 } = {}) {
  let now = 0;
  let count = 0;
  const once = new Once<number>({ keptMs: 1000, capacity, clock: () => now });
  const work = async () => {
    await Promise.resolve();
    count++;
    return count;
  };
  const advance = (ms: number) => {
    now += ms;
  };
  return { once, work, advance };
}

test("what is asked for twice at once is done once", async () => {
  const { once, work } = openOnce();
  expect(await Promise.all([once.run("a", work), once.run("a", work)])).toEqual([1, 1]);
  expect(await once.run("b", work)).toBe(2);
});

test("a result stands for its time and no longer", async () => {
  const { once, work, advance } = openOnce();
  await once.run("a", work);
  advance(999);
  expect(await once.run("a", work)).toBe(1);
  advance(1);
  expect(await once.run("a", work)).toBe(2);
});

test("a failure is forgotten, so that one can try again", async () => {
  const { once, work } = openOnce();
  const fails = () => Promise.reject(new Error("not now"));
  expect(await failureOf(once.run("a", fails))).toHaveProperty("message", "not now");
  expect(await once.run("a", work)).toBe(1);
});

test("no more results are kept than there is room for", async () => {
  const { once, work } = openOnce({ capacity: 2 });
  for (const key of ["a", "b", "c"]) await once.run(key, work);
  expect(await once.run("c", work)).toBe(3);
  expect(await once.run("a", work)).toBe(4);
});
