/** What commands show and ask at a (pseudo-)terminal, and what scripts get instead. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandNames } from "../../src/cli/cli.ts";
import { text } from "../../src/cli/commands/text.en.ts";
import { text as cliText } from "../../src/cli/text.en.ts";
import { callProgram } from "./program.ts";
import { callAtTerminal, WIDTH } from "./terminal.ts";

const LONG_CODE = "a-short-code-that-is-not-short";
const DESTINATION = `https://example.com/${"long/".repeat(30)}`;
const PROXIES = Array.from({ length: 20 }, (_, n) => `10.0.${n}.0/24`);

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-screen-"));
  const config = `[server]\ntrusted_proxies = ${JSON.stringify(PROXIES)}\n`;
  await Bun.write(join(folder, "data/config/config.toml"), config);
  const links = ["keep", "gone", LONG_CODE].map((code) =>
    JSON.stringify({ short_code: code, target: DESTINATION }),
  );
  await callProgram(folder, ["add", "--json", "-"], { input: links.join("\n") });
  await callProgram(folder, ["user", "add", "alice", "--one-time"]);
}, 30_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a command shows at a terminal, line by line. */
async function linesAtTerminal(line: string): Promise<string[]> {
  const terminal = callAtTerminal(folder, line === "" ? [] : line.split(" "));
  expect(await terminal.exited).toBe(0);
  return Bun.stripANSI(terminal.shown()).trimEnd().split("\r\n");
}

const codes = async () => {
  const links: { short_code: string }[] = JSON.parse(
    (await callProgram(folder, ["ls", "--json"])).stdout,
  );
  return links.map(({ short_code }) => short_code).toSorted();
};

describe("at a terminal, a list has heads and fits its width", () => {
  test.each([
    ["ls", Object.values(text.links.ls.heads), LONG_CODE],
    ["user list", Object.values(text.users.heads), "alice"],
    ["jobs", Object.values(text.jobs.heads), "delete-expired-links"],
  ])(
    "%s",
    async (line, heads, content) => {
      const [head = "", ...rows] = await linesAtTerminal(line);
      expect(head.split(/ {2,}/)).toEqual(heads);
      expect(rows.some((row) => row.includes(content))).toBe(true);
      expect([head, ...rows].filter((row) => Bun.stringWidth(row) > WIDTH)).toEqual([]);
    },
    30_000,
  );

  test("help", async () => {
    const lines = await linesAtTerminal("");
    for (const name of commandNames)
      expect(lines.some((line) => line.startsWith(`  ${name}`))).toBe(true);
    expect(lines.slice(0, -1).filter((line) => line.length > WIDTH)).toEqual([]);
  }, 30_000);

  test("config, but for a value that is longer itself", async () => {
    const lines = await linesAtTerminal("config");
    const long = lines.filter((line) => line.length > WIDTH);
    expect(long).toEqual([`server.trusted_proxies = ${JSON.stringify(PROXIES)}`]);
    expect(lines[lines.indexOf(long[0] ?? "") + 1]).toStartWith("  # file ");
    expect(lines).toContainEqual(expect.stringMatching(/^app\.title = "Trunk8" {2,}# default$/));
  }, 30_000);
});

test.each([
  ["", {}, true],
  ["--no-color", {}, false],
  ["", { NO_COLOR: "1" }, false],
  ["", { TERM: "dumb" }, false],
])("colors heads and statuses at a terminal: ls %s %p", async (option, env, isColored) => {
  const terminal = callAtTerminal(folder, ["ls", ...(option === "" ? [] : [option])], { env });
  expect(await terminal.exited).toBe(0);
  expect(terminal.shown().includes("\u001b[1mShort code\u001b[0m")).toBe(isColored);
  expect(terminal.shown().includes("\u001b[32mlive\u001b[0m")).toBe(isColored);
  expect(terminal.shown().includes("\u001b")).toBe(isColored);
});

test("a narrow terminal has no column of owners, and a wide one whole destinations", async () => {
  const narrow = callAtTerminal(folder, ["ls"], { cols: 60 });
  await narrow.exited;
  const lines = Bun.stripANSI(narrow.shown()).trimEnd().split("\r\n");
  expect(lines.filter((line) => Bun.stringWidth(line) > 60)).toEqual([]);
  expect(lines[0]).not.toContain(text.links.ls.heads.owner);
  const wide = callAtTerminal(folder, ["ls"], { cols: 300 });
  await wide.exited;
  expect(wide.shown()).toContain(DESTINATION);
});

describe("rm at a terminal", () => {
  test.each([
    ["n", "n\r"],
    ["nothing", "\r"],
    ["Ctrl-C", "\u0003"],
    ["Ctrl-D", "\u0004"],
  ])(
    "shows the links, and deletes none when answered %s",
    async (_, keys) => {
      const terminal = callAtTerminal(folder, ["rm", "keep", LONG_CODE]);
      await terminal.shows(cliText.confirm.question(text.links.rm.confirm(2)));
      expect(terminal.shown()).toContain("https://example.com/");
      terminal.type(keys);
      expect(await terminal.exited).toBe(1);
      expect(terminal.shown()).toContain(cliText.confirm.declined);
      expect(await codes()).toContain("keep");
    },
    30_000,
  );

  test("asks nothing and deletes nothing when a link does not exist", async () => {
    const terminal = callAtTerminal(folder, ["rm", "keep", "missing"]);
    expect(await terminal.exited).toBe(1);
    expect(terminal.shown()).toContain(text.links.rm.noSuchLink("missing"));
    expect(await codes()).toContain("keep");
  }, 30_000);

  test("deletes when answered yes, and with --yes without asking", async () => {
    const terminal = callAtTerminal(folder, ["rm", "gone"]);
    await terminal.shows(text.links.rm.confirm(1));
    terminal.type("y\r");
    expect(await terminal.exited).toBe(0);
    expect(terminal.shown()).toContain(text.links.rm.deleted("gone"));
    await callProgram(folder, ["add", DESTINATION, "--code", "again"]);
    expect(await linesAtTerminal("rm again --yes")).toEqual([text.links.rm.deleted("again")]);
    expect(await codes()).toEqual([LONG_CODE, "keep"]);
  }, 30_000);
});

test("add at a terminal says which public URL it assumes, unless one is set", async () => {
  const note = text.links.add.assumedUrl("http://localhost:5001");
  const lines = await linesAtTerminal(`add ${DESTINATION} --code noted`);
  expect(lines.at(-1)).toBe("http://localhost:5001/noted");
  expect(lines.join("")).toContain(note);
  const data = join(folder, "other");
  const config = '[server]\npublic_url = "https://x.example"\n';
  await Bun.write(join(data, "config/config.toml"), config);
  expect(await linesAtTerminal(`add ${DESTINATION} --code noted --data ${data}`)).toEqual([
    "https://x.example/noted",
  ]);
}, 30_000);

test("user remove at a terminal deletes nothing when answered no", async () => {
  const terminal = callAtTerminal(folder, ["user", "remove", "alice", "--links", "keep"]);
  await terminal.shows(cliText.confirm.question(text.removeUser.confirm("alice")));
  terminal.type("no\r");
  expect(await terminal.exited).toBe(1);
  expect((await callProgram(folder, ["user", "list"])).stdout).toContain("alice");
}, 30_000);

describe("for a script, nothing has changed", () => {
  test("lists have no heads, and are not cut", async () => {
    const { stdout } = await callProgram(folder, ["ls", "--user", "admin"]);
    expect(stdout.split("\n")).toContain(
      `${LONG_CODE}  live      admin                0  ${DESTINATION}`,
    );
    const users = (await callProgram(folder, ["user", "list"])).stdout;
    expect(users).toMatch(/^admin +administrator links \d+ +0 bytes {2}/);
  });

  test("rm does not ask", async () => {
    await callProgram(folder, ["add", DESTINATION, "--code", "script"]);
    const removed = await callProgram(folder, ["rm", "script"]);
    const stderr = `${text.links.rm.deleted("script")}\n`;
    expect(removed).toEqual({ exitCode: 0, stdout: "", stderr });
  });
});
