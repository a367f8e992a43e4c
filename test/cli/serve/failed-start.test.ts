/** The real program on data that it cannot use: one line that says what to do, and never a stack trace. */
import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "../../../src/cli/text.en.ts";
import { text as database } from "../../../src/database/text.en.ts";
import { text as server } from "../../../src/server/text.en.ts";
import { until } from "../../server/site.ts";
import { callProgram, type Result } from "../program.ts";
import { PROGRAM_FILE } from "../program-file.ts";

setDefaultTimeout(120_000);

let folder: string;
let data: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-start-"));
  chmodSync(folder, 0o755);
  data = join(folder, "data");
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A user that owns nothing here; where tests run as root, the program continues as the owner of the data folder. */
const OTHER = 54_321;
const isRoot = process.getuid?.() === 0;

const env = { TRUNK8_SERVER_LISTEN: "127.0.0.1:0", TRUNK8_APP_EXAMPLES: "false" };
const start = (more: Readonly<Record<string, string>> = {}) =>
  callProgram(folder, ["serve"], { env: { ...env, ...more } });

async function fill(): Promise<void> {
  await callProgram(folder, ["add", "https://example.com/", "--code", "there"], { env });
}

function giveAway(): void {
  if (!isRoot) return;
  for (const name of ["", ...(readdirSync(data, { recursive: true }) as string[])])
    lchownSync(join(data, name), OTHER, OTHER);
}

/** Takes a file from the user of the data folder. */
function take(name: string, mode = 0o600): void {
  if (isRoot) chownSync(join(data, name), 0, 0);
  chmodSync(join(data, name), isRoot ? mode : 0);
}

function expectOneLine({ exitCode, stderr }: Result, ...parts: string[]): void {
  expect(exitCode).toBe(1);
  expect(stderr.trim().split("\n")).toHaveLength(1);
  expect(stderr).not.toMatch(/\bat .*:\d+|Bun v/);
  for (const part of parts) expect(stderr).toContain(part);
}

describe("names the path, the user and the command", () => {
  test.each([
    ["trunk8.db", 0o600],
    ["trunk8.db", 0o444],
    ["config/config.toml", 0o600],
    ["config/secret.key", 0o600],
    ["backups", 0o700],
    ["config", 0o700],
  ])("for %s that another user owns, with mode %d", async (name, mode) => {
    await fill();
    mkdirSync(join(data, "config"), { recursive: true });
    writeFileSync(join(data, "config/config.toml"), "");
    writeFileSync(join(data, "config/secret.key"), "a key that is long enough");
    giveAway();
    take(name, mode);
    const user = isRoot ? String(OTHER) : "";
    expectOneLine(await start(), join(data, name), user, "chown -R", data);
    expectOneLine(await callProgram(folder, ["ls"], { env }), join(data, name), "chown -R");
  });

  test("for an unwritable data folder", async () => {
    await fill();
    giveAway();
    chmodSync(data, 0o500);
    expectOneLine(await start(), data, "chmod -R u+rwX");
    chmodSync(data, 0o700);
  });
});

test("says that the data folder is a file", async () => {
  writeFileSync(data, "");
  expectOneLine(await start(), text.dataFolder.notFolder(data));
  expectOneLine(await callProgram(folder, ["ls"], { env }), text.dataFolder.notFolder(data));
});

test("says that the data folder is below a file", async () => {
  writeFileSync(data, "");
  const below = join(data, "deep/er");
  expectOneLine(await start({ TRUNK8_DATA: below }), text.dataFolder.notFolder(below));
});

test("says that trunk8.db is a folder", async () => {
  mkdirSync(join(data, "trunk8.db"), { recursive: true });
  expectOneLine(await start(), text.dataFolder.notFile(join(data, "trunk8.db")));
});

test.each(["", "\n"])("refuses a secret.key of %p", async (content) => {
  const key = join(data, "config/secret.key");
  mkdirSync(join(data, "config"), { recursive: true });
  writeFileSync(key, content);
  expectOneLine(await start(), key);
});

describe("a database that is none", () => {
  test.each([
    ["text", Buffer.from("this is no database ".repeat(500))],
    ["zeros with its name", Buffer.concat([Buffer.from("SQLite format 3\0"), Buffer.alloc(8192)])],
  ])("of %s is named, with a backup as the remedy", async (_, bytes) => {
    mkdirSync(data, { recursive: true });
    writeFileSync(join(data, "trunk8.db"), bytes);
    const result = await start();
    expectOneLine(result, join(data, "trunk8.db"), "trunk8 restore FILE --replace");
    const doctor = await callProgram(folder, ["doctor"], { env });
    expect(doctor.stdout).toContain(database.restoreRemedy);
  });
});

test("doctor advises no restore where only the owner is wrong", async () => {
  await fill();
  giveAway();
  take("trunk8.db");
  const { stdout, exitCode } = await callProgram(folder, ["doctor"], { env });
  expect(exitCode).toBe(1);
  expect(stdout).toContain(join(data, "trunk8.db"));
  expect(stdout).toContain("chown");
  expect(stdout).not.toContain("restore");
});

test.each([{}, { TRUNK8_SERVER_WORKERS: "1" }])(
  "says that the port is in use with %p",
  async (more) => {
    const taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const listen = `127.0.0.1:${taken.port}`;
    const result = await start({ TRUNK8_SERVER_LISTEN: listen, ...more });
    expectOneLine(result, server.listen.inUse(listen), "EADDRINUSE");
    taken.stop(true);
  },
);

test("logs a failure that nothing explains as JSON, and shows it as one line", async () => {
  mkdirSync(join(data, "run/limits"), { recursive: true });
  mkdirSync(join(data, "run/changes"), { recursive: true });
  const { exitCode, stderr } = await start();
  // The log is written by a thread of its own, the line by the program: either can be first.
  const lines = stderr.trim().split("\n");
  const [note = "", logged = ""] = lines[0]?.startsWith("{") ? lines.toReversed() : lines;
  expect(exitCode).toBe(1);
  expect(lines).toHaveLength(2);
  expect(JSON.parse(logged)).toMatchObject({
    "log.level": "critical",
    message: "Process failed",
    "error.stack_trace": expect.any(String),
  });
  expect(note).toStartWith("trunk8: ");
});

describe("a reader that ends early", () => {
  test.each(["ls", "ls --json", "export --user admin", "doctor", "config", "--help"])(
    "ends trunk8 %s quietly",
    async (command) => {
      await fill();
      const words = command.split(" ");
      const script = '"$@" | true; echo $PIPESTATUS';
      const child = Bun.spawn(
        ["bash", "-c", script, "-", process.execPath, PROGRAM_FILE, ...words],
        {
          env: { PATH: process.env.PATH, TRUNK8_DATA: data, TRUNK8_OPS_LISTEN: "" },
          stderr: "pipe",
        },
      );
      const [stdout, stderr] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
      ]);
      expect([stdout, stderr]).toEqual(["0\n", ""]);
    },
  );

  test("does not end a site whose banner it was to read", async () => {
    const script = '"$@" > >(true)';
    const child = Bun.spawn(["bash", "-c", script, "-", process.execPath, PROGRAM_FILE, "serve"], {
      env: {
        ...env,
        PATH: process.env.PATH,
        TRUNK8_DATA: data,
        TRUNK8_SERVER_LISTEN: `unix:${join(folder, "t.sock")}`,
        TRUNK8_OPS_LISTEN: "",
      },
      stdout: "ignore",
      stderr: "pipe",
    });
    const asked = async () => {
      try {
        const socket = { unix: join(folder, "t.sock"), headers: { connection: "close" } };
        return (await fetch("http://x.example/health", socket)).status;
      } catch {
        return 0;
      }
    };
    await until(async () => (await asked()) === 200);
    await Bun.sleep(500);
    expect([await asked(), child.exitCode]).toEqual([200, null]);
    const pids = (await Bun.file(`/proc/${child.pid}/task/${child.pid}/children`).text()).trim();
    for (const pid of pids.split(" ").filter(Boolean)) process.kill(Number(pid));
    await child.exited;
  });
});
