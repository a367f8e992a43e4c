import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { findFreePort, stopChild } from "../../bench/sides/side.ts";
import { makeCertificate } from "./certificate.ts";
import { run, runWell, toolPath, until } from "./tools.ts";

/** The paths that the files of deploy/ name, moved into a folder. */
export function movePaths(text: string, folder: string): string {
  return text
    .replaceAll("/etc/letsencrypt/live/x.example", `${folder}/certificates`)
    .replaceAll("/var/cache/trunk8", `${folder}/cache`)
    .replaceAll("/var/www/letsencrypt", `${folder}/acme`)
    .replaceAll("/var/lib/trunk8", `${folder}/data`)
    .replaceAll("/run/trunk8", `${folder}/run`);
}

/** A real nginx that runs the files of deploy/nginx on ports and paths of its own. */
export class Nginx implements AsyncDisposable {
  readonly plainPort = findFreePort();
  readonly tlsPort = findFreePort();
  /** Where programs come in that cannot say which name they ask. */
  readonly loadPort = findFreePort();
  readonly #folder: string;
  #child: Bun.Subprocess | null = null;

  constructor(folder: string) {
    this.#folder = folder;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get #main(): string {
    return join(this.#folder, "nginx.conf");
  }

  /** Where bodies would go that are kept until they are whole. */
  get bodyFolder(): string {
    return join(this.#folder, "nginx", "bodies");
  }

  /** Words for curl, and the origin to ask at. */
  get curlWords(): string[] {
    return ["--resolve", `x.example:${this.tlsPort}:127.0.0.1`, "-sk"];
  }

  get origin(): string {
    return `https://x.example:${this.tlsPort}`;
  }

  get #words(): string[] {
    return [toolPath("nginx"), "-p", this.#folder, "-c", this.#main, "-e", this.errorLog];
  }

  get errorLog(): string {
    return join(this.#folder, "nginx-error.log");
  }

  /** Writes its files, and a certificate for x.example. */
  async prepare(main: string, site: string): Promise<void> {
    for (const name of ["nginx", "certificates", "acme", "cache", "sites-enabled", "conf.d"])
      mkdirSync(join(this.#folder, name), { recursive: true });
    await Bun.write(this.#main, this.#adaptMain(main));
    await this.setSite(movePaths(site, this.#folder));
    await makeCertificate(join(this.#folder, "certificates"));
  }

  /** @param site with paths that are there */
  async setSite(site: string): Promise<void> {
    await Bun.write(join(this.#folder, "sites-enabled", "trunk8"), this.#adaptPorts(site));
  }

  /** Asks nginx whether it takes the files. */
  async check(): Promise<void> {
    await runWell([...this.#words, "-t"]);
  }

  async start(): Promise<void> {
    const child = Bun.spawn([...this.#words, "-g", "daemon off;"], {
      stdio: ["ignore", null, null],
    });
    this.#child = child;
    await until(
      "nginx's start",
      async () => (await this.#isListening()) || child.exitCode !== null,
    );
    if (child.exitCode !== null) throw new Error(await Bun.file(this.errorLog).text());
  }

  /** Takes its changed files, and waits until its old processes answer nobody any more. */
  async reload(): Promise<void> {
    await this.check();
    const before = await this.#workers();
    this.#child?.kill("SIGHUP");
    await until("nginx's new workers", async () => {
      const now = await this.#workers();
      return now.length > 0 && !now.some((pid) => before.includes(pid));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child !== null) await stopChild(this.#child);
  }

  async #workers(): Promise<string[]> {
    const { stdout } = await run(["pgrep", "-P", String(this.#child?.pid)]);
    return stdout.split("\n").filter(Boolean);
  }

  async #isListening(): Promise<boolean> {
    return await fetch(`http://127.0.0.1:${this.plainPort}/`, { redirect: "manual" }).then(
      () => true,
      // Hanging up on a name that is not ours is an answer, too.
      (error: Error & { code?: string }) => error.code === "ECONNRESET",
    );
  }

  #adaptMain(text: string): string {
    const user = process.getuid?.() === 0 ? "user root;" : "";
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((use) => {
      const folder = use === "client_body" ? this.bodyFolder : join(this.#folder, "nginx", use);
      return `    ${use}_temp_path ${folder};\n`;
    });
    return this.#adaptPorts(text)
      .replace("user trunk8;", user)
      .replaceAll("/run/nginx.pid", join(this.#folder, "nginx.pid"))
      .replaceAll("/var/log/nginx", this.#folder)
      .replaceAll("/etc/nginx/sites-enabled", join(this.#folder, "sites-enabled"))
      .replaceAll("/etc/nginx/conf.d", join(this.#folder, "conf.d"))
      .replace("http {\n", `http {\n${temporary.join("")}${SEVERAL_ADDRESSES}`);
  }

  #adaptPorts(text: string): string {
    return text
      .replaceAll(/^ *listen \[::\].*\n/gm, "")
      .replaceAll("listen 80", `listen 127.0.0.1:${this.plainPort}`)
      .replaceAll("listen 443", `listen 127.0.0.1:${this.tlsPort}`)
      .replace(/(?<= http2;)/, `\n    listen 127.0.0.1:${this.loadPort};`);
  }
}

/** The tests come from one address, and say from which others. */
const SEVERAL_ADDRESSES = "    set_real_ip_from 127.0.0.1;\n    real_ip_header X-Test-Address;\n";
