import type { Bench, BenchContext, Finding, Options } from "../bench.ts";
import { loadNames } from "../load/requests.ts";
import { CONNECTIONS } from "../load/wrk.ts";
import { noteWithoutNginx } from "../machine/child.ts";
import { startBare } from "../sides/bare.ts";
import { knowsWorkers } from "../sides/ours.ts";
import type { Side } from "../sides/side.ts";
import type { Spread } from "../stats.ts";
import { type Disturbance, measureDisturbance, measureFloor } from "./busy.ts";
import { compareSides, type Entrant, type SideResult, type Timing } from "./compare.ts";
import { countVisits, type Field, openField, startRival } from "./field.ts";
import { describeRedirects, type RedirectFigures } from "./redirect-report.ts";

const SIZES = [1000, 100_000, 1_000_000, 10_000_000];
const QUICK_SIZES = [1000, 5000];

/** With more links, nginx takes long to load the map, and much memory. */
const MOST_FOR_NGINX = 100_000;

export const redirectBench: Bench = {
  doc: "Opening 1,000 to 10 million links, compared with nginx and a bare Bun.serve; then while links are created.",
  tools: ["wrk"],
  run: measure,
};

/** All servers, until it goes out of scope. */
class Fields implements AsyncDisposable {
  readonly ours: Field[] = [];
  readonly nginx = new Map<number, Side>();
  readonly bare: Side;

  constructor(bare: Side) {
    this.bare = bare;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const sides = [...this.ours.map(({ side }) => side), ...this.nginx.values(), this.bare];
    await Promise.all(sides.map((side) => side.stop()));
  }
}

async function measure({ options, folder }: BenchContext): Promise<Finding> {
  const sizes = sizesOf(options);
  await using fields = new Fields(await startBare(folder));
  for (const count of sizes) fields.ours.push(await openOurs(options, folder, count));
  for (const count of noteWithoutNginx === null ? sizes : []) {
    if (count <= MOST_FOR_NGINX) fields.nginx.set(count, await startRival(folder, count));
  }
  const results = await compareAll(fields, options);
  const busy = await disturb(fields, options);
  const scaling = await measureScaling(fields, options, folder);
  const countings: RedirectFigures["countings"][number][] = [];
  for (const field of fields.ours) countings.push(await countVisits(field));
  const seeds = fields.ours.map(({ seed }) => seed);
  const figures: RedirectFigures = { results, scaling, ...busy, countings, seeds };
  const { rounds, seconds } = options;
  return {
    setup: `${CONNECTIONS} connections of wrk, ${rounds} rounds of ${seconds} s, all in turn; medians (least-most).`,
    ...describeRedirects(figures),
  };
}

function sizesOf({ links, quick }: Options): readonly number[] {
  if (links.length > 0) return links;
  return quick ? QUICK_SIZES : SIZES;
}

function openOurs({ program, workers }: Options, folder: string, count: number): Promise<Field> {
  return openField({ program, folder, count, workers, name: "trunk8" });
}

async function compareAll(fields: Fields, timing: Timing): Promise<SideResult[]> {
  const entrants: Entrant[] = loadNames.flatMap((load) =>
    fields.ours.flatMap(({ side, seed: { count }, files }) => {
      const rival = fields.nginx.get(count);
      const requestsFile = files[load];
      const ours = { side, load, links: count, requestsFile };
      return rival === undefined ? [ours] : [ours, { ...ours, side: rival }];
    }),
  );
  const [first] = fields.ours;
  if (first === undefined) return [];
  const bare = { side: fields.bare, load: "hot", links: 0, requestsFile: first.files.hot } as const;
  return await compare(fields.ours, [...entrants, bare], timing);
}

/** Compares, and records the number of visits of each of our servers. */
async function compare(
  ours: readonly Field[],
  entrants: readonly Entrant[],
  timing: Timing,
): Promise<SideResult[]> {
  const { results, answered, runs } = await compareSides(entrants, timing);
  for (const field of ours) {
    const loads = entrants.filter(({ side }) => side === field.side).length;
    field.answered += answered.get(field.side) ?? 0;
    field.underWay += loads * runs * CONNECTIONS;
  }
  return results;
}

interface Busy {
  readonly disturbances: readonly Disturbance[];
  /** p99 of nginx without other load, at a constant rate; null without nginx. */
  readonly floorP99Ms: Spread | null;
}

/** On the links that nginx has as well, if possible. */
async function disturb(fields: Fields, timing: Timing): Promise<Busy> {
  const field = fields.ours.findLast(({ seed }) => seed.count <= MOST_FOR_NGINX) ?? fields.ours[0];
  if (field === undefined) return { disturbances: [], floorP99Ms: null };
  const disturbances = await measureDisturbance(field.side, field.files.hot, timing);
  for (const { requests, failed, underWay } of disturbances) {
    field.answered += requests - failed;
    field.underWay += underWay;
  }
  const rival = fields.nginx.get(field.seed.count);
  const floorP99Ms = rival && (await measureFloor(rival, field.files.hot, timing));
  return { disturbances, floorP99Ms: floorP99Ms ?? null };
}

/** One worker and two, each with its own links; empty if the program has no workers. */
async function measureScaling(
  fields: Fields,
  { program, seconds, rounds }: Options,
  folder: string,
): Promise<SideResult[]> {
  if (!knowsWorkers(program)) return [];
  const count = Math.min(MOST_FOR_NGINX, fields.ours.at(-1)?.seed.count ?? MOST_FOR_NGINX);
  const open = (workers: string, name: string) =>
    openField({ program, folder, count, workers, name });
  const pair = [await open("1", "1 worker"), await open("2", "2 workers")];
  fields.ours.push(...pair);
  const entrants = pair.map(({ side, files }) => ({
    side,
    load: "hot" as const,
    links: count,
    requestsFile: files.hot,
  }));
  return await compare(pair, entrants, { seconds, rounds });
}
