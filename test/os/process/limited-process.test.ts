import { describe, expect, test } from "bun:test";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runLimited } from "../../../src/os/process/limited-process.ts";
import { silentLog } from "../../../src/telemetry/log.ts";

function run(script: string, limits: { deadlineMs?: number; files?: readonly number[] } = {}) {
  return runLimited({
    words: [process.execPath, "-e", script],
    input: "the input",
    files: [],
    deadlineMs: 60_000,
    maxMemoryBytes: 268_435_456,
    maxOutputBytes: 1000,
    log: silentLog(),
    ...limits,
  });
}

describe("a limited process", () => {
  test("gets its input, and no environment variables of ours", async () => {
    process.env.SECRET_OF_OURS = "secret";
    const { output, end } = await run(
      "console.log(await Bun.stdin.text(), process.env.SECRET_OF_OURS, process.env.PATH)",
    );
    expect({ output, end }).toEqual({ output: "the input undefined undefined\n", end: "done" });
  });

  test("writes to the files that it gets", async () => {
    const folder = mkdtempSync(join(tmpdir(), "trunk8-limited-"));
    const path = join(folder, "out");
    const file = openSync(path, "wx");
    await run("require('node:fs').writeSync(3, 'written')", { files: [file] });
    closeSync(file);
    expect(readFileSync(path, "utf8")).toBe("written");
    rmSync(folder, { recursive: true });
  });

  test.each([
    ["takes too much memory", "const kept = []; for (;;) kept.push(new Array(1000).fill({}))"],
    ["takes too much memory in one call", "JSON.parse('[' + '{},'.repeat(2e7) + '{}]')"],
  ])("is killed if it %s", async (_, script) => {
    const { output, end } = await run(script);
    expect({ output, end }).toEqual({ output: null, end: "memory" });
  });

  test("is killed at its deadline", async () => {
    const { output, end } = await run("for (;;);", { deadlineMs: 500 });
    expect({ output, end }).toEqual({ output: null, end: "deadline" });
  });

  test.each([
    ["fails", "process.exit(3)"],
    ["crashes", "process.kill(process.pid, 'SIGSEGV')"],
    ["writes too much", "for (;;) console.log('x'.repeat(100))"],
  ])("has no output if it %s", async (_, script) => {
    const { output, end } = await run(script);
    expect({ output, end }).toEqual({ output: null, end: "crash" });
  });
});
