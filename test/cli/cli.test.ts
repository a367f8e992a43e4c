/** The program as one calls it: arguments in, results on standard output, an exit code. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { commandNames, loadCommand } from "../../src/cli/cli.ts";
import { describeCommand } from "../../src/cli/help.ts";
import { parseArguments } from "../../src/cli/parse-arguments.ts";
import { text } from "../../src/cli/serve/text.en.ts";
import { leaveOut } from "../left-out.ts";
import { type Call, callProgram } from "./program.ts";
import { PROGRAM_FILE } from "./program-file.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-cli-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const trunk8 = (words: readonly string[], call: Call = {}) => callProgram(folder, words, call);

describe("links at the command line", () => {
  test("are made, listed and deleted, with results on standard output alone", async () => {
    const added = await trunk8(["add", "https://example.com/a", "--code", "mine", "--title", "T"]);
    expect(added).toEqual({ exitCode: 0, stdout: "http://localhost:5001/mine\n", stderr: "" });
    const asJson = await trunk8(["add", "https://example.com/b", "--expires", "7d", "--json"]);
    const { shortCode, url } = JSON.parse(asJson.stdout);
    expect(url).toBe(`http://localhost:5001/${shortCode}`);

    const listed = await trunk8(["ls", "--json"]);
    expect(JSON.parse(listed.stdout)).toEqual([
      expect.objectContaining({ shortCode, standing: "live", expiresAt: expect.any(String) }),
      {
        short_code: "mine",
        shortCode: "mine",
        kind: "redirect",
        owner: "admin",
        target: "https://example.com/a",
        content: null,
        tags: [],
        aliases: [],
        startsAt: null,
        fallbackUrl: "",
        forwardQuery: null,
        embedHosts: "",
        visitLimit: null,
        visitsLeft: null,
        hasPassword: false,
        wrongPasswords: 0,
        inline: false,
        title: "T",
        note: "",
        redirectStatus: 302,
        status: "live",
        standing: "live",
        disabled: false,
        declared: false,
        expiresAt: null,
        createdAt: expect.any(String),
        revision: 1,
        updatedAt: expect.any(String),
        visits: 0,
        lastVisitAt: null,
      },
    ]);
    expect((await trunk8(["ls"])).stdout).toMatch(
      /^mine +live +admin +0 +https:\/\/example\.com\/a$/m,
    );

    const removed = await trunk8(["rm", "mine", shortCode]);
    expect(removed).toMatchObject({ exitCode: 0, stdout: "" });
    expect(JSON.parse((await trunk8(["ls", "--json"])).stdout)).toEqual([]);
  });

  test("print the public address where one is set", async () => {
    const env = { TRUNK8_SERVER_PUBLIC_URL: "https://x.example" };
    expect((await trunk8(["add", "https://example.com/", "--code", "p"], { env })).stdout).toBe(
      "https://x.example/p\n",
    );
    const itself = await trunk8(["add", "https://x.example/q", "--code", "q"], { env });
    expect(itself).toMatchObject({ exitCode: 1, stdout: "" });
  });
});

describe("the exit code", () => {
  test.each([
    [["--version"], 0],
    [["--help"], 0],
    [["ls", "--help"], 0],
    [["rm", "missing"], 1],
    [["add", "javascript:alert(1)"], 1],
    [["add", "https://example.com/", "--code", "a b"], 1],
    [["add", "https://example.com/", "--kind", "file"], 1],
    [["add", "https://example.com/", "--expires", "yesterday"], 1],
    [["add", "https://example.com/", "--user", "nobody"], 1],
    [["ls", "--user", "nobody"], 1],
    [["user", "passwd", "nobody"], 1],
    [["frobnicate"], 2],
    [["user", "frobnicate"], 2],
    [["add"], 2],
    [["add", "a", "b"], 2],
    [["ls", "--frob"], 2],
    [["ls", "--key", "t8secret"], 2],
    [["add", "https://example.com/", "--code"], 2],
  ])("of %p is %p", async (words, exitCode) => {
    const result = await trunk8(words, { input: "a quiet Tuesday\n" });
    expect(result.exitCode).toBe(exitCode);
    if (exitCode === 0) expect(result.stderr).toBe("");
    else
      expect(result).toMatchObject({ stdout: "", stderr: expect.stringMatching(/^trunk8: .+\n$/) });
  });
});

test("a password is read from standard input, kept as argon2id, and judged", async () => {
  await trunk8(["ls"]);
  expect((await trunk8(["user", "passwd", "admin"], { input: "short\n" })).exitCode).toBe(1);
  expect((await trunk8(["user", "passwd", "admin"], { input: "a quiet Tuesday\n" })).exitCode).toBe(
    0,
  );
  const bytes = readFileSync(join(folder, "data/trunk8.db"), "latin1");
  expect(bytes).toContain("$argon2id$v=19$m=19456,t=2,p=1$");
  expect(bytes).not.toContain("quiet Tuesday");
  const env = { TRUNK8_ADMIN_PASSWORD: "from outside" };
  expect(
    (await trunk8(["user", "passwd", "admin"], { input: "another one\n", env })).exitCode,
  ).toBe(1);
});

test("lists every command in --help, and every option in its own", async () => {
  const help = (await trunk8([])).stdout;
  for (const name of commandNames) {
    const command = await loadCommand(name);
    const { synopsis, summary, options } = command;
    expect(help).toContain(`  ${synopsis}`);
    expect(help).toContain(summary());
    const own = describeCommand(command, Number.POSITIVE_INFINITY);
    for (const option of [...Object.keys(options), "data", "help"])
      expect(own).toContain(`--${option}`);
  }
});

test("each command has examples, whose options exist", async () => {
  for (const name of commandNames) {
    const { examples = [] } = await loadCommand(name);
    expect([name, examples.length > 0]).toEqual([name, true]);
    for (const example of examples.filter((one) => one.startsWith("trunk8 "))) {
      const [, ...words] = example.replace(/ [<>|].*$/, "").match(/"[^"]*"|\S+/g) ?? [];
      const two = words.slice(0, 2).join(" ");
      const called = commandNames.includes(two) ? two : (words[0] ?? "");
      const args = words.slice(called.split(" ").length);
      parseArguments(await loadCommand(called), called, args);
    }
  }
});

const canBecomeOther = process.platform === "linux" && process.getuid?.() === 0;
if (!canBecomeOther) leaveOut("root on another's data folder", "the tests do not run as root");

test.skipIf(!canBecomeOther)(
  "root on another's data folder leaves nothing of root's behind",
  async () => {
    const data = join(folder, "data");
    chownSync(folder, 65_534, 65_534);
    Bun.spawnSync(["install", "-d", "-o", "65534", "-g", "65534", data]);
    expect((await trunk8(["add", "https://example.com/", "--code", "r"])).exitCode).toBe(0);
    expect((await trunk8(["config"])).exitCode).toBe(0);
    const entries = readdirSync(data, { recursive: true, encoding: "utf8" });
    expect(entries.length).toBeGreaterThan(5);
    for (const entry of entries)
      expect([entry, statSync(join(data, entry)).uid]).toEqual([entry, 65_534]);
  },
);

describe("serving", () => {
  test("a first start shows a password once, makes examples, and stops cleanly", async () => {
    const first = await serveOnce();
    expect(first.banner).toContain(text.thisMachine);
    expect(first.banner).toMatch(/ http:\/\/127\.0\.0\.1:\d+/);
    const [, password = ""] = /\n\n {2}(\S{20})\n/.exec(first.banner) ?? [];
    expect(password).not.toBe("");
    expect(first.exitCode).toBe(0);
    const second = await serveOnce();
    expect(second.banner).not.toContain(text.signIn.shownOnce);
    expect(existsSync(join(folder, "data/config/config.toml"))).toBe(true);
    expect(JSON.parse((await trunk8(["ls", "--json"])).stdout)).toMatchObject([
      { shortCode: "example-page", kind: "html" },
      { shortCode: "example-document", kind: "markdown" },
      {
        shortCode: "example-file",
        content: { name: "welcome.txt", type: "text/plain; charset=utf-8" },
      },
      { shortCode: "example" },
    ]);
  });

  test("a taken port is one clear line", async () => {
    using taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const result = await trunk8(["serve", "--listen", `127.0.0.1:${taken.port}`]);
    expect(result).toMatchObject({ exitCode: 1, stdout: "" });
    expect(result.stderr).toContain(`Cannot listen on 127.0.0.1:${taken.port}`);
  });

  test.each([
    ["[server]\nlisten = 5", "line 2, column 10"],
    ["[server\n", "line 1, column 8"],
  ])("with the settings %p it does not start, and says where", async (toml, where) => {
    await Bun.write(join(folder, "data/config/config.toml"), toml);
    const result = await trunk8(["serve"]);
    expect(result).toMatchObject({ exitCode: 1, stdout: "" });
    expect(result.stderr).toContain(where);
  });
});

/** Starts the server, waits for its banner, stops it by SIGTERM. */
async function serveOnce(): Promise<{ banner: string; exitCode: number }> {
  const child = Bun.spawn([process.execPath, PROGRAM_FILE, "serve", "--listen", "127.0.0.1:0"], {
    stdout: "pipe",
    stderr: "ignore",
    env: { PATH: process.env.PATH, TRUNK8_DATA: join(folder, "data"), TRUNK8_OPS_LISTEN: "" },
  });
  let banner = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    banner += chunk;
    if (banner.includes("Sign in") && banner.endsWith("\n\n")) break;
  }
  child.kill("SIGTERM");
  return { banner, exitCode: await child.exited };
}
