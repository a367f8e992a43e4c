import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { findFreePort } from "../../../bench/sides/side.ts";
import { until } from "../../until.ts";
import { ask } from "../clients/ask.ts";
import { childrenOf } from "./postgres-machine.ts";

const PROGRAM = join(import.meta.dir, "../../../bin/trunk8");
export const ADMIN_PASSWORD = "a quiet Tuesday";

export interface NodeOptions {
  readonly name: string;
  readonly folder: string;
  readonly databaseUrl: string;
  readonly listenUrl: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Called {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A machine of the cluster: `bin/trunk8 serve` with a data folder and a run folder of its own; `users/` is shared. */
export class ClusterNode implements AsyncDisposable {
  readonly port = findFreePort();
  readonly opsPort = findFreePort();
  readonly name: string;
  readonly dataFolder: string;
  readonly #options: NodeOptions;
  #child: Bun.Subprocess | null = null;
  #starts = 0;

  constructor(options: NodeOptions) {
    this.#options = options;
    this.name = options.name;
    this.dataFolder = join(options.folder, "data");
    mkdirSync(this.dataFolder, { recursive: true });
  }

  get log(): string {
    return join(this.#options.folder, `log-${this.#starts}`);
  }

  get env(): Record<string, string> {
    return {
      PATH: process.env.PATH ?? "",
      TZ: "UTC",
      TRUNK8_DATA: this.dataFolder,
      TRUNK8_SERVER_RUN_FOLDER: join(this.#options.folder, "run"),
      TRUNK8_SERVER_LISTEN: `127.0.0.1:${this.port}`,
      TRUNK8_SERVER_TRUSTED_PROXIES: "127.0.0.1",
      TRUNK8_SERVER_PUBLIC_URL: "https://x.example",
      TRUNK8_OPS_LISTEN: `127.0.0.1:${this.opsPort}`,
      TRUNK8_DATABASE_URL: this.#options.databaseUrl,
      TRUNK8_DATABASE_LISTEN_URL: this.#options.listenUrl,
      TRUNK8_SECRET_KEY: "one key for all of the nodes, 32 bytes and more",
      TRUNK8_ADMIN_PASSWORD: ADMIN_PASSWORD,
      TRUNK8_APP_EXAMPLES: "false",
      TRUNK8_LIMITS_ACCOUNT_PER_MINUTE: "0",
      TRUNK8_LIMITS_STRANGER_PER_MINUTE: "0",
      TRUNK8_LIMITS_UPLOADS: "0",
      TRUNK8_LIMITS_ACCOUNT_CPU_MS: "0",
      TRUNK8_OPS_DISK_FLOOR_MB: "10",
      TRUNK8_SERVER_NODE_NAME: this.name,
      ...this.#options.env,
    };
  }

  /** Starts it without waiting, in front of it `words` such as faketime's. */
  launch(words: readonly string[] = [], env: Readonly<Record<string, string>> = {}): void {
    this.#starts++;
    const log = Bun.file(this.log);
    this.#child = Bun.spawn([...words, PROGRAM, "serve"], {
      cwd: this.#options.folder,
      env: { ...this.env, ...env },
      stdio: ["ignore", log, log],
    });
  }

  async start(words: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
    this.launch(words, env);
    await this.untilReady();
  }

  async untilReady(seconds = 60): Promise<void> {
    try {
      await until(() => this.isReady(), { what: `node ${this.name}`, seconds });
    } catch (cause) {
      throw new Error(`Node ${this.name}: ${await Bun.file(this.log).text()}`, { cause });
    }
  }

  async isReady(): Promise<boolean> {
    return (await ask(this.port, "/health/ready", { timeoutMs: 2000 })).status === 200;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#child !== null && this.#child.exitCode === null && !this.#child.killed;
  }

  /** Sends a signal to each of its processes, its children first. */
  signal(name: NodeJS.Signals): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    for (const each of [...childrenOf(pid), pid]) process.kill(each, name);
  }

  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.#child?.exited;
    this.#child = null;
  }

  /** SIGTERM to its first process, as systemd does; returns its exit code. */
  async stop(): Promise<number> {
    const child = this.#child;
    this.#child = null;
    child?.kill("SIGTERM");
    return (await child?.exited) ?? 0;
  }

  /** Starts the program beside the server. */
  spawn(words: readonly string[], input = "") {
    return Bun.spawn([PROGRAM, ...words], {
      cwd: this.#options.folder,
      env: this.env,
      stdio: [Buffer.from(input), "pipe", "pipe"],
    });
  }

  /** Calls the program beside the server. */
  async call(words: readonly string[], input = ""): Promise<Called> {
    const child = this.spawn(words, input);
    const [stdout, stderr, exitCode] = await Promise.all([
      child.stdout.text(),
      child.stderr.text(),
      child.exited,
    ]);
    return { exitCode, stdout, stderr };
  }

  /** @throws Error with what it says where it fails */
  async callWell(words: readonly string[], input = ""): Promise<string> {
    const { exitCode, stdout, stderr } = await this.call(words, input);
    if (exitCode !== 0) throw new Error(`trunk8 ${words.join(" ")}: ${stderr}`);
    return stdout;
  }

  /** Signs in; returns the `Cookie` header. */
  async signIn(form: Readonly<Record<string, string>>): Promise<string> {
    const answer = await fetch(`http://127.0.0.1:${this.port}/auth/login`, {
      method: "POST",
      body: new URLSearchParams(form),
      headers: { "x-forwarded-proto": "https", host: "x.example" },
      redirect: "manual",
    });
    const cookie = answer.headers.getSetCookie()[0]?.split(";")[0];
    if (cookie === undefined) throw new Error(`Signing in was answered with ${answer.status}.`);
    return cookie;
  }

  async metric(name: string): Promise<number> {
    const signal = AbortSignal.timeout(2000);
    const answer = await fetch(`http://127.0.0.1:${this.opsPort}/metrics`, { signal });
    const found = new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, "m").exec(await answer.text());
    return Number(found?.[1] ?? Number.NaN);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill().catch(() => {});
  }
}
