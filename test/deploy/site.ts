import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { stopChild } from "../../bench/sides/side.ts";
import { PROGRAM_FILE } from "../cli/program-file.ts";
import { until } from "./tools.ts";

export const PASSWORD = "a long sentence for the kit";

export interface SiteOptions {
  /** Its working folder: `data/`, `run/` and `cache/` are made in it. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Trunk8 as the service starts it, in a folder of its own. */
export class Site implements AsyncDisposable {
  readonly #options: SiteOptions;
  #child: Bun.Subprocess | null = null;

  constructor(options: SiteOptions) {
    this.#options = options;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get #env(): Record<string, string> {
    return {
      PATH: process.env.PATH ?? "",
      TZ: "UTC",
      TRUNK8_ADMIN_PASSWORD: PASSWORD,
      TRUNK8_APP_EXAMPLES: "false",
      TRUNK8_OPS_LISTEN: "",
      TRUNK8_LOG_CLIENT_ADDRESS: "full",
      ...this.#options.env,
    };
  }

  /** Starts it, and waits until it says where it listens. */
  async start(): Promise<void> {
    const { folder } = this.#options;
    const log = join(folder, `site-${Bun.nanoseconds()}.log`);
    const child = Bun.spawn([process.execPath, "--no-env-file", PROGRAM_FILE, "serve"], {
      cwd: folder,
      env: this.#env,
      stdin: "ignore",
      stdout: Bun.file(log),
      stderr: Bun.file(join(folder, "site.err")),
    });
    this.#child = child;
    await until("the site's start", async () => {
      if (child.exitCode !== null) throw new Error("the site did not start");
      return existsSync(log) && readFileSync(log, "utf8").includes("Trunk8");
    });
  }

  /** Calls the program on the same data folder. */
  async call(...words: string[]): Promise<string> {
    const child = Bun.spawn([process.execPath, "--no-env-file", PROGRAM_FILE, ...words], {
      cwd: this.#options.folder,
      env: this.#env,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const [stdout, stderr] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    if ((await child.exited) === 0) return stdout;
    throw new Error(`trunk8 ${words.join(" ")}: ${stderr}`);
  }

  signal(name: NodeJS.Signals): void {
    this.#child?.kill(name);
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child !== null) await stopChild(child);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** The lines `NAME=value` of a file for systemd. */
export function readEnvironment(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split("\n")
      .filter((line) => /^\w+=/.test(line))
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
}
