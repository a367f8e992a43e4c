import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toolPath } from "../deploy/tools.ts";
import { type Answer, ask } from "./clients/ask.ts";
import { TrackedLink } from "./clients/tracked-link.ts";
import type { Cluster } from "./cluster.ts";
import { ADMIN_PASSWORD, ClusterNode } from "./machines/cluster-node.ts";
import { childrenOf } from "./machines/postgres-machine.ts";

const ACTIONS = 20_000;
const EDITS = 0.25;
const CLIENTS = 16;
const CREATES = 1500;
const OPENINGS_SECONDS = 4;

/** Clock ticks of /proc in a second. */
const TICKS = 100;

/** Figures of a cluster that is well, a line each. */
export async function* measure(cluster: Cluster): AsyncGenerator<string> {
  yield await measureAges(cluster);
  for (const nodes of [1, 3]) yield await measureCreates(cluster, nodes);
  const postgres = await measureOpenings(cluster.node(0), cluster.cookie);
  const folder = mkdtempSync(join(tmpdir(), "trunk8-sqlite-"));
  await using sqlite = new ClusterNode({ name: "sqlite", folder, databaseUrl: "", listenUrl: "" });
  await sqlite.start();
  const other = await measureOpenings(sqlite, await sqlite.signIn({ password: ADMIN_PASSWORD }));
  rmSync(folder, { recursive: true });
  yield `redirects of one node: PostgreSQL ${postgres}; SQLite ${other}`;
}

/** Every client edits links of its own and reads those of all, behind the balancer. */
async function measureAges({ balancer, cookie }: Cluster): Promise<string> {
  const links = Array.from({ length: CLIENTS }, (_, at) => new TrackedLink(`age${at}`));
  for (const link of links) {
    const form = { link_type: "redirect", short_code: link.code, url: TrackedLink.targetOf(0) };
    link.acknowledge(0, (await ask(balancer.port, "/add", { cookie, form })).answeredAt);
  }
  const ages: number[] = [];
  let [left, edits, failed] = [ACTIONS, 0, 0];
  const act = async (own: TrackedLink) => {
    while (left-- > 0) {
      if (Math.random() < EDITS) {
        const version = own.next();
        const form = { url: TrackedLink.targetOf(version) };
        const answer = await ask(balancer.port, `/edit_link/${own.code}`, { cookie, form });
        if (answer.status === 200) own.acknowledge(version, answer.answeredAt);
        else failed++;
        edits++;
      } else {
        const link = links[Math.floor(Math.random() * links.length)] ?? own;
        const { status, location, askedAt } = await ask(balancer.port, `/${link.code}`);
        if (status === 302) ages.push(link.ageOf(TrackedLink.versionOf(location), askedAt));
        else failed++;
      }
    }
  };
  await Promise.all(links.map(act));
  const old = ages.filter((age) => age > 0);
  const rows = [0.5, 0.99, 1].map((share) => `${percentile(old, share).toFixed(1)} ms`);
  return `${edits} edits and ${ages.length} reads over three nodes, ${failed} failed; ${old.length} reads old, at the median ${rows[0]}, p99 ${rows[1]}, at most ${rows[2]}; of all reads, p99 ${percentile(ages, 0.99).toFixed(1)} ms`;
}

async function measureCreates(cluster: Cluster, nodes: number): Promise<string> {
  const took: number[] = [];
  let serial = 0;
  const from = performance.now();
  const client = async () => {
    while (serial < CREATES) {
      const { port } = cluster.node(serial % nodes);
      const form = {
        link_type: "redirect",
        short_code: `made${nodes}-${serial++}`,
        url: "https://example.com/",
      };
      const answer = await ask(port, "/add", { cookie: cluster.cookie, form });
      took.push(tookMs(answer));
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  const seconds = (performance.now() - from) / 1000;
  return `creates over ${nodes} node${nodes === 1 ? "" : "s"}: ${Math.round(took.length / seconds)}/s, p50 ${percentile(took, 0.5).toFixed(0)} ms, p99 ${percentile(took, 0.99).toFixed(0)} ms`;
}

/** CPU time of a node's process for each redirect, since the machine is busy with others. */
async function measureOpenings(node: ClusterNode, cookie: string): Promise<string> {
  const form = { link_type: "redirect", short_code: "hot", url: "https://example.com/" };
  await ask(node.port, "/add", { cookie, form });
  await ask(node.port, "/hot");
  const before = cpuSeconds(node.pid);
  const words = ["-t1", "-c16", `-d${OPENINGS_SECONDS}s`, "-H", "Host: x.example"];
  const wrk = Bun.spawn([toolPath("wrk"), ...words, `http://127.0.0.1:${node.port}/hot`], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const count = Number(/(\d+) requests in/.exec(await wrk.stdout.text())?.[1]);
  const micros = ((cpuSeconds(node.pid) - before) / count) * 1e6;
  return `${micros.toFixed(1)} us of CPU each (${Math.round(count / OPENINGS_SECONDS)}/s)`;
}

/** Of a process and its workers. */
function cpuSeconds(pid: number): number {
  return [pid, ...childrenOf(pid)].reduce((total, each) => total + ownCpuSeconds(each), 0);
}

function ownCpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

function tookMs({ askedAt, answeredAt }: Answer): number {
  return answeredAt - askedAt;
}

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
