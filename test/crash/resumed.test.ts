/** A real site of two workers, killed while a file arrives in portions. `npm run crash -- resumed` runs longer. */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { killResumed } from "./resumed.ts";

const folder = mkdtempSync(join(tmpdir(), "trunk8-crash-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("goes on with an upload after kill -9, and loses nothing that was acknowledged", async () => {
  const { faults } = await killResumed(join(folder, "data"), 2, 20_000_000);
  expect(faults).toEqual([]);
}, 120_000);
