/** The real server, killed in the midst of uploads, at chosen system calls too where strace is installed: `test/crash/main.ts uploads --rounds 100` does it for longer. */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { killUploads } from "./uploads.ts";

const folder = mkdtempSync(join(tmpdir(), "trunk8-crash-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("after kill -9 what was acknowledged is whole, anything else is whole or absent, and sums agree", async () => {
  const findings = await killUploads(join(folder, "data"), 10);
  expect(findings.faults).toEqual([]);
  expect(findings.acknowledged).toBeGreaterThan(0);
}, 120_000);
