import { join } from "node:path";
import type { Bench, Finding, Ground } from "../bench.ts";
import { signIn } from "../load/sign-in.ts";
import { readCpuMicros, readMemory, resetPeak, settle } from "../machine/cpu.ts";
import { randomBytes } from "../seed/files.ts";
import { ADMIN_PASSWORD, startOurs } from "../sides/ours.ts";
import type { Side } from "../sides/side.ts";
import { formatMegabytes, formatNumber, type Goal, type Table } from "../table.ts";

const GIBIBYTE = 1_073_741_824;
const QUICK_BYTES = 50_000_000;
const PARALLEL = 10;

/** Bytes of memory that one large file may take, and many at once. */
const MOST_FOR_ONE = 64e6;
const MOST_FOR_MANY = 150e6;

export const bigFilesBench: Bench = {
  doc: "What memory files of 1 GiB take, up and down: needs 12 GB of disk.",
  tools: ["curl"],
  run: measure,
};

/** Files on their way; memory in bytes. */
interface Trip {
  readonly name: string;
  readonly files: number;
  /** Resident, at rest. */
  readonly before: number;
  /** From there to the highest. */
  readonly growth: number;
  readonly bytesPerSecond: number;
  readonly cpuMsPerGibibyte: number;
}

async function measure({ options, folder }: Ground): Promise<Finding> {
  const { program, workers, quick } = options;
  const source = await makeSource(join(folder, "big.bin"), quick ? QUICK_BYTES : GIBIBYTE);
  await using ours = await startOurs({
    program,
    folder,
    workers,
    dataFolder: join(folder, "data"),
    env: { TRUNK8_APP_MAX_FILE_SIZE_MB: "0", TRUNK8_FILES_ALLOWED_EXTENSIONS: "*" },
  });
  const courier = new Courier(ours, source, await signIn(ours.port, ADMIN_PASSWORD));
  await courier.warmUp(folder);
  const trips = await takeTrips(ours, courier, source);
  return {
    setup: `Files of ${formatMegabytes(source.size)} MB by curl; every byte is checked.`,
    tables: [tableOf(trips)],
    notes: [],
    goals: goalsOf(trips),
    figures: trips,
  };
}

async function takeTrips(ours: Side, courier: Courier, { size }: Source): Promise<Trip[]> {
  const codes = Array.from({ length: PARALLEL }, (_, at) => `ten-${at}`);
  const trip = (name: string, files: number, work: () => Promise<unknown>) =>
    takeTrip({ name, files, bytes: size * files }, ours, work);
  const trips = [
    await trip("one up", 1, () => courier.bring("one")),
    await trip("one down", 1, () => courier.fetch("one")),
    await trip("ten up at once", PARALLEL, () =>
      Promise.all(codes.map((code) => courier.bring(code))),
    ),
  ];
  for (const code of codes.slice(-1)) await courier.fetch(code);
  return trips;
}

function goalsOf(trips: readonly Trip[]): Goal[] {
  return trips.map(({ name, files, growth }) => ({
    name: `memory grown by ${name}`,
    value: growth / 1e6,
    most: (files === 1 ? MOST_FOR_ONE : MOST_FOR_MANY) / 1e6,
    unit: " MB",
  }));
}

function tableOf(trips: readonly Trip[]): Table {
  const rows = trips.map(({ name, before, growth, bytesPerSecond, cpuMsPerGibibyte }) => [
    name,
    ...[before, growth, bytesPerSecond].map(formatMegabytes),
    formatNumber(cpuMsPerGibibyte),
  ]);
  const head = ["", "RSS before MB", "growth MB", "MB/s", "CPU ms/GiB"];
  return { title: "Memory of our server while files are on their way", rows: [head, ...rows] };
}

interface Source {
  readonly path: string;
  readonly size: number;
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
  return { path, size, sha256: hasher.digest("hex") };
}

/** Measures memory from rest to its highest while `work` is done. */
async function takeTrip(
  { name, files, bytes }: { name: string; files: number; bytes: number },
  { pid }: Side,
  work: () => Promise<unknown>,
): Promise<Trip> {
  await settle(pid);
  resetPeak(pid);
  const [before, cpu, start] = [readMemory(pid).rss, readCpuMicros(pid), performance.now()];
  await work();
  const seconds = (performance.now() - start) / 1000;
  const growth = readMemory(pid).peak - before;
  const cpuMsPerGibibyte = (readCpuMicros(pid) - cpu) / 1000 / (bytes / GIBIBYTE);
  return { name, files, before, growth, bytesPerSecond: bytes / seconds, cpuMsPerGibibyte };
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
