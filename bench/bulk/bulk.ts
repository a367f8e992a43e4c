import { join } from "node:path";
import type { Bench, BenchContext, Finding } from "../bench.ts";
import { type CreatesResult, runCreates } from "../load/creates.ts";
import { signIn } from "../load/sign-in.ts";
import { MADE_PREFIX } from "../redirect/counted.ts";
import { takeCopy } from "../seed/keep-seed.ts";
import { seedLinks } from "../seed/links.ts";
import { ADMIN_PASSWORD, startOurs } from "../sides/ours.ts";
import { formatNumber } from "../table.ts";

const CREATES_PER_SECOND = 20;
const MOST_MS = 100;

export const bulkBench: Bench = {
  doc: "Creating links while all links of a site are changed.",
  tools: [],
  run: measure,
};

/** In this order: what is deleted comes last. */
const changes = [
  { action: "add_tags", tags: ["bench"] },
  { action: "expire", expires_at: "90d" },
  { action: "disable" },
  { action: "delete" },
] as const;

type NewChange = (typeof changes)[number];

/** What creates took while a change was made. */
interface Beside {
  readonly name: string;
  readonly creates: CreatesResult;
  /** Links that were changed meanwhile; null where none was to be. */
  readonly changed: number | null;
}

async function measure({ options, folder }: BenchContext): Promise<Finding> {
  const { program, workers, seconds, quick } = options;
  const count = options.links[0] ?? (quick ? 2000 : 100_000);
  const dataFolder = join(folder, "data");
  takeCopy(await seedLinks(count), dataFolder);
  await using ours = await startOurs({ program, dataFolder, folder, workers });
  const { port } = ours;
  const cookie = await signIn(port, ADMIN_PASSWORD);
  const create = (prefix: string) =>
    runCreates({
      ...{ port, by: { cookie }, prefix: `${MADE_PREFIX}${prefix}`, seconds },
      ...{ mode: { perSecond: CREATES_PER_SECOND }, listsPerSecond: 0 },
    });
  const rows: Beside[] = [{ name: "nothing", creates: await create("quiet"), changed: null }];
  for (const change of changes) {
    const ended = await startChange(port, cookie, change);
    const creates = await create(change.action);
    rows.push({ name: change.action, creates, changed: await ended() });
  }
  await ours.stop();
  return {
    setup: `${CREATES_PER_SECOND} creates a second through the form for ${seconds} s, beside each change of ${count} links.`,
    tables: [tableOf(rows, seconds)],
    notes: [],
    goals: rows.slice(1).map(({ name, creates }) => ({
      name: `p99 of creates beside ${name}`,
      value: creates.p99Ms,
      most: MOST_MS,
      unit: " ms",
    })),
    figures: { rows },
  };
}

/** Starts a change of all links; the result ends it, and returns how many links it had changed by then. */
async function startChange(
  port: number,
  cookie: string,
  change: NewChange,
): Promise<() => Promise<number>> {
  const ask = async (path: string, init: RequestInit) => {
    const headers = { cookie, "content-type": "application/json" };
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/changes${path}`, {
      headers,
      ...init,
    });
    if (!answer.ok) throw new Error(`A change returned ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as { id: number; state: string; changed: number };
  };
  const body = JSON.stringify({ ...change, filter: {} });
  const { id } = await ask("", { method: "POST", body });
  return async () => {
    const { changed } = await ask(`/${id}`, { method: "GET" });
    await ask(`/${id}`, { method: "DELETE" });
    while ((await ask(`/${id}`, { method: "GET" })).state === "running") await Bun.sleep(50);
    return changed;
  };
}

function tableOf(rows: readonly Beside[], seconds: number) {
  const head = ["beside", "p50 ms", "p99 ms", "creates", "refused", "links changed/s"];
  const lines = rows.map(({ name, creates, changed }) => [
    name,
    formatNumber(creates.p50Ms),
    formatNumber(creates.p99Ms),
    String(creates.acknowledged),
    String(creates.refused),
    changed === null ? "" : formatNumber(changed / seconds),
  ]);
  return { title: "Creates beside a change of many links", rows: [head, ...lines] };
}
