import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isAlive } from "../../server/site.ts";
import { until } from "../../until.ts";

export const PASSWORD = "a quiet Tuesday";
export const WORKERS = 2;

export interface RunningSiteOptions {
  /** The folder of the program, as /opt/trunk8: whatever is there at a start, or at a replacement of workers, runs. */
  readonly program: string;
  readonly dataFolder: string;
  readonly databaseUrl: string;
  /** `PATH.sock`: the workers listen on `PATH-1.sock`, `PATH-2.sock`. */
  readonly socket: string;
  readonly log: string;
}

/** A service of two workers. */
export class RunningSite {
  readonly options: RunningSiteOptions;
  #child: Bun.Subprocess | null = null;

  constructor(options: RunningSiteOptions) {
    this.options = options;
  }

  async start(): Promise<void> {
    const log = Bun.file(this.options.log);
    const listen = `unix:${this.options.socket}`;
    const words = ["serve", "--workers", `${WORKERS}`, "--listen", listen];
    this.#child = Bun.spawn([join(this.options.program, "bin/trunk8"), ...words], {
      env: this.#env,
      stdio: ["ignore", log, log],
    });
    try {
      await until(() => readFileSync(this.options.log, "utf8").includes(" is running."), {
        what: "the start",
        seconds: 120,
      });
    } catch (cause) {
      throw new Error(readFileSync(this.options.log, "utf8"), { cause });
    }
  }

  get #env(): Record<string, string> {
    return {
      PATH: process.env.PATH ?? "",
      TZ: "UTC",
      TRUNK8_DATA: this.options.dataFolder,
      TRUNK8_DATABASE_URL: this.options.databaseUrl,
      TRUNK8_ADMIN_PASSWORD: PASSWORD,
      TRUNK8_APP_EXAMPLES: "false",
      TRUNK8_OPS_LISTEN: "",
      TRUNK8_SERVER_SHUTDOWN_TIMEOUT: "120",
      TRUNK8_LIMITS_ACCOUNT_PER_MINUTE: "0",
      TRUNK8_LIMITS_STRANGER_PER_MINUTE: "0",
    };
  }

  workers(): number[] {
    const pid = this.#child?.pid;
    if (pid === undefined || !existsSync(`/proc/${pid}`)) return [];
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
    return children.split(" ").filter(Boolean).map(Number).filter(isAlive);
  }

  /** SIGUSR2: each worker ends when its replacement is ready. Returns once only new ones accept requests. */
  async replaceWorkers(): Promise<{ readonly whenOldEnd: Promise<void> }> {
    const before = this.workers();
    this.#child?.kill("SIGUSR2");
    const ended = () => before.filter((pid) => !isAlive(pid)).length;
    const fresh = () => this.workers().filter((pid) => !before.includes(pid)).length;
    await until(() => fresh() >= WORKERS && ended() >= 1, { what: "new workers", seconds: 120 });
    const whenOldEnd = until(() => ended() === before.length, {
      what: "the old workers to end",
      seconds: 120,
    });
    return { whenOldEnd: whenOldEnd.then(() => {}) };
  }

  /** SIGTERM; returns its exit code. */
  async stop(): Promise<number> {
    this.#child?.kill("SIGTERM");
    return (await this.#child?.exited) ?? 0;
  }

  /** Calls the program beside the service. */
  async call(...words: string[]): Promise<string> {
    const child = Bun.spawn([join(this.options.program, "bin/trunk8"), ...words], {
      env: this.#env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const [said, errors] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    if ((await child.exited) !== 0) throw new Error(`trunk8 ${words.join(" ")}: ${errors}`);
    return said;
  }

  kill(): void {
    for (const pid of this.workers()) process.kill(pid, "SIGKILL");
    this.#child?.kill("SIGKILL");
  }
}
