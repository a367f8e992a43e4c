import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { oldLinks, oldPasswords, write, writeOldFolder } from "../../import/python/old-folder.ts";
import { filesOf } from "../../site-backup/folder-tree.ts";
import { callProgram, MAIN } from "../program.ts";

describe("trunk8 move-in", () => {
  let folder: string;
  let old: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "trunk8-move-"));
    old = join(folder, "old");
    writeOldFolder(old);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const data = () => join(folder, "data");

  test("PATH brings everything, and says where every line of it stands", async () => {
    const { exitCode, stdout, stderr } = await callProgram(folder, ["move-in", "old"]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toContain("  People                    6, of them 5 new here");
    const [report = ""] = readdirSync(data()).filter((name) => name.startsWith("move-in-report-"));
    expect(stdout).toContain(`Every line of it: ${join(data(), report)}`);
    const { stdout: listed } = await callProgram(folder, ["ls", "--json"]);
    const moved = Object.entries(oldLinks).filter(([, { answer }]) => answer.status !== 404);
    expect(JSON.parse(listed)).toHaveLength(moved.length);
  });

  test("PATH --dry-run says all of it, and makes not even the data folder", async () => {
    const before = filesOf(folder);
    const { exitCode, stdout } = await callProgram(folder, ["move-in", "old", "--dry-run"]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("Nothing was changed: this is what would be done.");
    expect(stdout).toContain("users/carla/links.toml:39: lost comes without its file");
    expect(filesOf(folder)).toEqual(before);
  });

  test("in place, --dry-run changes nothing either", async () => {
    const before = filesOf(old);
    const words = ["move-in", "old", "--data", "old", "--dry-run"];
    expect((await callProgram(folder, words)).exitCode).toBe(0);
    expect(filesOf(old)).toEqual(before);
  });

  test.each([
    ["nowhere", ["move-in", "nowhere"], 1, "has no users/users.toml"],
    ["no path", ["move-in"], 2, "Usage: trunk8 move-in PATH [--dry-run]"],
    ["two paths", ["move-in", "old", "old"], 2, "Usage: trunk8 move-in PATH [--dry-run]"],
  ])("%s is told of", async (_, words, exitCode, message) => {
    const called = await callProgram(folder, words);
    expect(called.exitCode).toBe(exitCode);
    expect(called.stderr).toContain(message);
    expect(existsSync(join(data(), "trunk8.db"))).toBe(false);
  });

  test("a broken users.toml is told of with its line and column, and nothing begins", async () => {
    write(old, "users/users.toml", "[users.x]\nis_admin = maybe\n");
    const { exitCode, stderr } = await callProgram(folder, ["move-in", "old"]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("users/users.toml, line 2, column 12: ");
  });

  describe("and the first start", () => {
    test("in a folder of the original's moves it in by itself, without examples", async () => {
      const site = await start(folder, old);
      try {
        expect(site.said).toContain("files stay where they are");
        expect(await statusOf(`${site.origin}/site`)).toBe(302);
        expect(await statusOf(`${site.origin}/example`)).toBe(404);
        expect(await signIn(site.origin, "carla", oldPasswords.carla)).toBe(303);
      } finally {
        await site.stop();
      }
      expect(existsSync(join(old, "users/users.toml.before-move"))).toBe(true);
      const again = await start(folder, old);
      expect(again.said).not.toContain("Moving in");
      await again.stop();
    });

    test("beside one names the command until something was moved in", async () => {
      const line = "To bring it here: trunk8 move-in .";
      const first = await start(old, data());
      await first.stop();
      expect(first.said).toContain(line);
      await callProgram(folder, ["move-in", "old"]);
      const second = await start(old, data());
      await second.stop();
      expect(second.said).not.toContain(line);
    });
  });
});

/** Runs the site in `folder` until `stop`. */
async function start(folder: string, data: string) {
  const child = Bun.spawn([process.execPath, MAIN, "serve", "--listen", "127.0.0.1:0"], {
    cwd: folder,
    stdout: "pipe",
    stderr: "ignore",
    env: { PATH: process.env.PATH, TRUNK8_DATA: data, TZ: "UTC", TRUNK8_OPS_LISTEN: "" },
  });
  let said = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    said += chunk;
    if (said.includes("Sign in")) break;
  }
  return {
    said,
    origin: /http:\/\/\S+/.exec(said)?.[0] ?? "",
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
