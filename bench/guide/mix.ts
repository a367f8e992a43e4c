import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import type { BenchContext } from "../bench.ts";
import { type Kind, type OpenLoopResult, runOpenLoop, WARM_UP_SECONDS } from "../load/open-loop.ts";
import { type RequestFiles, requestFor, writeRequests } from "../load/requests.ts";
import { signIn } from "../load/sign-in.ts";
import { readCpuMicros, readMemory } from "../machine/cpu.ts";
import { makeMarkdown, type SeededFile, seedDocuments, seedFiles } from "../seed/files.ts";
import { takeCopy } from "../seed/keep-seed.ts";
import { seedLinks } from "../seed/links.ts";
import { ADMIN_PASSWORD, startOurs } from "../sides/ours.ts";
import type { Side } from "../sides/side.ts";
import { formatNumber, type Table } from "../table.ts";

/** Percentage of all requests. */
const SHARES = { redirect: 70, markdown: 10, file: 10, list: 8, create: 2 } as const;

const DOCUMENT_BYTES = 10_240;
const FILE_BYTES = 102_400;
const OF_EACH = 10;

/** There are many visitors, each with its own connection. */
const CONNECTIONS = 256;

/** Warm-up: a server that has just started is still compiling its code, which "start" measures. */
const WARM_UP = { perSecond: 100, seconds: 5 };

/** The mix at one rate. */
export interface MixRun {
  readonly perSecond: number;
  readonly load: OpenLoopResult;
  /** CPU time of our processes as a share of the machine. */
  readonly cpuPercent: number;
  readonly memoryPercent: number;
  readonly memoryBytes: number;
  /** Links and files opened, and lists read and links created, per second. */
  readonly openedPerSecond: number;
  readonly adminPerSecond: number;
}

/** Our server with everything that the mix requests. */
export class Mix implements AsyncDisposable {
  readonly #side: Side;
  readonly #folder: string;
  readonly #kinds: readonly Kind[];
  readonly #cookie: string;
  #runs = 0;

  private constructor(side: Side, folder: string, kinds: readonly Kind[], cookie: string) {
    this.#side = side;
    this.#folder = folder;
    this.#kinds = kinds;
    this.#cookie = cookie;
  }

  static async start({ options, folder }: BenchContext): Promise<Mix> {
    const { program, workers } = options;
    const count = linksOf({ options });
    const dataFolder = join(folder, "data");
    takeCopy(await seedLinks(count), dataFolder);
    const text = makeMarkdown(DOCUMENT_BYTES);
    const documents = await seedDocuments(
      dataFolder,
      numbered(OF_EACH, (at) => `${text}\n${at}`),
    );
    const files = await seedFiles(
      dataFolder,
      numbered(OF_EACH, () => FILE_BYTES),
    );
    const side = await startOurs({ program, dataFolder, folder, workers });
    const cookie = await signIn(side.port, ADMIN_PASSWORD);
    const requests = await writeRequests(folder, count);
    const kinds = await writeKinds(folder, { requests, documents, files, cookie });
    const mix = new Mix(side, folder, kinds, cookie);
    await mix.run(WARM_UP.perSecond, WARM_UP.seconds);
    return mix;
  }

  /** Sends the mix for a number of seconds, and measures our processes. */
  async run(perSecond: number, seconds: number): Promise<MixRun> {
    const { pid, port } = this.#side;
    const kinds = [...this.#kinds, await this.#writeCreates(perSecond, seconds)];
    const before = readCpuMicros(pid);
    const load = await runOpenLoop({ port, perSecond, seconds, connections: CONNECTIONS, kinds });
    const cpuSeconds = (readCpuMicros(pid) - before) / 1e6;
    const memoryBytes = readMemory(pid).pss;
    return {
      perSecond,
      load,
      cpuPercent: (100 * cpuSeconds) / (load.seconds * cpus().length),
      memoryPercent: (100 * memoryBytes) / totalmem(),
      memoryBytes,
      openedPerSecond: rightPerSecond(load, ["redirect", "markdown", "file"]),
      adminPerSecond: rightPerSecond(load, ["list", "create"]),
    };
  }

  /** A different short code for each create. */
  async #writeCreates(perSecond: number, seconds: number): Promise<Kind> {
    const run = this.#runs++;
    const count = Math.ceil((perSecond * (seconds + WARM_UP_SECONDS) * SHARES.create) / 100) + 2;
    const requestsFile = join(this.#folder, `creates-${run}.requests`);
    const requests = numbered(count, (at) => createRequest(`made-${run}-${at}`, this.#cookie));
    await Bun.write(requestsFile, requests.join(""));
    return { name: "create", share: SHARES.create, requestsFile, status: 201 };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#side.stop();
  }
}

/** Number of other links. */
export function linksOf({ options: { links, quick } }: Pick<BenchContext, "options">): number {
  return links[0] ?? (quick ? 1000 : 100_000);
}

export function tableOfMix(title: string, runs: readonly MixRun[]): Table {
  const head = ["", "requests", "average ms", "p50 ms", "p95 ms", "p99 ms", "failed"];
  const rows = runs.flatMap(({ perSecond, load }) =>
    [{ name: "all", ...load }, ...load.kinds].map(({ name, requests, failed, ...figures }) => [
      `${perSecond.toLocaleString("en-US")}/s, ${name}`,
      String(requests),
      ...[figures.averageMs, figures.p50Ms, figures.p95Ms, figures.p99Ms].map(formatNumber),
      String(failed),
    ]),
  );
  return { title, rows: [head, ...rows] };
}

interface Things {
  readonly requests: RequestFiles;
  readonly documents: readonly SeededFile[];
  readonly files: readonly SeededFile[];
  readonly cookie: string;
}

async function writeKinds(
  folder: string,
  { requests, documents, files, cookie }: Things,
): Promise<Kind[]> {
  const write = async (name: "markdown" | "file" | "list", texts: readonly string[]) => {
    const requestsFile = join(folder, `${name}.requests`);
    await Bun.write(requestsFile, texts.join(""));
    return { name, share: SHARES[name], requestsFile, status: 200 };
  };
  return [
    { name: "redirect", share: SHARES.redirect, requestsFile: requests.hot, status: 302 },
    await write("markdown", documents.map(requestFor)),
    await write("file", files.map(requestFor)),
    await write("list", [listRequest(cookie)]),
  ];
}

function listRequest(cookie: string): string {
  return `GET /links HTTP/1.1\r\nHost: go.example\r\nCookie: ${cookie}\r\nAccept: text/html\r\nAccept-Encoding: gzip\r\n\r\n`;
}

function createRequest(shortCode: string, cookie: string): string {
  const url = `https://www.shop.example/made/${shortCode}`;
  const body = new URLSearchParams({
    link_type: "redirect",
    short_code: shortCode,
    url,
  }).toString();
  const lines = [
    "POST /add HTTP/1.1",
    "Host: go.example",
    `Cookie: ${cookie}`,
    "Accept: application/json",
    "Content-Type: application/x-www-form-urlencoded",
    `Content-Length: ${body.length}`,
  ];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

function rightPerSecond({ kinds, seconds }: OpenLoopResult, names: readonly string[]): number {
  const ofThem = kinds.filter(({ name }) => names.includes(name));
  return ofThem.reduce((sum, { requests, failed }) => sum + requests - failed, 0) / seconds;
}

function numbered<T>(length: number, make: (at: number) => T): T[] {
  return Array.from({ length }, (_, at) => make(at));
}
