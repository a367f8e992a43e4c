import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemRandom } from "../../../src/clock.ts";
import {
  freePort,
  initialise,
  type Prepared,
  prepareBinaries,
  runStatement,
  serverOptions,
  waitUntilReady,
} from "../../postgres-server.ts";
import { until } from "../../until.ts";

/** Ends when its input is closed: then the servers end, also frozen ones, and the folder goes. */
const WATCHDOG = `trap '' HUP INT TERM
cat >/dev/null
for file in "$1"/*/postmaster.pid; do
  [ -e "$file" ] || continue
  pid=$(head -n 1 "$file")
  kill -KILL $(ps -o pid= --ppid "$pid") "$pid" 2>/dev/null
done
rm -rf "$1"`;

export interface ClusterOptions {
  readonly maxConnections?: number;
}

/** A PostgreSQL server that a test may stop, freeze and promote. */
export class ClusterServer {
  readonly #prepared: Prepared;
  readonly #data: string;
  readonly #password: string;
  readonly #port = freePort();
  readonly #options: ClusterOptions;
  #process: Bun.Subprocess | null = null;

  constructor(prepared: Prepared, data: string, password: string, options: ClusterOptions) {
    this.#prepared = prepared;
    this.#data = data;
    this.#password = password;
    this.#options = options;
  }

  /** `host:port` */
  get host(): string {
    return `127.0.0.1:${this.#port}`;
  }

  get url(): string {
    return `postgres://postgres:${this.#password}@${this.host}/postgres`;
  }

  async start(): Promise<void> {
    const { bin, owner } = this.#prepared;
    const { maxConnections = 100 } = this.#options;
    const words = serverOptions(this.#port, { max_connections: maxConnections });
    const log = join(this.#data, "..", "log");
    this.#process = Bun.spawn([join(bin, "postgres"), "-D", this.#data, ...words], {
      ...owner,
      stdio: ["ignore", "ignore", Bun.file(`${log}-${this.#port}`)],
    });
    await waitUntilReady(this.url, this.#process, `${log}-${this.#port}`);
  }

  /** As if its machine had lost power. */
  async stop(): Promise<void> {
    this.#process?.kill("SIGQUIT");
    await this.#process?.exited;
  }

  /** Stops or continues all of its processes; its connections stay open. */
  freeze(isFrozen: boolean): void {
    const pid = this.#process?.pid ?? 0;
    const { stdout } = Bun.spawnSync(["ps", "-o", "pid=", "--ppid", String(pid)]);
    const children = stdout.toString().trim().split(/\s+/).map(Number);
    for (const one of [pid, ...children]) process.kill(one, isFrozen ? "SIGSTOP" : "SIGCONT");
  }

  /** Makes it a copy of `primary`, which it follows from its start on. */
  follow(primary: ClusterServer): void {
    writeFileSync(join(this.#data, "standby.signal"), "");
    const { hostname, port, password } = new URL(primary.url);
    const connection = `host=${hostname} port=${port} user=postgres password=${password}`;
    writeFileSync(join(this.#data, "postgresql.auto.conf"), `primary_conninfo = '${connection}'\n`);
  }

  promote(): Promise<void> {
    return runStatement(this.url, "select pg_promote()");
  }

  /** @param rows what is selected from */
  async untilItHas(rows: string): Promise<void> {
    const count = () => runStatement(this.url, `select 1 / count(*) from ${rows}`);
    await until(() => count().then(() => true), { what: "the standby to follow" });
  }
}

/** Two servers of one cluster of which the second may follow the first; neither is started. */
export class PostgresCluster implements AsyncDisposable {
  readonly servers: readonly [ClusterServer, ClusterServer];
  readonly #watchdog: Bun.Subprocess<"pipe", "ignore", "ignore">;

  private constructor(folder: string, servers: readonly [ClusterServer, ClusterServer]) {
    this.servers = servers;
    this.#watchdog = Bun.spawn(["sh", "-c", WATCHDOG, "watchdog", folder], {
      stdio: ["pipe", "ignore", "ignore"],
    });
  }

  static async make(options: ClusterOptions = {}): Promise<PostgresCluster> {
    const folder = mkdtempSync(join(tmpdir(), "trunk8-cluster-"));
    const prepared = prepareBinaries(folder);
    const password = Buffer.from(systemRandom(16)).toString("hex");
    const [one, two] = [join(folder, "one"), join(folder, "two")];
    await initialise(prepared.bin, one, password, prepared.owner);
    const server = (data: string) => new ClusterServer(prepared, data, password, options);
    const cluster = new PostgresCluster(folder, [server(one), server(two)]);
    Bun.spawnSync(["cp", "-a", one, two]);
    return cluster;
  }

  /** A primary, and a standby that follows it. */
  static async startPair(): Promise<PostgresCluster> {
    const cluster = await PostgresCluster.make();
    const [one, two] = cluster.servers;
    two.follow(one);
    await one.start();
    await two.start();
    return cluster;
  }

  /** The URL that names both servers. */
  get url(): string {
    const [one, two] = this.servers;
    return one.url.replace(one.host, `${one.host},${two.host}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#watchdog.stdin.end();
    await this.#watchdog.exited;
  }
}
