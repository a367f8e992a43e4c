import { createHash } from "node:crypto";
import { isAlive, type Site, signIn, startSite } from "../server/site.ts";
import { until } from "../until.ts";

const BLOCK = 1_048_576;
const CHUNK = 16 * BLOCK;

/** Every n-th time, one of the workers is killed, else all processes. */
const ONE_EVERY = 4;

/** Upload in portions that was interrupted. */
export interface ResumedFindings {
  readonly kills: number;
  readonly bytes: number;
  /** Bytes that were sent again. */
  readonly sentAgain: number;
  readonly faults: readonly string[];
}

/** Kills processes of a site while one file arrives, at random points, and compares what is stored. */
export async function killResumed(
  dataFolder: string,
  kills: number,
  bytes = 1024 * BLOCK,
  onKill: (kill: number, offset: number) => void = () => {},
): Promise<ResumedFindings> {
  const test = await ResumedUpload.begin(dataFolder, kills, bytes, onKill);
  return await test.run();
}

class ResumedUpload {
  readonly #dataFolder: string;
  readonly #bytes: number;
  readonly #points: number[];
  readonly #kills: number;
  readonly #onKill: (kill: number, offset: number) => void;
  readonly #faults: string[] = [];
  #site: Site;
  #cookie: string;
  #path = "";
  #acknowledged = 0;
  #sent = 0;
  #killing: Promise<void> | null = null;

  private constructor(
    dataFolder: string,
    { kills, bytes, site, cookie }: { kills: number; bytes: number; site: Site; cookie: string },
    onKill: (kill: number, offset: number) => void,
  ) {
    this.#dataFolder = dataFolder;
    this.#bytes = bytes;
    this.#kills = kills;
    this.#site = site;
    this.#cookie = cookie;
    this.#onKill = onKill;
    const random = () => Math.floor(Math.random() * bytes);
    this.#points = Array.from({ length: kills }, random).sort((a, b) => a - b);
  }

  static async begin(
    dataFolder: string,
    kills: number,
    bytes: number,
    onKill: (kill: number, offset: number) => void,
  ): Promise<ResumedUpload> {
    const site = await start(dataFolder);
    const cookie = await signIn(site.origin);
    return new ResumedUpload(dataFolder, { kills, bytes, site, cookie }, onKill);
  }

  async run(): Promise<ResumedFindings> {
    const made = await this.#ask("POST", "/api/v1/uploads", {
      "upload-length": String(this.#bytes),
      "upload-metadata": `filename ${btoa("big.bin")},short_code ${btoa("big")}`,
    });
    this.#path = made.headers.get("location") ?? "";
    let offset = 0;
    while (offset < this.#bytes) {
      const answer = await this.#send(offset).catch(() => null);
      await this.#killing;
      this.#killing = null;
      if (answer?.status === 204) offset = this.#acknowledge(answer);
      else offset = await this.#askOffset();
    }
    await this.#verify();
    await this.#site.stop();
    const { length: left } = this.#points;
    const sentAgain = this.#sent - this.#bytes;
    return { kills: this.#kills - left, bytes: this.#bytes, sentAgain, faults: this.#faults };
  }

  #acknowledge({ headers }: Response): number {
    const offset = Number(headers.get("upload-offset"));
    if (offset < this.#acknowledged)
      this.#faults.push(`Byte ${this.#acknowledged} was acknowledged, and ${offset} is stored`);
    this.#acknowledged = offset;
    return offset;
  }

  async #askOffset(): Promise<number> {
    for (let tries = 0; tries < 100; tries++) {
      const answer = await this.#ask("HEAD", this.#path, {}).catch(() => null);
      if (answer?.status === 200) return this.#acknowledge(answer);
      if (answer !== null && answer.status !== 423 && answer.status < 500)
        this.#faults.push(`HEAD was answered ${answer.status} at ${this.#acknowledged}`);
      await Bun.sleep(100);
    }
    throw new Error("The site does not answer any more");
  }

  #send(offset: number): Promise<Response> {
    const end = Math.min(this.#bytes, offset + CHUNK);
    let at = offset;
    const body = new ReadableStream<Uint8Array>({
      pull: async (stream) => {
        if (at >= end) return stream.close();
        const isDue = this.#points[0] !== undefined && at >= this.#points[0];
        // One at a time: the stream goes on for a moment after its site is gone.
        if (isDue && this.#killing === null) this.#kill(at);
        const blockEnd = Math.min(end, at + BLOCK - (at % BLOCK));
        stream.enqueue(blockAt(at).subarray(at % BLOCK, (at % BLOCK) + blockEnd - at));
        this.#sent += blockEnd - at;
        at = blockEnd;
      },
    });
    return this.#ask(
      "PATCH",
      this.#path,
      { "upload-offset": String(offset), "content-type": "application/offset+octet-stream" },
      body,
    );
  }

  #kill(at: number): void {
    const number = this.#kills - this.#points.length;
    this.#points.shift();
    this.#onKill(number + 1, at);
    this.#killing = number % ONE_EVERY === 0 ? this.#killOne() : this.#killAll();
  }

  /** Some milliseconds later, while the bytes are written or saved. */
  async #killOne(): Promise<void> {
    await Bun.sleep(Math.random() * 30);
    const workers = this.#site.workers();
    const pid = workers[Math.floor(Math.random() * workers.length)];
    if (pid !== undefined) process.kill(pid, "SIGKILL");
  }

  async #killAll(): Promise<void> {
    await Bun.sleep(Math.random() * 30);
    const pids = [this.#site.pid, ...this.#site.workers()];
    for (const pid of pids) process.kill(pid, "SIGKILL");
    await this.#site.exited;
    await until(() => !pids.some(isAlive), { what: "the end of all processes", seconds: 60 });
    this.#site = await start(this.#dataFolder);
  }

  async #verify(): Promise<void> {
    const hash = createHash("sha256");
    for (let at = 0; at < this.#bytes; at += BLOCK)
      hash.update(blockAt(at).subarray(0, Math.min(BLOCK, this.#bytes - at)));
    const link = await this.#ask("GET", "/api/v1/links/big", {});
    const { file } = (await link.json()) as { file: { sha256: string; size: number } };
    if (file?.sha256 !== hash.digest("hex")) this.#faults.push("Other bytes are stored");
    const stored = createHash("sha256");
    const answer = await this.#ask("GET", "/api/v1/links/big/content", {});
    for await (const chunk of answer.body ?? []) stored.update(chunk);
    if (stored.digest("hex") !== file?.sha256) this.#faults.push("Other bytes are answered");
    const left = (await (await this.#ask("GET", "/api/v1/uploads", {})).json()) as {
      items: unknown[];
    };
    if (left.items.length > 0) this.#faults.push("The upload is still there");
  }

  #ask(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: ReadableStream<Uint8Array> | null = null,
  ): Promise<Response> {
    return fetch(this.#site.origin + path, {
      method,
      headers: { cookie: this.#cookie, "tus-resumable": "1.0.0", ...headers },
      body,
    });
  }
}

function start(dataFolder: string): Promise<Site> {
  return startSite({ dataFolder, env: { TRUNK8_APP_MAX_FILE_SIZE_MB: "0" } });
}

const BASE = crypto.getRandomValues(new Uint8Array(65_536));

/** A block that is like no other. */
function blockAt(at: number): Uint8Array {
  const block = new Uint8Array(BLOCK);
  for (let part = 0; part < BLOCK; part += BASE.byteLength) block.set(BASE, part);
  new DataView(block.buffer).setFloat64(0, Math.floor(at / BLOCK));
  return block;
}
