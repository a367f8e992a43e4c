/** Moves real sites with the real command: while they run, killed at chosen points, and with what it refuses. */
import { Database as Connection } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "../../../src/cli/commands/text.en.ts";
import { text as moveText } from "../../../src/database/move/text.en.ts";
import { text as databaseText } from "../../../src/database/text.en.ts";
import { type FreshDatabase, openPostgres, postgresIsAvailable } from "../../postgres.ts";
import { type Site, startSite } from "../../server/site.ts";
import { until } from "../../until.ts";
import { FIREFOX } from "../../user-agents.ts";
import { callProgram } from "../program.ts";
import { PROGRAM_FILE } from "../program-file.ts";

setDefaultTimeout(120_000);

let folder: string;
let dataFolder: string;
let postgres: FreshDatabase;
let site: Site | null = null;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "trunk8-move-"));
  dataFolder = join(folder, "data");
  if (postgresIsAvailable) postgres = await (await openPostgres()).freshDatabase();
  await trunk8("add", "https://example.org/", "--code", "there");
});
afterEach(async () => {
  await site?.stop();
  site = null;
  if (postgresIsAvailable) await postgres.drop();
  rmSync(folder, { recursive: true });
});

async function trunk8(...words: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await callProgram(folder, words);
  if (exitCode !== 0) throw new Error(`${words.join(" ")}: ${stderr}`);
  return stdout;
}

async function links(): Promise<Record<string, number>> {
  const listed = JSON.parse(await trunk8("ls", "--json")) as {
    shortCode: string;
    visits: number;
  }[];
  return Object.fromEntries(listed.map(({ shortCode, visits }) => [shortCode, visits]));
}

/** Enough rows for the command to be killed between two of its steps. */
function addRows(): void {
  using db = new Connection(join(dataFolder, "trunk8.db"));
  const insert = db.query("insert into sent_form (key, link_id, at) values (?, null, ?)");
  db.transaction(() => {
    for (let at = 0; at < 30_000; at++) insert.run(`key-${at}`, Date.now());
  })();
}

/** Opens the link without a pause until it is stopped; counts the statuses. */
function visit({ origin }: Site): { stop(): Promise<Record<string, number>> } {
  const statuses: Record<string, number> = {};
  let isStopped = false;
  const visiting = (async () => {
    while (!isStopped) {
      const request = { redirect: "manual", headers: { "user-agent": FIREFOX } } as const;
      const status = await fetch(`${origin}/there`, request).then(
        (response) => String(response.status),
        () => "refused",
      );
      statuses[status] = (statuses[status] ?? 0) + 1;
      await Bun.sleep(2);
    }
  })();
  return {
    stop: async () => {
      isStopped = true;
      await visiting;
      return statuses;
    },
  };
}

const configuredUrl = () =>
  /^url = "(.*)"/m.exec(readFileSync(join(dataFolder, "config/config.toml"), "utf8"))?.[1];

describe.skipIf(!postgresIsAvailable)("a site that runs", () => {
  test("in several processes is moved there and back without a failed redirect; each visit counts once", async () => {
    site = await startSite({ dataFolder, workers: 2 });
    const visits = visit(site);
    await trunk8("move-database", "--to", postgres.url);
    expect(configuredUrl()).toBe(postgres.url);
    await trunk8("add", "https://example.org/", "--code", "later");
    await trunk8("move-database", "--to", "sqlite");
    expect(configuredUrl()).toBe("");
    const { 302: redirects = 0, ...others } = await visits.stop();
    expect(others).toEqual({});
    expect(redirects).toBeGreaterThan(100);
    expect(await site.stop()).toBe(0);
    site = null;
    expect(await links()).toEqual({ there: redirects, later: 0 });
  });

  test("in one process opens the other database by itself", async () => {
    site = await startSite({ dataFolder, workers: "" });
    const visits = visit(site);
    await trunk8("move-database", "--to", postgres.url);
    const { 302: redirects = 0, refused: _refused, ...others } = await visits.stop();
    expect(others).toEqual({});
    expect(await site.stop()).toBe(0);
    site = null;
    expect(await links()).toEqual({ there: redirects });
  });
});

/** Runs the command and kills it at the first line of its progress that contains `at`; returns whether it was. */
async function killAt(
  at: string,
  to: string,
  env: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  const child = Bun.spawn(
    [process.execPath, PROGRAM_FILE, "move-database", "--to", to, "--json", "--data", dataFolder],
    {
      stdio: ["ignore", "ignore", "pipe"],
      env: { PATH: process.env.PATH, TRUNK8_OPS_LISTEN: "", ...env },
    },
  );
  let said = "";
  for await (const part of child.stderr) {
    said += new TextDecoder().decode(part);
    if (!said.includes(at)) continue;
    child.kill("SIGKILL");
    break;
  }
  await child.exited;
  return child.signalCode === "SIGKILL";
}

const WHILE_COPYING = '"copy","table":"sent_form"';
const WHILE_COMPARING = '"compare","table":"sent_form"';
const WHILE_SWITCHING = '"switch"';

describe.skipIf(!postgresIsAvailable)("a kill", () => {
  test.each([WHILE_COPYING, WHILE_COMPARING])(
    "at %s of a running site: changes are accepted again by themselves, and the next move is whole",
    async (at) => {
      addRows();
      site = await startSite({ dataFolder, workers: 2 });
      expect(await killAt(at, postgres.url)).toBe(true);
      const add = () => trunk8("add", "https://example.org/", "--code", "later").catch(() => "");
      await until(add, { what: "changes to be accepted", seconds: 60 });
      await trunk8("move-database", "--to", postgres.url);
      expect(await links()).toEqual({ there: 0, later: 0 });
      expect(configuredUrl()).toBe(postgres.url);
    },
  );

  test("is noticed on the node of the command alone, by its name", async () => {
    addRows();
    const env = { TRUNK8_SERVER_NODE_NAME: "first" };
    expect(await killAt(WHILE_COPYING, postgres.url, env)).toBe(true);
    using db = new Connection(join(dataFolder, "trunk8.db"), { readonly: true });
    expect(db.query("select state, host from database_move").get()).toEqual({
      state: "moving",
      host: "first",
    });
    db.close();
    site = await startSite({ dataFolder, workers: "", env });
    const add = () => trunk8("add", "https://example.org/", "--code", "later").catch(() => "");
    await until(add, { what: "changes to be accepted", seconds: 60 });
  });

  test("on a stopped site: changes are refused until the command has gone on, or was cancelled", async () => {
    addRows();
    expect(await killAt(WHILE_COPYING, postgres.url)).toBe(true);
    const refused = await callProgram(folder, ["add", "https://example.org/"]);
    expect(refused).toMatchObject({ exitCode: 1 });
    expect(refused.stderr).toContain(databaseText.moving);
    expect(await killAt(WHILE_COMPARING, postgres.url)).toBe(true);
    await trunk8("move-database", "--cancel");
    await trunk8("add", "https://example.org/", "--code", "later");
    expect(await killAt(WHILE_COMPARING, postgres.url)).toBe(true);
    await trunk8("move-database", "--to", postgres.url);
    expect(await links()).toEqual({ there: 0, later: 0 });
  });

  test("while the running site changes over: the same command does the rest", async () => {
    site = await startSite({ dataFolder, workers: 2 });
    const visits = visit(site);
    expect(await killAt(WHILE_SWITCHING, postgres.url)).toBe(true);
    await trunk8("move-database", "--to", postgres.url);
    await trunk8("add", "https://example.org/", "--code", "later");
    const { 302: redirects = 0, ...others } = await visits.stop();
    expect(others).toEqual({});
    expect(await site.stop()).toBe(0);
    site = null;
    expect(await links()).toEqual({ there: redirects, later: 0 });
    expect(configuredUrl()).toBe(postgres.url);
  });
});

describe.skipIf(!postgresIsAvailable)("refuses", () => {
  async function refusal(...words: string[]): Promise<string> {
    const { exitCode, stderr } = await callProgram(folder, ["move-database", ...words]);
    expect(exitCode).toBeGreaterThan(0);
    expect(stderr).not.toMatch(/\bat .*:\d+|Bun v/);
    expect(stderr).not.toContain(new URL(postgres.url).password);
    return stderr;
  }
  afterEach(async () => {
    await trunk8("rm", "there", "--yes");
  });

  test.each([
    [[], moveText.command.toMissing],
    [["--to", "sqlite", "--cancel"], moveText.command.toMissing],
    [["--to", "mysql://localhost/x"], "--to"],
    [["--to", ""], "--to"],
    [["--cancel"], moveText.nothingToCancel],
    [["--to", "sqlite"], "already"],
    [["--cancel", "--data", "not-there"], "missing"],
  ] as const)("%j", async (words, message) => {
    expect(await refusal(...words)).toContain(message);
  });

  test("a server that does not answer, a wrong password and a missing database, each with its reason", async () => {
    const wrong = new URL(postgres.url);
    wrong.password = "not-the-secret";
    const said = await refusal("--to", wrong.href);
    expect(said).toContain(wrong.host);
    expect(said).not.toContain("not-the-secret");
    const missing = new URL(postgres.url);
    missing.pathname = "/no_such_database";
    expect(await refusal("--to", missing.href)).toContain("no_such_database");
    const away = new URL(postgres.url);
    away.port = "1";
    expect(await refusal("--to", away.href)).toContain(":1");
  });

  test("a second move while one is in progress", async () => {
    addRows();
    const first = callProgram(folder, ["move-database", "--to", postgres.url, "--json"]);
    using db = new Connection(join(dataFolder, "trunk8.db"), { readonly: true });
    const marks = db.query("select 1 from sqlite_master where name = 'database_move'");
    await until(() => marks.get(), { what: "the move to begin", seconds: 60 });
    expect(await refusal("--to", postgres.url)).toContain(text.moveDatabase.running);
    db.close();
    expect((await first).exitCode).toBe(0);
  });

  test("a move back to what was moved, unless it is confirmed", async () => {
    await trunk8("move-database", "--to", postgres.url);
    const env = { TRUNK8_DATABASE_URL: "" };
    const { exitCode, stderr } = await callProgram(folder, ["move-database", "--cancel"], { env });
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 1 });
    await trunk8("move-database", "--to", "sqlite");
  });
});

test.skipIf(!postgresIsAvailable)(
  "keeps what administrators saved for all nodes, and says what the environment must have",
  async () => {
    const env = { TRUNK8_DATABASE_URL: postgres.url };
    const there = await callProgram(folder, ["move-database", "--to", "-"], {
      input: `${postgres.url}\n`,
    });
    expect(there).toMatchObject({ exitCode: 0 });
    const { runStatement } = await import("../../postgres-server.ts");
    await runStatement(
      postgres.url,
      `insert into setting (key, value) values ('app.title', '"Kept"')`,
    );
    const back = await callProgram(folder, ["move-database", "--to", "sqlite"], { env });
    expect(back).toMatchObject({ exitCode: 0 });
    expect(back.stderr).toContain("database.url");
    expect(await trunk8("config")).toContain("Kept");
  },
);
