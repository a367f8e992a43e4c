/** Workers that are killed, race each other and are replaced; `npm run crash` runs each test longer. */
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

test("counts every answered visit once although workers are killed by kill -9", async () => {
  const findings = await killWorkers(join(newFolder(), "data"), 10);
  expect(findings.faults).toEqual([]);
  expect(findings.answered).toBeGreaterThan(100);
}, 120_000);

test("never returns a link on four workers as it was before an acknowledged edit", async () => {
  const { edits, reads, faults } = await editAndRead(join(newFolder(), "data"), 1000);
  expect(faults).toEqual([]);
  expect(edits + reads).toBe(1000);
}, 120_000);

test.skipIf(nginx === null)(
  "fails no request behind nginx while all workers are replaced",
  async () => {
    const { answered, faults } = await replaceWorkers(newFolder(), 2);
    expect(faults).toEqual([]);
    expect(answered).toBeGreaterThan(100);
  },
  120_000,
);
