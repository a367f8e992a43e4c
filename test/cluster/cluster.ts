import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FreezingProxy } from "../database/postgres/freezing-proxy.ts";
import { runWell } from "../deploy/tools.ts";
import { until } from "../until.ts";
import { ask } from "./clients/ask.ts";
import { Balancer } from "./machines/balancer.ts";
import { Bouncer } from "./machines/bouncer.ts";
import { ADMIN_PASSWORD, ClusterNode } from "./machines/cluster-node.ts";
import { PostgresMachine } from "./machines/postgres-machine.ts";
import { isInNamespace } from "./namespace.ts";

const NAMES = ["a", "b", "c"];
const SHARE_MB = 96;

export interface ClusterOptions {
  /** A second PostgreSQL that follows the first, with a PgBouncer of its own. */
  readonly standby?: "synchronous" | "asynchronous";
  readonly env?: Readonly<Record<string, string>>;
}

/** Three nodes, PgBouncer, PostgreSQL and nginx, all real. The last node reaches its database through proxies of ours. */
export class Cluster implements AsyncDisposable {
  readonly folder = mkdtempSync(join(tmpdir(), "trunk8-cluster-"));
  readonly share = join(this.folder, "share");
  readonly #stack = new AsyncDisposableStack();
  readonly nodes: ClusterNode[] = [];
  primary!: PostgresMachine;
  bouncer!: Bouncer;
  standby: PostgresMachine | null = null;
  balancer!: Balancer;
  /** Of node c: to PgBouncer, and to PostgreSQL for the connection that listens. */
  poolProxy!: FreezingProxy;
  listenProxy!: FreezingProxy;
  cookie = "";

  private constructor() {
    chmodSync(this.folder, 0o755);
    mkdirSync(this.share);
    this.#stack.defer(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  static async start(options: ClusterOptions = {}): Promise<Cluster> {
    const cluster = new Cluster();
    try {
      await cluster.#start(options);
      return cluster;
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The last node, whose way to the database can be silenced. */
  get c(): ClusterNode {
    return this.node(2);
  }

  node(at: number): ClusterNode {
    const node = this.nodes[at];
    if (node === undefined) throw new Error(`There is no node ${at}.`);
    return node;
  }

  /** Whether each node, and the balancer, reads and writes. */
  async isWell(): Promise<boolean> {
    const asked = [...this.nodes, this.balancer].map(async ({ port }) => {
      const ready = await ask(port, "/health/ready", { timeoutMs: 3000 });
      if (ready.status !== 200) return false;
      const form = { link_type: "redirect", url: "https://example.com/well" };
      const made = await ask(port, "/add", { cookie: this.cookie, form, timeoutMs: 3000 });
      if (made.status !== 201) return false;
      const { shortCode } = JSON.parse(made.text) as { shortCode: string };
      return (await ask(port, `/${shortCode}`, { timeoutMs: 3000 })).status === 302;
    });
    return (await Promise.all(asked)).every(Boolean);
  }

  /** Seconds until all is well again. */
  async recovered(): Promise<number> {
    const from = performance.now();
    await until(() => this.isWell(), { what: "the recovery", seconds: 60 });
    return (performance.now() - from) / 1000;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }

  /** Shares the files with a node: a mount where the machine lets us, else a symbolic link. */
  async mount(node: ClusterNode): Promise<void> {
    const users = join(node.dataFolder, "users");
    if (!isInNamespace) return symlinkSync(this.share, users);
    mkdirSync(users, { recursive: true });
    await runWell(["mount", "--bind", this.share, users]);
  }

  async #start({ standby, env = {} }: ClusterOptions): Promise<void> {
    const stack = this.#stack;
    if (isInNamespace) {
      await runWell([
        "mount",
        "-t",
        "tmpfs",
        "-o",
        `size=${SHARE_MB}m,mode=0700`,
        "share",
        this.share,
      ]);
      stack.defer(() => this.#unmount());
    }
    this.primary = stack.use(await PostgresMachine.create(join(this.folder, "postgres")));
    this.bouncer = stack.use(await Bouncer.start(this.primary, join(this.folder, "bouncer")));
    let urls = { databaseUrl: this.bouncer.url, listenUrl: this.primary.url };
    if (standby !== undefined) urls = await this.#addStandby(standby);
    this.poolProxy = stack.use(new FreezingProxy(this.bouncer.url));
    this.listenProxy = stack.use(new FreezingProxy(this.primary.url));
    const proxied = {
      databaseUrl: await this.poolProxy.listen(),
      listenUrl: await this.listenProxy.listen(),
    };
    for (const name of NAMES) {
      const folder = join(this.folder, name);
      const own = name === "c" && standby === undefined ? proxied : urls;
      const node = stack.use(new ClusterNode({ name, folder, ...own, env }));
      await this.mount(node);
      this.nodes.push(node);
      await node.start();
    }
    this.balancer = stack.use(await Balancer.start(this.nodes, join(this.folder, "nginx")));
    this.cookie = await this.node(0).signIn({ password: ADMIN_PASSWORD });
  }

  async #addStandby(
    mode: "synchronous" | "asynchronous",
  ): Promise<{ databaseUrl: string; listenUrl: string }> {
    const standby = await PostgresMachine.standbyOf(this.primary, join(this.folder, "standby"));
    this.standby = this.#stack.use(standby);
    if (mode === "synchronous") await this.primary.set("synchronous_standby_names", "standby");
    const bouncer = this.#stack.use(await Bouncer.start(standby, join(this.folder, "bouncer-2")));
    return {
      databaseUrl: withSecondPort(this.bouncer.url, bouncer.port),
      listenUrl: withSecondPort(this.primary.url, standby.port),
    };
  }

  async #unmount(): Promise<void> {
    for (const { dataFolder } of this.nodes)
      await runWell(["umount", join(dataFolder, "users")]).catch(() => {});
    await runWell(["umount", this.share]).catch(() => {});
  }
}

function withSecondPort(url: string, port: number): string {
  return url.replace(/\/trunk8$/, `,127.0.0.1:${port}/trunk8`);
}
