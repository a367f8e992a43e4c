import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text as commandText } from "../../../src/cli/commands/text.en.ts";
import { isReportName } from "../../../src/import/python/import-python.ts";
import { text } from "../../../src/import/python/text.en.ts";
import { text as importText } from "../../../src/import/text.en.ts";
import { oldLinks, oldPasswords, write, writeOldFolder } from "../../import/python/old-folder.ts";
import { filesOf } from "../../site-backup/folder-tree.ts";
import { callProgram } from "../program.ts";
import { PROGRAM_FILE } from "../program-file.ts";

describe("trunk8 import python", () => {
  let folder: string;
  let old: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "trunk8-import-"));
    old = join(folder, "old");
    writeOldFolder(old);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const data = () => join(folder, "data");

  test.each([
    ["import python", ["import", "python", "old"]],
    ["its alias move-in", ["move-in", "old"]],
  ])("imports everything by %s, and names the report", async (_, words) => {
    const { exitCode, stdout, stderr } = await callProgram(folder, words);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain(importText.report.users(6, 5));
    const [report = ""] = readdirSync(data()).filter(isReportName);
    expect(stdout).toContain(commandText.importPython.fullReport(join(data(), report)));
    const { stdout: listed } = await callProgram(folder, ["ls", "--json"]);
    // A file link is imported without its file, and answers 404.
    const imported = Object.values(oldLinks).filter(
      ({ answer, toml }) => answer.status !== 404 || toml.startsWith('type = "file"'),
    );
    expect(JSON.parse(listed)).toHaveLength(imported.length);
  });

  test("prints the full report with --dry-run, and does not even create the data folder", async () => {
    const before = filesOf(folder);
    const { exitCode, stdout } = await callProgram(folder, [
      "import",
      "python",
      "old",
      "--dry-run",
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(importText.report.dryRun);
    expect(stdout).toContain(text.links.missingFile("lost", text.links.notFound("nowhere.pdf")));
    expect(filesOf(folder)).toEqual(before);
  });

  test("changes nothing in place with --dry-run", async () => {
    const before = filesOf(old);
    const words = ["import", "python", "old", "--data", "old", "--dry-run"];
    expect((await callProgram(folder, words)).exitCode).toBe(0);
    expect(filesOf(old)).toEqual(before);
  });

  test.each([
    ["a missing folder", ["nowhere"], 1, "users/users.toml"],
    ["no path", [], 2, "trunk8 import python PATH [--dry-run]"],
    ["two paths", ["old", "old"], 2, "trunk8 import python PATH [--dry-run]"],
  ])("refuses %s", async (_, words, exitCode, message) => {
    const called = await callProgram(folder, ["import", "python", ...words]);
    expect(called.exitCode).toBe(exitCode);
    expect(called.stderr).toContain(message);
    expect(existsSync(join(data(), "trunk8.db"))).toBe(false);
  });

  test("refuses a broken users.toml with line and column", async () => {
    write(old, "users/users.toml", "[users.x]\nis_admin = maybe\n");
    const { exitCode, stderr } = await callProgram(folder, ["import", "python", "old"]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("users/users.toml, line 2, column 12: ");
  });

  describe("the first start", () => {
    test("imports an old data folder in place, without creating examples", async () => {
      const site = await start(folder, old);
      try {
        expect(site.output).toContain(importText.report.inPlace(old));
        expect(await statusOf(`${site.origin}/site`)).toBe(302);
        expect(await statusOf(`${site.origin}/example`)).toBe(404);
        expect(await signIn(site.origin, "carla", oldPasswords.carla)).toBe(303);
      } finally {
        await site.stop();
      }
      expect(existsSync(join(old, "users/users.toml.before-move"))).toBe(true);
      const again = await start(folder, old);
      expect(again.output).not.toContain(importText.report.inPlace(old));
      await again.stop();
    });

    test("in an old folder names the command until something was imported", async () => {
      const { hint } = commandText.importPython;
      const first = await start(old, data());
      await first.stop();
      expect(first.output).toContain(hint);
      await callProgram(folder, ["import", "python", "old"]);
      const second = await start(old, data());
      await second.stop();
      expect(second.output).not.toContain(hint);
    });
  });
});

/** Runs the site in `folder` until `stop`. */
async function start(folder: string, data: string) {
  const child = Bun.spawn([process.execPath, PROGRAM_FILE, "serve", "--listen", "127.0.0.1:0"], {
    cwd: folder,
    stdout: "pipe",
    stderr: "ignore",
    env: { PATH: process.env.PATH, TRUNK8_DATA: data, TZ: "UTC", TRUNK8_OPS_LISTEN: "" },
  });
  let output = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    output += chunk;
    if (output.includes("Sign in")) break;
  }
  return {
    output,
    origin: /http:\/\/\S+/.exec(output)?.[0] ?? "",
    stop: async () => {
      child.kill("SIGTERM");
      await child.exited;
    },
  };
}

async function statusOf(url: string): Promise<number> {
  return (await fetch(url, { redirect: "manual" })).status;
}

async function signIn(origin: string, username: string, password: string): Promise<number> {
  const body = new URLSearchParams({ username, password });
  const init = { method: "POST", body, redirect: "manual" } as const;
  return (await fetch(`${origin}/auth/login`, init)).status;
}
