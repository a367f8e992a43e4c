import { expect, test } from "bun:test";
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { lastError, libc } from "../../src/os/libc.ts";
import {
  claimFile,
  claimPath,
  closeLockFiles,
  isClaimed,
  MachineLock,
  openLockFiles,
  SharedLock,
} from "../../src/os/machine-lock.ts";

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

test("tells a lock of another file description from a file system without locks", () => {
  const folder = mkdtempSync(join(tmpdir(), "trunk8-lock-"));
  const path = join(folder, "lock");
  const [first, second] = [openSync(path, "a"), openSync(path, "a")];
  expect(claimFile(first)).toBe(true);
  // Often: a system call of the runtime between call and question would change the answer.
  for (let count = 0; count < 10_000; count++) expect(claimFile(second)).toBe(false);
  expect(isClaimed(path)).toBe(true);
  closeSync(first);
  expect(claimFile(second)).toBe(true);
  closeSync(second);
  expect(() => claimFile(second)).toThrow("flock");
  rmSync(folder, { recursive: true });
});

test("finds the functions of systemd's notification in this C library", () => {
  expect(libc.socket).toBeFunction();
  libc.close(-1);
  expect(lastError()).toBe(constants.errno.EBADF);
});

test("a shared lock admits many tasks, and work alone only between them", () => {
  const folder = mkdtempSync(join(tmpdir(), "trunk8-lock-"));
  const path = join(folder, "lock");
  const [one, other] = [new SharedLock(path), new SharedLock(path)];
  let runs = 0;
  const tryAlone = () => other.runAlone(() => runs++);
  one.enter();
  one.enter();
  other.enter();
  tryAlone();
  other.leave();
  one.leave();
  tryAlone();
  expect(runs).toBe(0);
  one.leave();
  tryAlone();
  expect(runs).toBe(1);
  one.enter();
  tryAlone();
  expect(runs).toBe(1);
  // A process that crashes closes its files.
  one.close();
  tryAlone();
  expect(runs).toBe(2);
  other.close();
  rmSync(folder, { recursive: true });
});

test("a path is locked until it is disposed, by one at a time", () => {
  const folder = mkdtempSync(join(tmpdir(), "trunk8-lock-"));
  const path = join(folder, "lock");
  {
    using first = claimPath(path);
    expect(first).not.toBeNull();
    expect(claimPath(path)).toBeNull();
  }
  using again = claimPath(path);
  expect(again).not.toBeNull();
  rmSync(folder, { recursive: true });
});
