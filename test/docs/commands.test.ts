/** The commands of the README and of docs/: each is run here, or test/docs/not-run.ts says why not. */
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  commandsOf,
  type DocumentedCommand,
  pages,
  ROOT,
  readCommands,
} from "./documented-commands.ts";
import { notRun } from "./not-run.ts";
import { Terminal } from "./terminal.ts";

setDefaultTimeout(180_000);

const terminals = new Map<string, Terminal>();
afterAll(() => Promise.all([...terminals.values()].map((terminal) => terminal.close())));

const rowsOf = ({ page, command }: DocumentedCommand) =>
  notRun.filter(
    (row) => row.page === page && row.commands.some((start) => command.startsWith(start)),
  );

const runnable = (page: string) =>
  commandsOf(page).filter((command) => rowsOf(command).length === 0);

/** Types the commands of a page and returns what failed. */
async function typeAll(page: string): Promise<string[]> {
  const terminal = await Terminal.open(page);
  terminals.set(page, terminal);
  const failed: string[] = [];
  for (const { line, command } of runnable(page)) {
    const { exitCode, output } = await terminal.run(command);
    if (exitCode !== 0)
      failed.push(`${page}:${line}: ${command}\nexit code ${exitCode}\n${output}`);
  }
  return failed;
}

test("every command that can run here runs", async () => {
  const waiting = pages.filter((page) => runnable(page).length > 0);
  const failed: string[] = [];
  const typeWaiting = async () => {
    for (let page = waiting.shift(); page !== undefined; page = waiting.shift())
      failed.push(...(await typeAll(page)));
  };
  await Promise.all([typeWaiting(), typeWaiting(), typeWaiting()]);
  expect(failed.join("\n\n")).toBe("");
});

test("the tour of the README creates what it says", async () => {
  const terminal = terminals.get("README.md");
  if (terminal === undefined) throw new Error("The commands of the README were not run.");
  const answers = ["long", "visits", "hours", "docs", "sale"].map(async (code) => {
    const { status, headers } = await terminal.fetch(`/${code}`);
    return [code, status, headers.get("location") ?? headers.get("content-type")];
  });
  expect(await Promise.all(answers)).toEqual([
    ["long", 302, "https://example.org/a/long/path"],
    ["visits", 200, "text/plain; charset=utf-8"],
    ["hours", 200, "text/html; charset=utf-8"],
    ["docs", 302, "https://docs.example.org/start"],
    ["sale", 302, "https://shop.example.org/sale"],
  ]);
  const { output } = await terminal.run("trunk8 ls --json");
  // The five of the tour, and two of the script.
  expect(JSON.parse(output)).toHaveLength(7);
  expect(statSync(join(terminal.folder, "site.zip")).size).toBeGreaterThan(0);
});

test("a command that is not run has one reason, and each reason a command", () => {
  const commands = pages.flatMap(commandsOf);
  expect(commands.filter((command) => rowsOf(command).length > 1)).toEqual([]);
  const unused = notRun.flatMap(({ page, commands: starts }) => {
    const ofPage = commands.filter((command) => command.page === page);
    return starts
      .filter((start) => !ofPage.some(({ command }) => command.startsWith(start)))
      .map((start) => `${page}: ${start}`);
  });
  expect(unused).toEqual([]);
});

test("the test that runs a command instead exists", () => {
  const files = notRun.flatMap(({ by }) => (by === undefined ? [] : [by]));
  expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
});

test("reads commands with comments and here documents, and of sh blocks only", () => {
  const markdown = [
    "```sh",
    "# alone",
    "trunk8 ls    # a comment",
    "cat >a <<'END'",
    "# a line",
    "```",
    "END",
    "trunk8 trash",
    "```",
    "```toml",
    "a = 1",
    "```",
  ].join("\n");
  expect(readCommands("page.md", markdown)).toEqual([
    { page: "page.md", line: 3, command: "trunk8 ls" },
    { page: "page.md", line: 4, command: "cat >a <<'END'\n# a line\n```\nEND" },
    { page: "page.md", line: 8, command: "trunk8 trash" },
  ]);
});
