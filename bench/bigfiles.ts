import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readLoad } from "./alone.ts";
import { type BigFilesResult, formatBigReport, listBigGoals, type Trip } from "./bigreport.ts";
import { requireTools } from "./child.ts";
import { readCpuMicros, readMemory, resetPeak, settle } from "./cpu.ts";
import { signIn } from "./creates.ts";
import { randomBytes } from "./fileseed.ts";
import { describeMachine } from "./machine.ts";
import type { RedirectOptions } from "./redirect.ts";
import { saveResult } from "./results.ts";
import { ADMIN_PASSWORD, type Side, startOurs } from "./sides.ts";
import { isReached } from "./table.ts";

const GIBIBYTE = 1_073_741_824;
const PARALLEL = 10;

/** Sends files of 1 GiB up and down through the real server, and tells whether its memory stays small. */
export async function benchBigFiles({ program }: RedirectOptions): Promise<boolean> {
  requireTools(["curl"]);
  const folder = mkdtempSync(join(tmpdir(), "trunk8-bench-"));
  try {
    const result = await measure(program, folder);
    const place = await saveResult("bigfiles", result);
    process.stdout.write(`${formatBigReport(result)}\nWritten to ${place}\n`);
    return listBigGoals(result).every(isReached);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measure(program: string, folder: string): Promise<BigFilesResult> {
  const load = readLoad();
  const source = await makeSource(join(folder, "big.bin"), GIBIBYTE);
  const machine = describeMachine(folder, program, load);
  await using ours = await startOurs({
    program,
    folder,
    dataFolder: join(folder, "data"),
    env: { TRUNK8_APP_MAX_FILE_SIZE_MB: "0", TRUNK8_FILES_ALLOWED_EXTENSIONS: "*" },
  });
  const courier = new Courier(ours, source, await signIn(ours.port, ADMIN_PASSWORD));
  await courier.warmUp(folder);
  const codes = Array.from({ length: PARALLEL }, (_, at) => `ten-${at}`);
  const trips = [
    await takeTrip("1 GiB up", 1, ours, () => courier.bring("one")),
    await takeTrip("1 GiB down", 1, ours, () => courier.fetch("one")),
    await takeTrip("ten times 1 GiB up at once", PARALLEL, ours, () =>
      Promise.all(codes.map((code) => courier.bring(code))),
    ),
  ];
  for (const code of codes.slice(-1)) await courier.fetch(code);
  return { at: new Date().toISOString(), machine, trips };
}

interface Source {
  readonly path: string;
  readonly sha256: string;
}

async function makeSource(path: string, size: number): Promise<Source> {
  const hasher = new Bun.CryptoHasher("sha256");
  const writer = Bun.file(path).writer();
  for await (const block of randomBytes(size)) {
    hasher.update(block);
    writer.write(block);
    await writer.flush();
  }
  await writer.end();
  return { path, sha256: hasher.digest("hex") };
}

/** Measures memory from rest to its highest while `work` is done. */
async function takeTrip(
  name: string,
  gibibytes: number,
  { pid }: Side,
  work: () => Promise<unknown>,
): Promise<Trip> {
  await settle(pid);
  resetPeak(pid);
  const [before, cpu, start] = [readMemory(pid).rss, readCpuMicros(pid), performance.now()];
  await work();
  const seconds = (performance.now() - start) / 1000;
  const growth = readMemory(pid).peak - before;
  const cpuMsPerGibibyte = (readCpuMicros(pid) - cpu) / 1000 / gibibytes;
  const bytesPerSecond = (gibibytes * GIBIBYTE) / seconds;
  return { name, before, growth, bytesPerSecond, cpuMsPerGibibyte };
}

/** Brings the source to a server and fetches it from there, as curl does. */
class Courier {
  readonly #side: Side;
  readonly #source: Source;
  readonly #cookie: string;

  constructor(side: Side, source: Source, cookie: string) {
    this.#side = side;
    this.#source = source;
    this.#cookie = cookie;
  }

  /** Lets the server load what it needs for the first file of all. */
  async warmUp(folder: string): Promise<void> {
    const small = await makeSource(join(folder, "small.bin"), 100_000);
    const courier = new Courier(this.#side, small, this.#cookie);
    await courier.bring("small");
    await courier.fetch("small");
  }

  async bring(code: string): Promise<void> {
    const fields = [`short_code=${code}`, "link_type=file", `file=@${this.#source.path}`];
    const answer = await this.#curl("add", [
      ...["--header", "Accept: application/json", "--header", `Cookie: ${this.#cookie}`],
      ...fields.flatMap((field) => ["--form", field]),
    ]).text();
    if (!answer.includes(`"shortCode":"${code}"`))
      throw new Error(`${code} was answered: ${answer}`);
  }

  /** @throws Error unless every byte is the same */
  async fetch(code: string): Promise<void> {
    const hasher = new Bun.CryptoHasher("sha256");
    for await (const chunk of this.#curl(code, [])) hasher.update(chunk);
    if (hasher.digest("hex") !== this.#source.sha256) throw new Error(`${code} has other bytes.`);
  }

  #curl(path: string, words: readonly string[]): ReadableStream<Uint8Array> {
    const url = `http://127.0.0.1:${this.#side.port}/${path}`;
    return Bun.spawn(["curl", "--silent", ...words, url], { stdin: "ignore", stdout: "pipe" })
      .stdout;
  }
}
