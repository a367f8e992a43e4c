/** A real server, killed during uploads, also at chosen system calls if strace is installed. `npm run crash -- uploads` runs longer. */
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { killUploads } from "./uploads.ts";

const folder = mkdtempSync(join(tmpdir(), "trunk8-crash-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("keeps acknowledged uploads complete after kill -9, and stores others completely or not at all", async () => {
  const findings = await killUploads(join(folder, "data"), 10);
  expect(findings.faults).toEqual([]);
  expect(findings.acknowledged).toBeGreaterThan(0);
}, 120_000);
