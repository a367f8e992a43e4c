import { readAnonymous, readCpuMicros } from "../machine/cpu.ts";
import type { Side } from "../sides/side.ts";
import { formatNumber, type Table } from "../table.ts";

/** All links of a site as NDJSON. */
export interface Export {
  readonly links: number;
  readonly missing: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** How much the memory of the site's processes grew while it was sent, without the mapped database. */
  readonly grownMb: number;
  readonly peakMb: number;
}

const NEWLINE = 10;
const MB = 1_000_000;

/** Memory is read after so many pieces. */
const PIECES = 20;

/** Reads all links once. */
export async function exportAll({ port, pid }: Side, key: string, links: number): Promise<Export> {
  const before = readAnonymous(pid);
  const used = readCpuMicros(pid);
  const start = performance.now();
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/links.ndjson`, {
    headers: { authorization: `Bearer ${key}`, "accept-encoding": "identity" },
  });
  let [lines, pieces, peak] = [0, 0, before];
  for await (const bytes of answer.body ?? []) {
    for (const byte of bytes) if (byte === NEWLINE) lines++;
    if (pieces++ % PIECES === 0) peak = Math.max(peak, readAnonymous(pid));
  }
  return {
    links,
    missing: Math.abs(links - lines),
    seconds: (performance.now() - start) / 1000,
    cpuSeconds: (readCpuMicros(pid) - used) / 1_000_000,
    grownMb: (peak - before) / MB,
    peakMb: peak / MB,
  };
}

export function tableOfExports(exports: readonly Export[]): Table {
  const head = ["", "seconds", "CPU seconds", "memory grew MB", "peak MB"];
  const rows = exports.map(({ links, seconds, cpuSeconds, grownMb, peakMb }) => [
    `${links.toLocaleString("en-US")} links`,
    ...[seconds, cpuSeconds, grownMb, peakMb].map(formatNumber),
  ]);
  return { title: "All links as NDJSON", rows: [head, ...rows] };
}
