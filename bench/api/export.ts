import { readMemory, resetPeak } from "../machine/cpu.ts";
import type { Side } from "../sides/side.ts";
import { formatNumber, type Table } from "../table.ts";

/** All links of a site as NDJSON. */
export interface Export {
  readonly links: number;
  readonly missing: number;
  readonly seconds: number;
  /** How much the memory of the site's processes grew while it was sent. */
  readonly grownMb: number;
  readonly peakMb: number;
}

const NEWLINE = 10;
const MB = 1_000_000;

/** Reads all links once. */
export async function exportAll({ port, pid }: Side, key: string, links: number): Promise<Export> {
  const { rss } = readMemory(pid);
  resetPeak(pid);
  const start = performance.now();
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/links.ndjson`, {
    headers: { authorization: `Bearer ${key}`, "accept-encoding": "identity" },
  });
  let lines = 0;
  for await (const bytes of answer.body ?? [])
    for (const byte of bytes) if (byte === NEWLINE) lines++;
  const { peak } = readMemory(pid);
  return {
    links,
    missing: Math.abs(links - lines),
    seconds: (performance.now() - start) / 1000,
    grownMb: (peak - rss) / MB,
    peakMb: peak / MB,
  };
}

export function tableOfExports(exports: readonly Export[]): Table {
  const head = ["", "seconds", "memory grew MB", "peak MB"];
  const rows = exports.map(({ links, seconds, grownMb, peakMb }) => [
    `${links.toLocaleString("en-US")} links`,
    ...[seconds, grownMb, peakMb].map(formatNumber),
  ]);
  return { title: "All links as NDJSON", rows: [head, ...rows] };
}
