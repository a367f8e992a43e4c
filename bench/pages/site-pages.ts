import { join } from "node:path";
import type { Bench, BenchContext, Finding } from "../bench.ts";
import { signIn } from "../load/sign-in.ts";
import { runWrk } from "../load/wrk.ts";
import { readCpuMicros, settle } from "../machine/cpu.ts";
import { makeMarkdown, seedDocuments } from "../seed/files.ts";
import { takeCopy } from "../seed/keep-seed.ts";
import { linkAt, seedLinks } from "../seed/links.ts";
import { ADMIN_PASSWORD, startOurs } from "../sides/ours.ts";
import type { Side } from "../sides/side.ts";
import { type Spread, spreadOf } from "../stats.ts";
import { formatNumber, formatSpread, type Goal, goalOfNone, type Table } from "../table.ts";

export const sitePagesBench: Bench = {
  doc: "The pages of the site with 100,000 links: CPU, HTML and compressed bytes of each.",
  tools: ["wrk"],
  run: measure,
};

const LINKS = 100_000;
const DOCUMENT_BYTES = 10_240;

/** What a browser of today accepts. */
const BROWSER = "gzip, deflate, br, zstd";

/** Most that a page may cost, in milliseconds of CPU; DESIGN, section 8. */
const MOST_MS = { list: 1, other: 0.8 } as const;
const MOST_LIST_BYTES = { identity: 30_000, compressed: 4500 } as const;

interface SitePage {
  readonly name: string;
  readonly path: string;
  readonly isVisitors?: boolean;
}

interface Measured extends SitePage {
  readonly html: number;
  /** Compressed for a browser, and for a client that takes gzip only. */
  readonly compressed: number;
  readonly gzip: number;
  readonly failed: number;
  readonly cpuMs: Spread;
}

async function measure({ options, folder }: BenchContext): Promise<Finding> {
  const { program, workers, seconds, rounds, quick } = options;
  const count = options.links[0] ?? (quick ? 1000 : LINKS);
  const dataFolder = join(folder, "data");
  takeCopy(await seedLinks(count), dataFolder);
  const [document] = await seedDocuments(dataFolder, [makeMarkdown(DOCUMENT_BYTES)]);
  await using ours = await startOurs({ program, dataFolder, folder, workers });
  const cookie = await signIn(ours.port, ADMIN_PASSWORD);
  const pages = sitePages(linkAt(0).shortCode, document?.shortCode ?? "");
  const measured = await measureAll({ side: ours, cookie, folder }, pages, { seconds, rounds });
  return {
    setup: `${count.toLocaleString("en-US")} links of the administrator, who is signed in; ${rounds} rounds of ${seconds} s, wrk with 64 connections that accept ${BROWSER}.`,
    tables: [tableOf(measured)],
    notes: [],
    goals: goalsOf(measured),
    figures: measured,
  };
}

const sitePages = (shortCode: string, document: string): SitePage[] => [
  { name: "list", path: "/links" },
  { name: "home", path: "/" },
  { name: "link", path: `/-/links/${shortCode}` },
  { name: "add", path: "/add" },
  { name: "settings", path: "/settings" },
  { name: "sign-in", path: "/auth/login", isVisitors: true },
  { name: "document", path: `/${document}`, isVisitors: true },
];

interface Target {
  readonly side: Side;
  readonly cookie: string;
  readonly folder: string;
}

/** In turn, round after round, so that other load on the machine affects all of them. */
async function measureAll(
  target: Target,
  pages: readonly SitePage[],
  { seconds, rounds }: { readonly seconds: number; readonly rounds: number },
): Promise<Measured[]> {
  const costs = new Map(pages.map(({ name }) => [name, [] as number[]]));
  const failures = new Map<string, number>();
  for (let round = -1; round < rounds; round++) {
    for (const page of pages) {
      const { cpuMs, failed } = await loadPage(target, page, seconds);
      failures.set(page.name, (failures.get(page.name) ?? 0) + failed);
      // The first round is a warm-up.
      if (round >= 0) costs.get(page.name)?.push(cpuMs);
    }
  }
  return await Promise.all(
    pages.map(async (page) => ({
      ...page,
      html: await bytesOf(target, page, "identity"),
      compressed: await bytesOf(target, page, BROWSER),
      gzip: await bytesOf(target, page, "gzip"),
      failed: failures.get(page.name) ?? 0,
      cpuMs: spreadOf(costs.get(page.name) ?? []),
    })),
  );
}

async function loadPage({ side, cookie, folder }: Target, page: SitePage, seconds: number) {
  const requestsFile = join(folder, `${page.name}.requests`);
  const headers = Object.entries(headersOf(page, cookie, BROWSER));
  const lines = [
    `GET ${page.path} HTTP/1.1`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  await Bun.write(requestsFile, `${lines.join("\r\n")}\r\n\r\n`);
  const before = readCpuMicros(side.pid);
  const { requests, failed } = await runWrk({ port: side.port, requestsFile, seconds });
  await settle(side.pid);
  return { cpuMs: (readCpuMicros(side.pid) - before) / 1000 / requests, failed };
}

function headersOf({ isVisitors }: SitePage, cookie: string, encoding: string) {
  return {
    Host: "go.example",
    Accept: "text/html",
    "Accept-Encoding": encoding,
    ...(!isVisitors && { Cookie: cookie }),
  };
}

async function bytesOf({ side, cookie }: Target, page: SitePage, encoding: string) {
  const answer = await fetch(`http://127.0.0.1:${side.port}${page.path}`, {
    headers: headersOf(page, cookie, encoding),
    decompress: false,
  });
  return (await answer.bytes()).length;
}

function tableOf(measured: readonly Measured[]): Table {
  const head = ["", "CPU ms/page", "HTML bytes", "compressed", "by gzip"];
  const rows = measured.map(({ name, cpuMs, html, compressed, gzip }) => [
    name,
    formatSpread(cpuMs),
    ...[html, compressed, gzip].map(formatNumber),
  ]);
  return { title: "Pages of the site; medians (least-most)", rows: [head, ...rows] };
}

function goalsOf(measured: readonly Measured[]): Goal[] {
  const list = measured.find(({ name }) => name === "list");
  return [
    ...measured.map(({ name, cpuMs }) => ({
      name: `CPU of ${name}`,
      value: cpuMs.median,
      most: name === "list" ? MOST_MS.list : MOST_MS.other,
      unit: " ms",
    })),
    { name: "HTML of list", value: list?.html ?? NaN, most: MOST_LIST_BYTES.identity, unit: "" },
    {
      name: "list compressed",
      value: list?.compressed ?? NaN,
      most: MOST_LIST_BYTES.compressed,
      unit: "",
    },
    goalOfNone(
      "failed requests",
      measured.reduce((sum, { failed }) => sum + failed, 0),
    ),
  ];
}
