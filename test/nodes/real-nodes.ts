import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { leaveOut } from "../left-out.ts";
import { type FreshDatabase, openPostgres } from "../postgres.ts";
import { type Site, startSite } from "../server/site.ts";

const faketime = ["x86_64-linux-gnu", "aarch64-linux-gnu"]
  .map((machine) => `/usr/lib/${machine}/faketime/libfaketimeMT.so.1`)
  .find((path) => existsSync(path));
export const hasFaketime: boolean = faketime !== undefined;
if (!hasFaketime) leaveOut("nodes whose clocks are wrong", "faketime is not installed");

/** The clock of a process, so far from the real one; what the kernel counts since its start is right. */
export function clockAt(difference: string): Record<string, string> {
  return {
    LD_PRELOAD: String(faketime),
    FAKETIME: difference,
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
    DONT_FAKE_MONOTONIC: "1",
  };
}

/** Real servers on one PostgreSQL, with one folder of stored files, and a data folder of their own for the rest. */
export class RealNodes implements AsyncDisposable {
  readonly folder: string;
  readonly #server: FreshDatabase;
  readonly #sites: Site[] = [];

  private constructor(folder: string, server: FreshDatabase) {
    this.folder = folder;
    this.#server = server;
    mkdirSync(join(folder, "users"));
  }

  static async open(): Promise<RealNodes> {
    const folder = mkdtempSync(join(tmpdir(), "trunk8-nodes-"));
    return new RealNodes(folder, await (await openPostgres()).freshDatabase());
  }

  get url(): string {
    return this.#server.url;
  }

  /** What the processes of a node are started with. */
  environment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
    const own = { TRUNK8_DATABASE_URL: this.url, TRUNK8_SECRET_KEY: "the key of all nodes" };
    return { ...own, ...extra };
  }

  dataFolder(name: string): string {
    const folder = join(this.folder, name, "data");
    if (!existsSync(folder)) {
      mkdirSync(folder, { recursive: true });
      symlinkSync(join(this.folder, "users"), join(folder, "users"));
    }
    return folder;
  }

  async start(name: string, env: Readonly<Record<string, string>> = {}): Promise<Site> {
    const dataFolder = this.dataFolder(name);
    const site = await startSite({ dataFolder, workers: "", env: this.environment(env) });
    this.#sites.push(site);
    return site;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const site of this.#sites) site.kill("SIGCONT");
    await Promise.all(this.#sites.map((site) => site.stop()));
    await this.#server.drop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
