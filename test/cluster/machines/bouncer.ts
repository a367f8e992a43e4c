import { chownSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findFreePort, stopChild } from "../../../bench/sides/side.ts";
import { toolPath } from "../../deploy/tools.ts";
import { runStatement } from "../../postgres-server.ts";
import { until } from "../../until.ts";
import { requireLoopback } from "./balancer.ts";
import { NOBODY, PASSWORD, type PostgresMachine } from "./postgres-machine.ts";

const SETTINGS = join(import.meta.dir, "../../../deploy/cluster/pgbouncer.ini");

/** PgBouncer with the file of deploy/cluster, beside its PostgreSQL. */
export class Bouncer implements AsyncDisposable {
  readonly port = findFreePort();
  readonly #folder: string;
  #child: Bun.Subprocess | null = null;

  private constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder);
    chownSync(folder, NOBODY.uid, NOBODY.gid);
  }

  static async start(machine: PostgresMachine, folder: string): Promise<Bouncer> {
    const bouncer = new Bouncer(folder);
    await bouncer.#configure(machine);
    await bouncer.start();
    return bouncer;
  }

  get url(): string {
    return `postgres://trunk8:${encodeURIComponent(PASSWORD)}@127.0.0.1:${this.port}/trunk8`;
  }

  async start(isAnswering = true): Promise<void> {
    const log = Bun.file(join(this.#folder, `log-${Bun.nanoseconds()}`));
    const words = [toolPath("pgbouncer"), "-u", "nobody", join(this.#folder, "pgbouncer.ini")];
    this.#child = Bun.spawn(words, { cwd: "/", stdio: ["ignore", log, log] });
    if (!isAnswering) return;
    const answers = () => runStatement(this.url, "select 1").then(() => true);
    await until(answers, { what: "PgBouncer's start" });
  }

  /** Ends it at once, as a restart of its service does at last. */
  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child !== null) await stopChild(child);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #configure(machine: PostgresMachine): Promise<void> {
    const [row] = await machine.sql<{ secret: string }>(
      "select rolpassword as secret from pg_authid where rolname = 'trunk8'",
    );
    const users = join(this.#folder, "userlist.txt");
    writeFileSync(users, `"trunk8" "${row?.secret}"\n`, { mode: 0o644 });
    const text = readFileSync(SETTINGS, "utf8")
      .replace(/^trunk8 = .*$/m, (line) => `${line}\n${line.replaceAll("trunk8", "fresh")}`)
      .replaceAll("port=5432", `port=${machine.port}`)
      .replace("listen_addr = 10.0.1.20", "listen_addr = 127.0.0.1")
      .replace("listen_port = 6432", `listen_port = ${this.port}`)
      .replace("/etc/pgbouncer/userlist.txt", users)
      .replace("/var/run/postgresql", "")
      .replaceAll(/^(logfile|pidfile) = .*\n/gm, "");
    const used = text.replaceAll(/^;.*\n/gm, "");
    requireLoopback(used);
    writeFileSync(join(this.#folder, "pgbouncer.ini"), used);
  }
}
