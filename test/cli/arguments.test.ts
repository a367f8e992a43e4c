/** What the program answers to arguments that it cannot use, and its help. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandNames, loadCommand } from "../../src/cli/cli.ts";
import { parseArguments } from "../../src/cli/parse-arguments.ts";
import { text } from "../../src/cli/text.en.ts";
import { formatAlternatives } from "../../src/text/format.ts";
import { callProgram } from "./program.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-arguments-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const trunk8 = (line: string) => callProgram(folder, line === "" ? [] : line.split(" "));

const userCommands = ["add", "list", "passwd", "disable", "enable", "remove"];

describe("wrong usage is named in one line", () => {
  test.each([
    ["user", text.commandMissing("user", formatAlternatives(userCommands))],
    ["user --json", text.commandMissing("user", formatAlternatives(userCommands))],
    ["import", text.commandMissing("import", "csv or python")],
    ["user frob", text.unknownInGroup("user", "frob")],
    ["frob", text.unknownCommand("frob")],
    ["help frob", text.unknownCommand("frob")],
    ["constructor", text.unknownCommand("constructor")],
    ["ls report", text.argument.unexpected("report", "ls [OPTIONS]")],
    ["config frob", text.argument.unexpected("frob", "config [OPTIONS]")],
    ["user passwd", text.argument.missing("NAME", "user passwd NAME [--one-time]")],
    ["add", text.argument.missing("URL|FILE", "add URL|FILE [OPTIONS]")],
    ["ls --nope", text.option.unknown("--nope", "ls")],
    ["user list -x", text.option.unknown("-x", "user list")],
  ])("%s", async (line, message) => {
    const result = await trunk8(line);
    expect(result).toEqual({ exitCode: 2, stdout: "", stderr: `${text.error(message)}\n` });
  });
});

describe("options", () => {
  const parse = async (...args: string[]) => parseArguments(await loadCommand("add"), "add", args);

  test("are read with a value beside them or after =", async () => {
    const { values, switches, positionals } = await parse(
      "-",
      "--code=a",
      "--title",
      "T",
      "--json",
    );
    expect(Object.fromEntries(values)).toEqual({ code: "a", title: "T" });
    expect([...switches]).toEqual(["json"]);
    expect(positionals).toEqual(["-"]);
  });

  test("take a value that begins with a dash after =, and arguments after --", async () => {
    const { values, positionals } = await parse("--title=--json", "--name", "-", "--", "-file");
    expect(Object.fromEntries(values)).toEqual({ title: "--json", name: "-" });
    expect(positionals).toEqual(["-file"]);
  });

  test.each([
    [["x", "--code"], text.option.needsValue("--code", "CODE")],
    [["x", "--code", "--json"], text.option.needsValue("--code", "CODE")],
    [["x", "--code", "a", "--code", "b"], text.option.repeated("--code")],
    [["x", "--json=yes"], text.option.takesNoValue("--json")],
    [["x", "--__proto__"], text.option.unknown("--__proto__", "add")],
  ])("are refused by name: %j", async (args, message) => {
    await expect(parse(...args)).rejects.toMatchObject({ code: "usage", message });
  });
});

describe("help", () => {
  test.each(["user --help", "user -h", "help user"])(
    "lists the commands of a group: %s",
    async (line) => {
      const { exitCode, stdout, stderr } = await trunk8(line);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
      for (const name of userCommands)
        expect(stdout).toContain((await loadCommand(`user ${name}`)).synopsis);
      expect(stdout).not.toContain((await loadCommand("add")).summary());
    },
  );

  test.each(["ls --help", "ls -h", "help ls", "ls report --help"])(
    "describes one command: %s",
    async (line) => {
      const { exitCode, stdout } = await trunk8(line);
      expect(exitCode).toBe(0);
      expect(stdout).toStartWith(text.help.usage("ls [OPTIONS]"));
    },
  );

  test("has every summary in one column", async () => {
    const lines = (await trunk8("")).stdout.split("\n");
    const columns = await Promise.all(
      commandNames.map(async (name) => {
        const { synopsis, summary } = await loadCommand(name);
        const line = lines.find((line) => line.startsWith(`  ${synopsis} `)) ?? "";
        return line.indexOf(summary(), synopsis.length + 2);
      }),
    );
    expect(new Set(columns).size).toBe(1);
    expect(columns).not.toContain(-1);
  });
});
