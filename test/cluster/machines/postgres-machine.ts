import { chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { findFreePort } from "../../../bench/sides/side.ts";
import { LeftOut } from "../../deploy/report.ts";
import { until } from "../../until.ts";

/** The user and group `nobody`: PostgreSQL refuses to run as root. */
export const NOBODY = { uid: 65_534, gid: 65_534 };

const NO_DATABASE = "postgres";
const DEBIAN = "/usr/lib/postgresql";
const SETTINGS = join(import.meta.dir, "../../../deploy/cluster/postgresql.conf");
export const PASSWORD = "a pool and three nodes";

/** A PostgreSQL from Debian with the settings of deploy/cluster, in a folder of its own. */
export class PostgresMachine implements AsyncDisposable {
  readonly port = findFreePort();
  readonly #folder: string;
  readonly #bin = debianBinaries();
  #server: Bun.Subprocess | null = null;
  #frozen: number[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    chownSync(folder, NOBODY.uid, NOBODY.gid);
  }

  /** A new primary with the database and the user `trunk8`. */
  static async create(folder: string): Promise<PostgresMachine> {
    const machine = new PostgresMachine(folder);
    await machine.#run("initdb", "-D", machine.#data, "--username=postgres", ...INITDB);
    machine.#configure();
    await machine.start();
    await machine.sql(`create role trunk8 login replication password '${PASSWORD}'`, NO_DATABASE);
    await machine.sql("create database trunk8 owner trunk8", NO_DATABASE);
    return machine;
  }

  /** A standby that follows `primary`, by the name `standby`. */
  static async standbyOf(primary: PostgresMachine, folder: string): Promise<PostgresMachine> {
    const machine = new PostgresMachine(folder);
    const source = `host=127.0.0.1 port=${primary.port} user=trunk8 password='${PASSWORD}' application_name=standby`;
    await machine.#run("pg_basebackup", "-D", machine.#data, "-R", "-c", "fast", "-d", source);
    machine.#configure();
    await machine.start();
    return machine;
  }

  get #data(): string {
    return join(this.#folder, "data");
  }

  get url(): string {
    return `postgres://trunk8:${encodeURIComponent(PASSWORD)}@127.0.0.1:${this.port}/trunk8`;
  }

  async start(): Promise<void> {
    const log = Bun.file(join(this.#folder, `log-${Bun.nanoseconds()}`));
    this.#server = Bun.spawn([join(this.#bin, "postgres"), "-D", this.#data], {
      ...NOBODY,
      cwd: "/",
      stdio: ["ignore", "ignore", log],
    });
    const answers = () => this.sql("select 1", NO_DATABASE).then(() => true);
    await until(answers, { what: "PostgreSQL's start", seconds: 60 });
  }

  /** `immediate` as after a crash: no checkpoint, nothing is sent to the clients. */
  async stop(mode: "fast" | "immediate"): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    server.kill(mode === "fast" ? "SIGINT" : "SIGQUIT");
    await server.exited;
  }

  /** Stops every process of it where it is. */
  freeze(): void {
    const pid = this.#server?.pid ?? 0;
    process.kill(pid, "SIGSTOP");
    this.#frozen = [pid, ...childrenOf(pid)];
    for (const each of this.#frozen) process.kill(each, "SIGSTOP");
  }

  thaw(): void {
    for (const pid of this.#frozen.reverse()) process.kill(pid, "SIGCONT");
    this.#frozen = [];
  }

  async promote(): Promise<void> {
    await this.sql("select pg_promote()", NO_DATABASE);
  }

  /** Runs a statement as the superuser. */
  async sql<Row extends pg.QueryResultRow>(statement: string, database = "trunk8"): Promise<Row[]> {
    const client = new pg.Client({
      host: "127.0.0.1",
      port: this.port,
      user: "postgres",
      password: PASSWORD,
      database,
      application_name: "test",
    });
    client.on("error", () => {});
    await client.connect();
    try {
      return (await client.query<Row>(statement)).rows;
    } finally {
      await client.end();
    }
  }

  /** Changes settings of a server that runs. */
  async set(name: string, value: string): Promise<void> {
    await this.sql(`alter system set ${name} = '${value}'`, NO_DATABASE);
    await this.sql("select pg_reload_conf()", NO_DATABASE);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#frozen.length > 0) this.thaw();
    await this.stop("immediate");
  }

  #configure(): void {
    const own = {
      port: this.port,
      listen_addresses: "'127.0.0.1'",
      unix_socket_directories: "''",
      shared_buffers: "64MB", // instead of the file's, for the machine of the tests
    };
    const lines = Object.entries(own).map(([name, value]) => `${name} = ${value}`);
    const text = [readFileSync(SETTINGS, "utf8"), ...lines].join("\n");
    writeFileSync(join(this.#data, "conf.trunk8"), text);
    writeFileSync(join(this.#data, "postgresql.conf"), "include 'conf.trunk8'\n");
  }

  async #run(program: string, ...words: string[]): Promise<void> {
    const child = Bun.spawn([join(this.#bin, program), ...words], {
      ...NOBODY,
      cwd: "/",
      stdin: Buffer.from(PASSWORD),
      stdout: "ignore",
      stderr: "pipe",
    });
    const errors = await child.stderr.text();
    if ((await child.exited) !== 0) throw new Error(`${program} failed: ${errors}`);
  }
}

const INITDB = [
  "--pwfile=/dev/stdin",
  "--auth=scram-sha-256",
  "--encoding=UTF8",
  "--locale=C.UTF-8",
  "--no-sync",
];

/** @throws LeftOut where no package `postgresql` is installed */
function debianBinaries(): string {
  const versions = (() => {
    try {
      return readdirSync(DEBIAN).map(Number).filter(Number.isInteger);
    } catch {
      return [];
    }
  })();
  if (versions.length === 0) throw new LeftOut("Debian's postgresql is not installed");
  return join(DEBIAN, String(Math.max(...versions)), "bin");
}

export function childrenOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  return children.split(" ").filter(Boolean).map(Number);
}
