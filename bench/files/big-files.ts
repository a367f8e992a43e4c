import { join } from "node:path";
import type { Bench, BenchContext, Finding } from "../bench.ts";
import { signIn } from "../load/sign-in.ts";
import { readCpuMicros, readMemory, resetPeak, settle } from "../machine/cpu.ts";
import { randomBytes } from "../seed/files.ts";
import { ADMIN_PASSWORD, startOurs } from "../sides/ours.ts";
import type { Side } from "../sides/side.ts";
import { spreadOf } from "../stats.ts";
import { formatMegabytes, formatNumber, type Goal, type Table } from "../table.ts";
import { UploadWays } from "./upload-ways.ts";

const GIBIBYTE = 1_073_741_824;
const QUICK_BYTES = 50_000_000;
const PARALLEL = 10;

/** Uploads in one request and in portions, in turn. */
const ROUNDS = 3;

/** How much longer an upload in portions may take. */
const MOST_IN_PORTIONS = 1.15;

/** Memory in bytes that one large file may take, and several at the same time. */
const MOST_FOR_ONE = 64e6;
const MOST_FOR_MANY = 150e6;

export const bigFilesBench: Bench = {
  doc: "Memory during uploads and downloads of 1 GiB; needs 12 GB of disk.",
  tools: ["curl"],
  run: measure,
};

/** A transfer of files; memory in bytes. */
interface Trip {
  readonly name: string;
  readonly files: number;
  /** Resident memory when idle. */
  readonly before: number;
  /** Growth from there to the peak. */
  readonly growth: number;
  readonly bytesPerSecond: number;
  readonly cpuMsPerGibibyte: number;
}

async function measure({ options, folder }: BenchContext): Promise<Finding> {
  const { program, workers, quick } = options;
  const source = await makeSource(join(folder, "big.bin"), quick ? QUICK_BYTES : GIBIBYTE);
  await using ours = await startOurs({
    program,
    folder,
    workers,
    dataFolder: join(folder, "data"),
    env: { TRUNK8_APP_MAX_FILE_SIZE_MB: "0", TRUNK8_FILES_ALLOWED_EXTENSIONS: "*" },
  });
  const cookie = await signIn(ours.port, ADMIN_PASSWORD);
  const client = new FileClient(ours, source, cookie);
  await client.warmUp(folder);
  const ways = await compareWays(ours, new UploadWays(ours, cookie, source.path), client, source);
  const trips = [...ways, ...(await takeTrips(ours, client, source))];
  return {
    setup: `Files of ${formatMegabytes(source.size)} MB by curl and by fetch; every byte is compared.`,
    tables: [tableOf(trips)],
    notes: [],
    goals: goalsOf(trips),
    figures: trips,
  };
}

const [FORM, RAW, IN_PORTIONS] = ["upload, form", "upload, raw body", "upload, portions (tus)"];

async function compareWays(
  ours: Side,
  ways: UploadWays,
  client: FileClient,
  { size }: Source,
): Promise<Trip[]> {
  const trips: Trip[] = [];
  // Compiles what each portion runs.
  await ways.inPortions("warm");
  await ways.remove("warm");
  for (let round = 0; round < ROUNDS; round++)
    for (const [name, bring] of [
      [FORM, (code: string) => client.bring(code)],
      [RAW, (code: string) => ways.whole(code)],
      [IN_PORTIONS, (code: string) => ways.inPortions(code)],
    ] as const) {
      const code = `way-${trips.length}`;
      trips.push(await takeTrip({ name, files: 1, bytes: size }, ours, () => bring(code)));
      if (round === 0) await client.fetch(code);
      await ways.remove(code);
    }
  return trips;
}

/** A figure of an upload in portions to that of another one. */
function portionsRatio(
  trips: readonly Trip[],
  other: string,
  figure: (trip: Trip) => number,
): number {
  const of = (name: string) =>
    spreadOf(trips.filter((trip) => trip.name === name).map(figure)).median;
  return of(IN_PORTIONS) / of(other);
}

async function takeTrips(ours: Side, client: FileClient, { size }: Source): Promise<Trip[]> {
  const codes = Array.from({ length: PARALLEL }, (_, at) => `ten-${at}`);
  const trip = (name: string, files: number, work: () => Promise<unknown>) =>
    takeTrip({ name, files, bytes: size * files }, ours, work);
  const trips = [
    await trip("one upload", 1, () => client.bring("one")),
    await trip("one download", 1, () => client.fetch("one")),
    await trip("ten parallel uploads", PARALLEL, () =>
      Promise.all(codes.map((code) => client.bring(code))),
    ),
  ];
  for (const code of codes.slice(-1)) await client.fetch(code);
  return trips;
}

function goalsOf(trips: readonly Trip[]): Goal[] {
  const memory = trips.map(({ name, files, growth }) => ({
    name: `memory growth, ${name}`,
    value: growth / 1e6,
    most: (files === 1 ? MOST_FOR_ONE : MOST_FOR_MANY) / 1e6,
    unit: " MB",
  }));
  const most = { most: MOST_IN_PORTIONS, unit: "x" };
  const time = ({ bytesPerSecond }: Trip) => 1 / bytesPerSecond;
  const cpu = ({ cpuMsPerGibibyte }: Trip) => cpuMsPerGibibyte;
  return [
    ...memory,
    ...[FORM, RAW].flatMap((other) => [
      { name: `time in portions to ${other}`, value: portionsRatio(trips, other, time), ...most },
      { name: `CPU in portions to ${other}`, value: portionsRatio(trips, other, cpu), ...most },
    ]),
  ];
}

function tableOf(trips: readonly Trip[]): Table {
  const rows = trips.map(({ name, before, growth, bytesPerSecond, cpuMsPerGibibyte }) => [
    name,
    ...[before, growth, bytesPerSecond].map(formatMegabytes),
    formatNumber(cpuMsPerGibibyte),
  ]);
  const head = ["", "RSS before MB", "growth MB", "MB/s", "CPU ms/GiB"];
  return { title: "Memory of our server during transfers", rows: [head, ...rows] };
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

/** Measures idle and peak memory while `work` runs. */
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

/** Uploads the source to a server and downloads it again, by curl. */
class FileClient {
  readonly #side: Side;
  readonly #source: Source;
  readonly #cookie: string;

  constructor(side: Side, source: Source, cookie: string) {
    this.#side = side;
    this.#source = source;
    this.#cookie = cookie;
  }

  /** Transfers a first file, so that the server has loaded its modules. */
  async warmUp(folder: string): Promise<void> {
    const small = await makeSource(join(folder, "small.bin"), 100_000);
    const client = new FileClient(this.#side, small, this.#cookie);
    await client.bring("small");
    await client.fetch("small");
  }

  async bring(code: string): Promise<void> {
    const fields = [`short_code=${code}`, "link_type=file", `file=@${this.#source.path}`];
    const answer = await this.#curl("add", [
      ...["--header", "Accept: application/json", "--header", `Cookie: ${this.#cookie}`],
      ...fields.flatMap((field) => ["--form", field]),
    ]).text();
    if (!answer.includes(`"shortCode":"${code}"`)) throw new Error(`${code} returned: ${answer}`);
  }

  /** @throws Error if a byte differs */
  async fetch(code: string): Promise<void> {
    const hasher = new Bun.CryptoHasher("sha256");
    for await (const chunk of this.#curl(code, [])) hasher.update(chunk);
    if (hasher.digest("hex") !== this.#source.sha256)
      throw new Error(`${code} has different bytes.`);
  }

  #curl(path: string, words: readonly string[]): ReadableStream<Uint8Array> {
    const url = `http://127.0.0.1:${this.#side.port}/${path}`;
    return Bun.spawn(["curl", "--silent", ...words, url], { stdin: "ignore", stdout: "pipe" })
      .stdout;
  }
}
