/** Workers that die, that race and that are replaced, for a moment; `npm run crash` does each for longer. */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { leaveOut } from "../left-out.ts";
import { editAndRead } from "./edits.ts";
import { nginx, replaceWorkers } from "./replace.ts";
import { killWorkers } from "./visits.ts";

const root = mkdtempSync(join(tmpdir(), "trunk8-crash-"));
const newFolder = () => mkdtempSync(join(root, "folder-"));
afterAll(() => rmSync(root, { recursive: true }));

if (nginx === null) leaveOut("replacing workers behind nginx", "nginx is not installed");

test("as many visits are counted as were answered, though workers and all die by kill -9", async () => {
  const findings = await killWorkers(join(newFolder(), "data"), 10);
  expect(findings.faults).toEqual([]);
  expect(findings.answered).toBeGreaterThan(100);
}, 120_000);

test("no read over four workers gives less than an edit that was acknowledged before it", async () => {
  const { edits, reads, faults } = await editAndRead(join(newFolder(), "data"), 1000);
  expect(faults).toEqual([]);
  expect(edits + reads).toBe(1000);
}, 120_000);

test.skipIf(nginx === null)(
  "no request behind nginx fails while all workers are replaced",
  async () => {
    const { answered, faults } = await replaceWorkers(newFolder(), 2);
    expect(faults).toEqual([]);
    expect(answered).toBeGreaterThan(100);
  },
  120_000,
);
