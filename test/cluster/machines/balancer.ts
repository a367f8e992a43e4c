import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findFreePort, stopChild } from "../../../bench/sides/side.ts";
import { makeCertificate } from "../../deploy/certificate.ts";
import { movePaths } from "../../deploy/nginx.ts";
import { toolPath } from "../../deploy/tools.ts";
import { until } from "../../until.ts";
import { ask } from "../clients/ask.ts";
import type { ClusterNode } from "./cluster-node.ts";

const SITE = join(import.meta.dir, "../../../deploy/cluster/site.conf");
const PLACES = ["10.0.1.10:5001", "10.0.1.11:5001", "10.0.1.12:5001"];

/** nginx with the site file of deploy/cluster. */
export class Balancer implements AsyncDisposable {
  /** Speaks plain HTTP, for the clients of the tests. */
  readonly port = findFreePort();
  readonly #folder: string;
  #child: Bun.Subprocess | null = null;

  private constructor(folder: string) {
    this.#folder = folder;
    for (const name of ["", "cache", "certificates", "acme"])
      mkdirSync(join(folder, name), { recursive: true });
  }

  static async start(nodes: readonly ClusterNode[], folder: string): Promise<Balancer> {
    const balancer = new Balancer(folder);
    await makeCertificate(join(folder, "certificates"));
    writeFileSync(join(folder, "nginx.conf"), balancer.#configuration(nodes));
    await balancer.#start();
    return balancer;
  }

  /** How each node answered, request by request, since the start: a line for each, `PATH STATUS[, STATUS]`. */
  get attempts(): string[] {
    return readFileSync(this.#log, "utf8").split("\n").filter(Boolean);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child !== null) await stopChild(this.#child);
  }

  get #log(): string {
    return join(this.#folder, "access.log");
  }

  async #start(): Promise<void> {
    const words = ["-p", this.#folder, "-c", "nginx.conf", "-e", join(this.#folder, "error.log")];
    const output = Bun.file(join(this.#folder, "output"));
    this.#child = Bun.spawn([toolPath("nginx"), ...words], { stdio: ["ignore", output, output] });
    const answers = async () => (await ask(this.port, "/health", { timeoutMs: 1000 })).status > 0;
    await until(answers, { what: "nginx's start" });
  }

  #configuration(nodes: readonly ClusterNode[]): string {
    let site = movePaths(readFileSync(SITE, "utf8"), this.#folder)
      .replaceAll(/^ *listen (80|\[::\]).*\n/gm, "")
      .replace("listen 443 ssl http2;", `listen 127.0.0.1:${this.port};`)
      .replace("X-Forwarded-Proto $scheme", "X-Forwarded-Proto https")
      // All clients of the test come from one address.
      .replaceAll(/^ *limit_req .*\n/gm, "")
      .replace(
        "server {\n    server_name",
        `server {\n    listen 127.0.0.1:${findFreePort()};\n    server_name`,
      );
    for (const [at, place] of PLACES.entries())
      site = site.replaceAll(place, `127.0.0.1:${nodes[at]?.port}`);
    requireLoopback(site);
    const paths = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
      .map((use) => `${use}_temp_path ${this.#folder}/${use};`)
      .join("\n");
    return `${process.getuid?.() === 0 ? "user root;" : ""}
worker_processes 1;
daemon off;
pid ${this.#folder}/nginx.pid;
events { worker_connections 4096; }
http {
${paths}
log_format attempts '$request_uri $status $upstream_status';
access_log ${this.#log} attempts;
${site}
}
`;
  }
}

/** Nothing of a test may leave this machine. */
export function requireLoopback(configuration: string): void {
  const other = /\b(?!127\.0\.0\.1\b)\d+\.\d+\.\d+\.\d+\b/.exec(configuration);
  if (other !== null) throw new Error(`A configuration names ${other[0]}.`);
}
