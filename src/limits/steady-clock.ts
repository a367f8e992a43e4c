import { ptr } from "bun:ffi";
import type { Clock } from "../clock.ts";
import { libc } from "../os/libc.ts";

/** CLOCK_MONOTONIC, by platform. */
const MONOTONIC = process.platform === "darwin" ? 6 : 1;

/** Start of this process, by the clock that all processes of the machine share. */
const startedAt = readMonotonic() - performance.now();

/**
 * Milliseconds since the machine started, the same in all of its processes. Unlike the time of day, it is never set:
 * it measures durations, also between processes.
 */
export const systemSteadyClock: Clock = () => startedAt + performance.now();

function readMonotonic(): number {
  const time = new BigInt64Array(2);
  libc.clock_gettime(MONOTONIC, ptr(time));
  const [seconds = 0n, nanoseconds = 0n] = time;
  return Number(seconds) * 1000 + Number(nanoseconds) / 1_000_000;
}
