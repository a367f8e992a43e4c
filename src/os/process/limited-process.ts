import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { type ErrorLog, every } from "../every.ts";

/** A process that works on untrusted bytes. */
export interface LimitedCommand {
  readonly words: readonly string[];
  /** Its standard input. */
  readonly input: string;
  /** Descriptors that it gets as 3, 4, 5, ... */
  readonly files: readonly number[];
  readonly deadlineMs: number;
  readonly maxMemoryBytes: number;
  readonly maxOutputBytes: number;
  readonly log: ErrorLog;
}

/** `output` is the standard output of a process that exited with 0; null if it was killed or crashed. */
export interface LimitedResult {
  readonly output: string | null;
  readonly end: "done" | "deadline" | "memory" | "crash";
}

/** Pause between two looks at the memory of a process; JSC takes about 1 GB a second at most. */
const LOOK_MS = 25;

/** A small heap for the collector to aim at, well below every limit. */
const HEAP_BYTES = 134_217_728;

/**
 * Runs a command with a deadline and a memory limit, and without environment variables. The limit is watched from
 * outside: limits of the kernel count the gigabytes of address space that JSC reserves at start.
 */
export async function runLimited(command: LimitedCommand): Promise<LimitedResult> {
  const { words, input, files, deadlineMs, maxMemoryBytes, maxOutputBytes, log } = command;
  // Before its timeout begins, which else ends sooner than the deadline here.
  const startedAt = performance.now();
  const child = Bun.spawn([...words], {
    stdio: [Buffer.from(input), "pipe", "ignore", ...files],
    cwd: tmpdir(),
    env: { BUN_JSC_forceRAMSize: String(HEAP_BYTES) },
    timeout: deadlineMs,
    killSignal: "SIGKILL",
    maxBuffer: maxOutputBytes,
  });
  preferAsVictim(child.pid);
  let most = 0;
  const look = () => {
    most = Math.max(most, memoryOf(child.pid));
    if (most > maxMemoryBytes) child.kill("SIGKILL");
  };
  const stop = every(LOOK_MS, look, log);
  try {
    const output = await child.stdout.text();
    const isDone = (await child.exited) === 0;
    if (isDone) return { output, end: "done" };
    const isLate = performance.now() - startedAt >= deadlineMs;
    const end = most > maxMemoryBytes ? "memory" : isLate ? "deadline" : "crash";
    return { output: null, end };
  } finally {
    stop();
    child.kill("SIGKILL");
  }
}

/** Has the kernel end this process, and not its parent, when memory runs out. */
function preferAsVictim(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, "1000");
  } catch {} // The process has ended, or the system has no such file.
}

const PAGE_BYTES = 4096;

/** Resident memory of a process; 0 if it has ended, and where the system does not tell. */
function memoryOf(pid: number): number {
  try {
    const [, pages] = readFileSync(`/proc/${pid}/statm`, "latin1").split(" ");
    return Number(pages) * PAGE_BYTES;
  } catch {
    return 0;
  }
}
