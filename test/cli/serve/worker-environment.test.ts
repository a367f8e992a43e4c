import { expect, test } from "bun:test";
import { workerEnvironment } from "../../../src/cli/serve/worker-environment.ts";

const MB = 1_048_576;
const ramOf = (workers: number, limit: number | undefined) =>
  workerEnvironment(workers, { total: 8192 * MB, limit }).BUN_JSC_forceRAMSize;

test("workers share a quarter of a memory limit as the memory that their heaps are measured by", () => {
  expect(ramOf(2, 256 * MB)).toBe(`${32 * MB}`);
  expect(ramOf(1, 512 * MB)).toBe(`${128 * MB}`);
});

test("without a limit, or with one that the machine does not have, nothing is set", () => {
  for (const limit of [undefined, 0, 8192 * MB, Number.MAX_SAFE_INTEGER])
    expect(ramOf(2, limit)).toBeUndefined();
});

test("freed memory goes back to the system in any case", () => {
  expect(workerEnvironment(2, { total: 1, limit: 0 }).MIMALLOC_PURGE_DELAY).toBe("1000");
});
