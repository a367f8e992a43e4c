/** Passwords typed at a real (pseudo-)terminal. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "../../src/cli/commands/text.en.ts";
import { callProgram } from "./program.ts";
import { callAtTerminal } from "./terminal.ts";

const { prompt, repeat } = text.password;
const PASSWORD = "a quiet T\u00fcesday";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-terminal-"));
  await callProgram(folder, ["user", "add", "alice", "--one-time"]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a password at a terminal", () => {
  test.each([
    ["user passwd alice", text.users.passwordSet("alice")],
    ["user add bob", text.users.created("bob")],
  ])(
    "is asked for twice and never shown: %s",
    async (line, answer) => {
      const terminal = callAtTerminal(folder, line.split(" "));
      await terminal.shows(prompt);
      terminal.type(`${PASSWORD}\r`);
      await terminal.shows(repeat);
      terminal.type(`${PASSWORD}\r`);
      expect(await terminal.exited).toBe(0);
      expect(terminal.shown()).toContain(answer);
      expect(terminal.shown()).not.toContain("quiet");
    },
    30_000,
  );

  test("may be pasted with both lines at once", async () => {
    const terminal = callAtTerminal(folder, ["user", "passwd", "alice"]);
    await terminal.shows(prompt);
    terminal.type(`${PASSWORD}\r${PASSWORD}\r`);
    expect(await terminal.exited).toBe(0);
    expect(terminal.shown()).not.toContain("quiet");
  }, 30_000);

  test("is corrected by backspace and Ctrl-U", async () => {
    const terminal = callAtTerminal(folder, ["user", "passwd", "alice"]);
    await terminal.shows(prompt);
    terminal.type(`wrong\u0015${PASSWORD}x\u007f\r`);
    await terminal.shows(repeat);
    terminal.type(`${PASSWORD}\r`);
    expect(await terminal.exited).toBe(0);
  }, 30_000);

  test("is refused when the two differ", async () => {
    const terminal = callAtTerminal(folder, ["user", "passwd", "alice"]);
    await terminal.shows(prompt);
    terminal.type(`${PASSWORD}\r${PASSWORD}!\r`);
    expect(await terminal.exited).toBe(2);
    expect(terminal.shown()).toContain(text.password.differ);
  }, 30_000);

  test.each([
    ["Ctrl-C at the first question", "", "\u0003"],
    ["Ctrl-C at the second question", `${PASSWORD}\r`, "\u0003"],
    ["Ctrl-D", "", "\u0004"],
  ])(
    "is cancelled by %s",
    async (_, first, key) => {
      const terminal = callAtTerminal(folder, ["user", "passwd", "alice"]);
      await terminal.shows(prompt);
      if (first !== "") {
        terminal.type(first);
        await terminal.shows(repeat);
      }
      terminal.type(key);
      expect(await terminal.exited).toBe(2);
      expect(terminal.shown()).toContain(text.password.cancelled);
      expect(terminal.shown()).not.toContain("quiet");
    },
    30_000,
  );
});
