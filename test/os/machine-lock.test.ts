import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeLockFiles, MachineLock, openLockFiles } from "../../src/os/machine-lock.ts";

test("throws when the file system refuses a lock, instead of trying for ever", () => {
  const folder = mkdtempSync(join(tmpdir(), "trunk8-lock-"));
  const files = openLockFiles(join(folder, "lock"));
  const lock = new MachineLock(files);
  lock.acquire();
  lock.release();
  closeLockFiles(files);
  // flock(2) fails on a closed descriptor as it does where the file system has no locks.
  expect(() => lock.acquire()).toThrow("flock");
  rmSync(folder, { recursive: true });
});
