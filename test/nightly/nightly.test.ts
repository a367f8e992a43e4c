import { afterEach, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { inThisRun, nightlyFiles, WHOLE } from "./nightly.ts";

const before = process.env[WHOLE];

afterEach(() => {
  if (before === undefined) delete process.env[WHOLE];
  else process.env[WHOLE] = before;
});

const items = Array.from({ length: 60 }, (_, at) => at);

test("a normal run has a sample from the first to the last, the same each time", () => {
  delete process.env[WHOLE];
  const sample = inThisRun("cut-theme", items);
  expect(sample).toHaveLength(15);
  expect([sample.at(0), sample.at(-1)]).toEqual([0, 59]);
  expect(inThisRun("cut-theme", items)).toEqual(sample);
});

test("a normal run has all of a few", () => {
  delete process.env[WHOLE];
  expect(inThisRun("cut-theme", items.slice(0, 3))).toEqual([0, 1, 2]);
});

test("a nightly run has all", () => {
  process.env[WHOLE] = "1";
  expect(inThisRun("cut-theme", items)).toEqual(items);
});

test("names files that exist and ask for it", async () => {
  for (const file of nightlyFiles) {
    const path = join(import.meta.dir, "../..", file);
    expect({ file, exists: existsSync(path) }).toEqual({ file, exists: true });
    expect(await Bun.file(path).text()).toMatch(/\b(?:inThisRun|countInThisRun)\(/);
  }
});
