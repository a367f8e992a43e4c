import { join } from "node:path";
import { fetchWithCurl } from "../load/curl.ts";
import { requestFor } from "../load/requests.ts";
import { runWrk } from "../load/wrk.ts";
import { readCpuMicros, settle } from "../machine/cpu.ts";
import type { SeededFile } from "../seed/files.ts";
import type { Side } from "../sides/side.ts";

/** A file size and its load generator: wrk for a fixed time, or curl with a number of downloads per second of it. */
export interface FileLoad {
  readonly name: string;
  readonly bytes: number;
  readonly by: "wrk" | { readonly clients: number; readonly downloadsASecond: number };
  /** Whether the throughput has a goal relative to nginx. */
  readonly isJudged: boolean;
}

export const fileLoads: readonly FileLoad[] = [
  { name: "1 KB", bytes: 1024, by: "wrk", isJudged: false },
  { name: "100 KB", bytes: 102_400, by: "wrk", isJudged: false },
  {
    name: "10 MB",
    bytes: 10_485_760,
    by: { clients: 4, downloadsASecond: 25 },
    isJudged: true,
  },
  {
    name: "1 GiB",
    bytes: 1_073_741_824,
    by: { clients: 2, downloadsASecond: 1 },
    isJudged: true,
  },
];

/** Results of one side in one round. */
export interface FileRound {
  readonly requests: number;
  readonly failed: number;
  readonly bytesPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMicros: number;
}

/** Downloads one file from one side for about `seconds`, and measures its CPU time. */
export async function runFileRound(
  side: Side,
  load: FileLoad,
  file: SeededFile,
  order: { readonly seconds: number; readonly folder: string },
): Promise<FileRound> {
  const before = readCpuMicros(side.pid);
  const result = await download(side, load, file, order);
  await settle(side.pid);
  return { ...result, cpuMicros: readCpuMicros(side.pid) - before };
}

async function download(
  { port }: Side,
  { by, bytes }: FileLoad,
  file: SeededFile,
  { seconds, folder }: { readonly seconds: number; readonly folder: string },
): Promise<Omit<FileRound, "cpuMicros">> {
  if (by === "wrk") {
    const requestsFile = join(folder, `${file.shortCode}.requests`);
    await Bun.write(requestsFile, requestFor(file, 0));
    const { perSecond, ...result } = await runWrk({ port, requestsFile, seconds });
    return { ...result, bytesPerSecond: perSecond * bytes };
  }
  const url = `http://127.0.0.1:${port}/${file.shortCode}`;
  const downloads = by.downloadsASecond * seconds;
  return await fetchWithCurl({ url, bytes, clients: by.clients, downloads });
}
