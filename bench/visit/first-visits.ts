import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { movePaths, Nginx } from "../../test/deploy/nginx.ts";
import { readEnvironment, Site } from "../../test/deploy/site.ts";
import type { Bench, BenchContext, Finding } from "../bench.ts";
import { readCpuMicros, settle } from "../machine/cpu.ts";
import { takeCopy } from "../seed/keep-seed.ts";
import { linksUpTo, seedLinks } from "../seed/links.ts";
import { findFreePort } from "../sides/side.ts";
import { type Spread, spreadOf } from "../stats.ts";
import { formatNumber, formatSpread, type Goal, type Table } from "../table.ts";
import { type AbResult, runAb } from "./run-ab.ts";

const LINKS = 100_000;
const QUICK_LINKS = 1000;
const REQUESTS_A_SECOND = 700;
const MOST_BYTES = 500;

export const firstVisitsBench: Bench = {
  doc: "First visits: a new connection, TLS and one redirect, through deploy/nginx and by nginx alone.",
  tools: ["nginx", "ab", "openssl", "curl"],
  run: measure,
};

interface Entrant {
  readonly name: string;
  readonly port: number;
  readonly pids: readonly number[];
}

interface Round extends AbResult {
  readonly cpuMicros: number;
}

async function measure({ options, folder }: BenchContext): Promise<Finding> {
  const count = options.links[0] ?? (options.quick ? QUICK_LINKS : LINKS);
  await using ours = await startOurs(folder, count);
  await using alone = await startAlone(folder, count);
  const entrants = [ours.entrant, alone.entrant];
  const rounds = new Map(entrants.map(({ name }) => [name, [] as Round[]]));
  const path = `/${[...linksUpTo(1)][0]?.shortCode}`;
  for (let round = -1; round < options.rounds; round++) {
    for (const entrant of entrants) {
      const result = await visit(entrant, path, options.seconds * REQUESTS_A_SECOND);
      if (round >= 0) rounds.get(entrant.name)?.push(result);
    }
  }
  const bytes = await answerBytes(ours.entrant, path);
  return {
    setup: `16 clients of ab, each visit on a new connection with a full TLS 1.3 handshake; ${options.rounds} rounds in turn; medians (least-most).`,
    ...describe(rounds, bytes),
  };
}

/** CPU of nginx and of our processes together, the load generator apart. */
async function visit({ port, pids }: Entrant, path: string, requests: number): Promise<Round> {
  const cpu = () => pids.reduce((sum, pid) => sum + readCpuMicros(pid), 0);
  const before = cpu();
  const result = await runAb(`https://127.0.0.1:${port}${path}`, requests);
  for (const pid of pids) await settle(pid);
  return { ...result, cpuMicros: (cpu() - before) / result.requests };
}

interface Started extends AsyncDisposable {
  readonly entrant: Entrant;
}

const kit = (name: string) => Bun.file(join(import.meta.dir, "../../deploy", name)).text();

/** Our site as docs/production.md sets it up: two workers on unix sockets behind our nginx file. */
async function startOurs(folder: string, count: number): Promise<Started> {
  const home = join(folder, "ours");
  mkdirSync(join(home, "run"), { recursive: true });
  takeCopy(await seedLinks(count), join(home, "data"));
  const env = readEnvironment(movePaths(await kit("systemd/trunk8.env"), home));
  const site = new Site({ folder: home, env });
  await site.start();
  const { nginx, port } = await startNginx(home, movePaths(await kit("nginx/site.conf"), home));
  const stop = async () => {
    await nginx[Symbol.asyncDispose]();
    await site.stop();
  };
  const entrant = { name: "trunk8 behind nginx", port, pids: [nginx.pid, site.pid] };
  return { entrant, [Symbol.asyncDispose]: stop };
}

/** nginx with our main file and our settings of TLS, and the links in a map. */
async function startAlone(folder: string, count: number): Promise<Started> {
  const home = join(folder, "alone");
  mkdirSync(home, { recursive: true });
  const lines = Array.from(linksUpTo(count), (link) => `/${link.shortCode} "${link.target}";\n`);
  await Bun.write(join(home, "links.map"), lines.join(""));
  const site = `map $uri $target { include ${home}/links.map; }
server {
    listen 443 ssl http2;
    server_name x.example;
    ssl_certificate ${home}/certificates/fullchain.pem;
    ssl_certificate_key ${home}/certificates/privkey.pem;
    ssl_session_cache shared:SSL:10m;
    ssl_session_timeout 10m;
    ssl_session_tickets off;
    ssl_protocols TLSv1.2 TLSv1.3;
    location / { return 302 $target; }
}
`;
  const { nginx, port } = await startNginx(home, site, LARGE_MAP);
  const entrant = { name: "nginx alone", port, pids: [nginx.pid] };
  return { entrant, [Symbol.asyncDispose]: () => nginx[Symbol.asyncDispose]() };
}

/** Before the first map of our main file. */
const LARGE_MAP = "map_hash_max_size 524288; map_hash_bucket_size 256;";

interface StartedNginx {
  readonly nginx: Nginx;
  readonly port: number;
}

/** With a port of TLS for ab, which names no host, and with `directives` before all others of http. */
async function startNginx(home: string, site: string, directives = ""): Promise<StartedNginx> {
  const nginx = new Nginx(home);
  const port = findFreePort();
  const listening = site.replace("    listen 443 ssl", `    listen 127.0.0.1:${port} ssl;\n$&`);
  const main = (await kit("nginx/nginx.conf")).replace("http {", `http { ${directives}`);
  await nginx.prepare(main, listening);
  await nginx.check();
  await nginx.start();
  return { nginx, port };
}

/** Status line, headers and body of one answer over HTTP/1.1. */
async function answerBytes({ port }: Entrant, path: string): Promise<number> {
  const format = "%{size_header} %{size_download}";
  const address = `https://127.0.0.1:${port}${path}`;
  const child = Bun.spawn(["curl", "-sk", "--http1.1", "-o", "/dev/null", "-w", format, address]);
  const [headers = NaN, body = NaN] = (await child.stdout.text()).split(" ").map(Number);
  return headers + body;
}

function describe(rounds: ReadonlyMap<string, readonly Round[]>, bytes: number) {
  const spreads = [...rounds].map(([name, done]) => {
    const spread = (of: (round: Round) => number) => spreadOf(done.map(of));
    return {
      name,
      cpuMicros: spread((round) => round.cpuMicros),
      p50Ms: spread((round) => round.p50Ms),
      p99Ms: spread((round) => round.p99Ms),
      failed: done.reduce((sum, { failed }) => sum + failed, 0),
    };
  });
  const [ours, alone] = spreads;
  const failed = spreads.reduce((sum, one) => sum + one.failed, 0);
  const goals: Goal[] = [
    { name: "CPU of a first visit / nginx alone", value: ratio(ours, alone), most: 1.3, unit: "x" },
    { name: "bytes of the answer", value: bytes, most: MOST_BYTES, unit: "" },
    { name: "failed visits", value: failed, most: 0, unit: "" },
  ];
  const table: Table = {
    title: "First visits",
    rows: [
      ["", "CPU us", "p50 ms", "p99 ms", "failed"],
      ...spreads.map(({ name, cpuMicros, p50Ms, p99Ms, failed: count }) => [
        name,
        ...[cpuMicros, p50Ms, p99Ms].map(formatSpread),
        formatNumber(count),
      ]),
    ],
  };
  return { tables: [table], notes: [], goals, figures: { spreads, bytes } };
}

interface WithCpu {
  readonly cpuMicros: Spread;
}

function ratio(one: WithCpu | undefined, other: WithCpu | undefined): number {
  return (one?.cpuMicros.median ?? NaN) / (other?.cpuMicros.median ?? NaN);
}
