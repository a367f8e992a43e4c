import { chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePort, stopChild } from "../bench/sides/side.ts";
import { leaveOut } from "./left-out.ts";
import { runStatement } from "./postgres-server.ts";
import { until } from "./until.ts";

/** On Debian, it is in /usr/sbin, which is not in every PATH. */
const program = Bun.which("pgbouncer", { PATH: `${process.env.PATH}:/usr/sbin` });

export const hasPgBouncer: boolean = program !== null;

if (!hasPgBouncer) leaveOut("PgBouncer", "pgbouncer is not installed");

/** The user and group `nobody`: PgBouncer refuses to run as root. */
const NOBODY = 65_534;

/** Connections to PostgreSQL, fewer than its clients have. */
const POOL_SIZE = 5;

/** A real PgBouncer in transaction mode in front of a database. */
export class PgBouncer implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), "trunk8-pgbouncer-"));
  readonly #port = findFreePort();
  #database: URL;
  #child: Bun.Subprocess | null = null;

  private constructor(url: string) {
    this.#database = new URL(url);
    chownSync(this.#folder, NOBODY, NOBODY);
    this.pointTo(url);
  }

  /** From its next start on, it is in front of another database. */
  pointTo(url: string): void {
    this.#database = new URL(url);
    writeFileSync(join(this.#folder, "pgbouncer.ini"), this.#settings());
  }

  static async start(url: string): Promise<PgBouncer> {
    const bouncer = new PgBouncer(url);
    await bouncer.start();
    return bouncer;
  }

  /** Its URL for the same database. */
  get url(): string {
    return `postgres://trunk8@127.0.0.1:${this.#port}${this.#database.pathname}`;
  }

  async start(): Promise<void> {
    const words = [program ?? "", "-q", "-u", "nobody", join(this.#folder, "pgbouncer.ini")];
    const log = Bun.file(join(this.#folder, "log"));
    this.#child = Bun.spawn(words, { stdio: ["ignore", log, log] });
    const answers = () =>
      runStatement(this.url, "select 1").then(
        () => true,
        () => false,
      );
    await until(answers, { what: "PgBouncer's start" });
  }

  async stop(): Promise<void> {
    if (this.#child !== null) await stopChild(this.#child);
    this.#child = null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #settings(): string {
    const { hostname, port, pathname, username, password } = this.#database;
    const name = pathname.slice(1);
    const server = `host=${hostname} port=${port} dbname=${name} user=${username} password=${password}`;
    return `[databases]
${name} = ${server}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${this.#port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${POOL_SIZE}
max_client_conn = 200
`;
  }
}
