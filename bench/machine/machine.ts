import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { percentile } from "../stats.ts";
import { toolPath } from "./child.ts";

/** The machine of a measurement. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGigabytes: number;
  readonly kernel: string;
  /** Median time of an fsync on the disk of the data, in milliseconds. */
  readonly fsyncMs: number;
  /** Load average of the minute before the start. */
  readonly load: number;
  readonly bun: string;
  readonly nginx: string;
  readonly wrk: string;
  /** The measured commit, with "+" if the working tree had changes. */
  readonly commit: string;
}

export function describeMachine(folder: string, program: string, load: number): Machine {
  return {
    cpu: cpus()[0]?.model ?? "unknown",
    cores: cpus().length,
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    fsyncMs: measureFsync(join(folder, "fsync")),
    load,
    bun: Bun.version,
    nginx: firstMatch(["nginx", "-v"], /nginx\/(\S+)/),
    wrk: firstMatch(["wrk", "-v"], /wrk (\S+)/),
    commit: readCommit(dirname(program)),
  };
}

/** Median time of one fsync of a few kilobytes, in milliseconds. */
export function measureFsync(file: string): number {
  const block = new Uint8Array(4096);
  const open = openSync(file, "w");
  const times = Array.from({ length: 21 }, () => {
    const start = performance.now();
    writeSync(open, block);
    fsyncSync(open);
    return performance.now() - start;
  });
  closeSync(open);
  return percentile(
    times.toSorted((a, b) => a - b),
    50,
  );
}

function readCommit(checkout: string): string {
  const command = ["git", "describe", "--always", "--dirty=+", "--exclude=*"];
  const { stdout, exitCode } = Bun.spawnSync(command, { cwd: checkout, stderr: "ignore" });
  return exitCode === 0 ? stdout.toString().trim() : "unknown";
}

/** Some tools print their version on stderr, or exit with another code than 0. */
function firstMatch(command: string[], pattern: RegExp): string {
  const env = { ...process.env, PATH: toolPath };
  const { stdout, stderr } = Bun.spawnSync(command, { env, stdin: "ignore" });
  return pattern.exec(`${stdout}${stderr}`)?.[1] ?? "unknown";
}
