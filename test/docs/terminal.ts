import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROGRAM_FILE } from "../cli/program-file.ts";
import { ROOT } from "./documented-commands.ts";

const PASSWORD = "a quiet Tuesday walk";

interface Result {
  readonly exitCode: number;
  readonly output: string;
}

/** What a page presupposes: words that stand for a reader's own, and files and commands from before. */
interface Preparation {
  readonly words?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly commands?: readonly string[];
}

const OWN_LINKS = '[links.own]\nurl = "https://example.org/"\n';

const LINKS = '[links.docs]\nurl = "https://docs.example.org/"\n';

const preparations: Readonly<Record<string, Preparation>> = {
  "docs/backup.md": { commands: ["trunk8 user add alice --one-time"] },
  "docs/import.md": {
    words: { "/path/to/old": "old/data", PATH: "old/data" },
    commands: [
      `mkdir old && tar -xzf '${join(ROOT, "test/fixtures/python-trunk8/data.tar.gz")}' -C old`,
    ],
  },
  "docs/links-toml.md": {
    words: { NAME: "alice", FILE: "links.toml" },
    files: { "links.toml": LINKS, "data/users/alice/links.toml": OWN_LINKS },
    commands: ["trunk8 user add alice --one-time"],
  },
  "docs/upgrading.md": {
    words: { "/tmp/": "", "/srv/": "", "./new/bin/": "" },
  },
};

/** A folder with a site that runs, in which the commands of a page are typed. */
export class Terminal {
  readonly folder = mkdtempSync(join(tmpdir(), "trunk8-docs-"));
  readonly #words: Readonly<Record<string, string>>;
  readonly #site: Bun.Subprocess<"ignore", "pipe", "inherit">;
  #url = "";
  /** Commands whose effects stay in a shell. */
  #before = "";

  private constructor(words: Readonly<Record<string, string>>) {
    this.#words = words;
    mkdirSync(join(this.folder, "bin"));
    const program = `exec '${process.execPath}' '${PROGRAM_FILE}' "$@"`;
    this.#writeProgram("trunk8", program);
    this.#writeProgram("npx", `shift\n${program}`);
    this.#site = Bun.spawn([process.execPath, PROGRAM_FILE, "serve", "--listen", "127.0.0.1:0"], {
      cwd: this.folder,
      env: this.#env,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "inherit",
    });
  }

  static async open(page: string): Promise<Terminal> {
    const { words = {}, files = {}, commands = [] } = preparations[page] ?? {};
    const terminal = new Terminal(words);
    await terminal.#awaitSite();
    for (const command of commands) await terminal.run(command);
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(join(terminal.folder, name, ".."), { recursive: true });
      writeFileSync(join(terminal.folder, name), content);
    }
    return terminal;
  }

  async run(command: string): Promise<Result> {
    const typed = this.#inOwnWords(command);
    const child = Bun.spawn(["bash", "-c", `${this.#before}${typed}`], {
      cwd: this.folder,
      env: this.#env,
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
    const [stdout, stderr, exitCode] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    if (/^(export|cd) /.test(typed)) this.#before += `${typed}\n`;
    return { exitCode, output: `${stdout}${stderr}` };
  }

  async fetch(path: string): Promise<Response> {
    return await fetch(`${this.#url}${path}`, { redirect: "manual" });
  }

  async close(): Promise<void> {
    this.#site.kill("SIGKILL");
    await this.#site.exited;
    rmSync(this.folder, { recursive: true, force: true });
  }

  get #env(): Record<string, string> {
    return {
      PATH: `${join(this.folder, "bin")}:${process.env.PATH}`,
      HOME: this.folder,
      TZ: "UTC",
      PASSWORD,
      TRUNK8_ADMIN_PASSWORD: PASSWORD,
      TRUNK8_APP_EXAMPLES: "false",
      TRUNK8_APP_MAX_FILE_SIZE_MB: "2",
      TRUNK8_OPS_LISTEN: "",
    };
  }

  #inOwnWords(command: string): string {
    const words = {
      ...this.#words,
      "http://localhost:5001": this.#url,
      "https://x.example": this.#url,
    };
    return Object.entries(words).reduce((text, [word, own]) => text.replaceAll(word, own), command);
  }

  async #awaitSite(): Promise<void> {
    let printed = "";
    for await (const chunk of this.#site.stdout) {
      printed += new TextDecoder().decode(chunk);
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(printed);
      if (found === null) continue;
      this.#url = found[0];
      return;
    }
    throw new Error(`The site did not start: ${printed}`);
  }

  #writeProgram(name: string, line: string): void {
    writeFileSync(join(this.folder, "bin", name), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  }
}
