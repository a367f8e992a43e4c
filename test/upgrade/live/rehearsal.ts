import { cpSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type OpenLoopResult, runOpenLoop } from "../../../bench/load/open-loop.ts";
import { until } from "../../until.ts";
import { FIREFOX } from "../../user-agents.ts";
import { Front } from "./front.ts";
import type { Programs } from "./programs.ts";
import { readRows, visitsIn } from "./rows.ts";
import { RunningSite } from "./running-site.ts";
import { signIn, startUpload, Writers } from "./writers.ts";

const OPENED = 10;
const PER_SECOND = 2000;

export interface RehearsalOptions {
  readonly folder: string;
  readonly programs: Programs;
  /** Two empty databases, the second for the way back; empty for SQLite. */
  readonly databaseUrls: readonly [string, string];
  /** How long redirects are asked for, on each of both ways. */
  readonly seconds: number;
}

/** What was seen on one way. */
export interface Way {
  readonly redirects: number;
  readonly failedRedirects: number;
  /** Those that nginx closed the idle connection on while they were sent: sent once more. */
  readonly repeated: number;
  readonly p99Ms: number;
  readonly writes: number;
  /** With counts. */
  readonly failedWrites: Readonly<Record<string, number>>;
  readonly slowestWriteMs: number;
  readonly signedInAgain: number;
  /** Its status, and whether the file is whole. */
  readonly upload: readonly [status: number, isWhole: boolean];
  /** Acknowledged writes, also earlier ones, that are not there. */
  readonly lost: readonly string[];
  /** Redirects that were answered in all, and visits that the version which runs now has counted. */
  readonly visits: { readonly answered: number; readonly counted: number };
  /** Until the other version got all new requests. */
  readonly seconds: number;
}

/** Runs once the other version gets all new requests and the upload is finished. */
type AfterUpload = () => Promise<void>;

/** The old version serves, the new one takes over while it is used, and then the old one again. */
export class Rehearsal {
  readonly #options: RehearsalOptions;
  readonly #front: Front;
  readonly #service: RunningSite;
  readonly #back: RunningSite;
  readonly #acknowledged = new Map<string, string>();
  /** Of a session from before the upgrade. */
  #cookie = "";
  #answered = 0;

  constructor(options: RehearsalOptions) {
    const { folder, databaseUrls } = options;
    this.#options = options;
    this.#front = new Front(folder);
    const place = (name: string, databaseUrl: string) =>
      new RunningSite({
        program: join(folder, name),
        dataFolder: join(folder, `${name}-data`),
        databaseUrl,
        socket: join(folder, `${name}.sock`),
        log: join(folder, `${name}.log`),
      });
    this.#service = place("trunk8", databaseUrls[0]);
    this.#back = place("trunk8.old", databaseUrls[1]);
  }

  async start(): Promise<void> {
    const { folder, programs } = this.#options;
    for (const name of ["trunk8", "trunk8.old"])
      cpSync(programs.old, join(folder, name, "bin/trunk8"));
    cpSync(programs.new, join(folder, "trunk8/bin/trunk8.new"));
    await this.#service.start();
    await this.#front.start(this.#service.options.socket);
    this.#cookie = await signIn(this.#front.port);
    const writers = await Writers.start(this.#front.port, this.#cookie, "before");
    const codes = Array.from({ length: OPENED }, (_, at) => `l${at}`);
    for (const code of codes) await writers.create(code);
    await this.#end(writers);
    const requests = codes.map(
      (code) => `GET /${code} HTTP/1.1\r\nHost: x.example\r\nUser-Agent: ${FIREFOX}\r\n\r\n`,
    );
    await Bun.write(this.#requestsFile, requests.join(""));
  }

  /** As docs/upgrading.md says: the program is exchanged, and then its workers are. */
  async upgrade(): Promise<Way> {
    const { folder } = this.#options;
    if (this.#isPostgres) await this.#service.call("backup", "--all", "--out", this.#archive);
    return await this.#travel("up", this.#service, async () => {
      renameSync(join(folder, "trunk8/bin/trunk8.new"), join(folder, "trunk8/bin/trunk8"));
      const { whenOldEnd } = await this.#service.replaceWorkers();
      return () => whenOldEnd;
    });
  }

  /** As docs/upgrading.md says: the old version opens the copy beside the new one, and gets the requests. */
  goBack(): Promise<Way> {
    return this.#travel("back", this.#back, async () => {
      await this.#placeCopy();
      await this.#back.start();
      await this.#carryOver();
      this.#front.switchTo(this.#back.options.socket);
      return async () => {
        await this.#service.stop();
        await this.#carryOver();
      };
    });
  }

  async stop(): Promise<void> {
    await this.#front.stop();
    await this.#back.stop();
  }

  kill(): void {
    this.#service.kill();
    this.#back.kill();
    void this.#front.stop();
  }

  async #placeCopy(): Promise<void> {
    const { dataFolder } = this.#service.options;
    if (this.#isPostgres) {
      await this.#back.call("restore", this.#archive);
      return;
    }
    const back = this.#back.options.dataFolder;
    mkdirSync(back, { mode: 0o700 });
    const left = /^(backups|run|trunk8\.db.*)$/;
    for (const name of readdirSync(dataFolder).filter((each) => !left.test(each)))
      cpSync(join(dataFolder, name), join(back, name), { recursive: true });
    const backups = join(dataFolder, "backups");
    const copy = readdirSync(backups).find((name) => name.startsWith("before-"));
    if (copy === undefined) throw new Error("The new version has made no copy.");
    cpSync(join(backups, copy), join(back, "trunk8.db"));
  }

  /** Brings the links that the new version has into the old one. */
  async #carryOver(): Promise<void> {
    const archive = join(this.#options.folder, "since.zip");
    rmSync(archive, { force: true });
    await this.#service.call("backup", "--user", "admin", "--out", archive);
    await this.#back.call("restore", archive, "--user", "admin");
  }

  async #travel(name: string, to: RunningSite, change: () => Promise<AfterUpload>): Promise<Way> {
    const { port } = this.#front;
    let isOver = false;
    const load = this.#openLinks().finally(() => {
      isOver = true;
    });
    const writers = await Writers.start(port, this.#cookie, name);
    await Bun.sleep(3000);
    const upload = await startUpload(port, this.#cookie, `${name}-file`);
    await Bun.sleep(1000);
    const startedAt = performance.now();
    const after = await change();
    const seconds = (performance.now() - startedAt) / 1000;
    await Bun.sleep(2000);
    const { status, text } = await upload.finish();
    if (status !== 201) writers.fail(`upload: ${text.slice(-300)}`);
    await after();
    if (isOver) throw new Error("The load has ended before the change: give more --seconds.");
    const result = await load;
    await this.#end(writers);
    this.#answered += result.requests - result.failed;
    const file = await fetch(`http://127.0.0.1:${port}/${upload.code}`);
    const isWhole = Buffer.from(await file.arrayBuffer()).equals(Buffer.from(upload.bytes));
    return {
      redirects: result.requests,
      failedRedirects: result.failed,
      repeated: result.repeated,
      p99Ms: Math.round(result.p99Ms),
      writes: writers.writes,
      failedWrites: Object.fromEntries(writers.failures),
      signedInAgain: writers.signedInAgain,
      slowestWriteMs: Math.round(writers.slowestMs),
      upload: [status, isWhole],
      visits: await this.#compareVisits(to),
      lost: await this.#findLost(to),
      seconds,
    };
  }

  /** Waits until all visits are saved. */
  async #compareVisits(to: RunningSite): Promise<Way["visits"]> {
    const answered = this.#answered;
    let counted = 0;
    await until(
      async () => {
        counted = visitsIn(await readRows(to.options));
        return counted >= answered;
      },
      { what: "all visits", seconds: 10 },
    ).catch(() => {});
    return { answered, counted };
  }

  async #findLost(to: RunningSite): Promise<string[]> {
    const rows = await readRows(to.options);
    return [...this.#acknowledged].flatMap(([code, target]) => {
      const found = rows.get(code)?.target;
      return found === target ? [] : [`${code}: ${found ?? "nothing"} and not ${target}`];
    });
  }

  #openLinks(): Promise<OpenLoopResult> {
    const [requestsFile, { seconds }] = [this.#requestsFile, this.#options];
    const kind = { name: "redirects", share: 100, requestsFile, status: 302 };
    const { port } = this.#front;
    return runOpenLoop({
      port,
      perSecond: PER_SECOND,
      seconds,
      connections: 64,
      kinds: [kind],
      repeatsClosed: true,
    });
  }

  async #end(writers: Writers): Promise<void> {
    await writers.end();
    for (const [code, target] of writers.acknowledged) this.#acknowledged.set(code, target);
  }

  get #isPostgres(): boolean {
    return this.#service.options.databaseUrl !== "";
  }

  get #requestsFile(): string {
    return join(this.#options.folder, "opened.requests");
  }

  get #archive(): string {
    return join(this.#options.folder, "before.zip");
  }
}
