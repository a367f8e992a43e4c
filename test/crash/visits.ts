import { Database as Sqlite } from "bun:sqlite";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { addLink, isAlive, type Site, signIn, startSite } from "../server/site.ts";
import { until } from "../until.ts";
import { FIREFOX } from "../user-agents.ts";
import { type Answer, type Failure, getOnce } from "./get-once.ts";

const CODES = ["a", "b", "c", "d", "e"];
const CLIENTS = 6;

/** Browsers that open links, each a visitor; and how often one is seen that is counted for certain. */
const BROWSERS = Array.from(
  { length: 40 },
  (_, at) => `${FIREFOX.replace(/\d+\.0$/, "")}${100 + at}.0`,
);
const SURELY_SEEN = 20;

/** The error of the number of visitors. */
const ERROR = 0.02;

/** Time between two kills, in milliseconds. */
const [SHORTEST, LONGEST] = [50, 1200];

/** Every n-th time, all processes are killed together, and the site is started again. */
const ALL_EVERY = 9;

/** The requests of one link as clients saw them. */
interface LinkRequests {
  answered: number;
  /** Requests that were cut off before the response, counted or not. */
  unknown: number;
}

/** Requests, counted visits, and contradictions between them. */
export interface VisitFindings {
  readonly kills: number;
  readonly answered: number;
  readonly unknown: number;
  readonly counted: number;
  readonly faults: readonly string[];
}

/** A site under constant load whose processes are killed. */
class CrashTest {
  readonly asked = new Map(
    CODES.map((code): [string, LinkRequests] => [code, { answered: 0, unknown: 0 }]),
  );
  /** How often each browser had an answer. */
  readonly seen = new Map(BROWSERS.map((browser): [string, number] => [browser, 0]));
  readonly faults: string[] = [];
  readonly #dataFolder: string;
  #site: Site;
  #isOver = false;

  private constructor(dataFolder: string, site: Site) {
    this.#dataFolder = dataFolder;
    this.#site = site;
  }

  static async begin(dataFolder: string): Promise<CrashTest> {
    const site = await startSite({ dataFolder });
    const cookie = await signIn(site.origin);
    for (const code of CODES) await addLink(site.origin, cookie, code, "https://example.com/");
    return new CrashTest(dataFolder, site);
  }

  /** Opens links until `end` is called. */
  async ask(): Promise<void> {
    while (!this.#isOver) {
      const code = CODES[Math.floor(Math.random() * CODES.length)] ?? "";
      const browser = BROWSERS[Math.floor(Math.random() * BROWSERS.length)] ?? "";
      const answer = await getOnce(this.#site.origin, `/${code}`, browser);
      this.#note(code, answer);
      if (typeof answer === "object") this.seen.set(browser, (this.seen.get(browser) ?? 0) + 1);
      if (answer === "refused") await Bun.sleep(10);
    }
  }

  killOne(): void {
    const workers = this.#site.workers();
    const pid = workers[Math.floor(Math.random() * workers.length)];
    if (pid !== undefined) process.kill(pid, "SIGKILL");
  }

  async killAll(): Promise<void> {
    const pids = [this.#site.pid, ...this.#site.workers()];
    for (const pid of pids) process.kill(pid, "SIGKILL");
    await this.#site.exited;
    await until(() => !pids.some(isAlive), { what: "the end of all processes", seconds: 60 });
    this.#site = await startSite({ dataFolder: this.#dataFolder });
  }

  end(): void {
    this.#isOver = true;
  }

  stop(): Promise<number> {
    return this.#site.stop();
  }

  #note(code: string, answer: Answer | Failure): void {
    const asked = this.asked.get(code);
    if (asked === undefined || answer === "refused") return;
    if (answer === "cut") asked.unknown++;
    else if (answer.status === 302) asked.answered++;
    else this.faults.push(`${code} returned ${answer.status}.`);
  }
}

/** Kills worker processes, and sometimes all processes, while links are opened; then compares the counts. */
export async function killWorkers(
  dataFolder: string,
  kills: number,
  onKill: (kill: number) => void = () => {},
): Promise<VisitFindings> {
  const crashTest = await CrashTest.begin(dataFolder);
  const clients = Array.from({ length: CLIENTS }, () => crashTest.ask());
  for (let kill = 1; kill <= kills; kill++) {
    await Bun.sleep(SHORTEST + Math.random() * (LONGEST - SHORTEST));
    if (kill % ALL_EVERY === 0) await crashTest.killAll();
    else crashTest.killOne();
    onKill(kill);
  }
  crashTest.end();
  await Promise.all(clients);
  const code = await crashTest.stop();
  const faults = code === 0 ? [] : [`The site exited with ${code}.`];
  return compareCounts(dataFolder, kills, crashTest, [...crashTest.faults, ...faults]);
}

interface Row {
  readonly code: string;
  readonly total: number;
  readonly quarters: number;
  readonly single: number;
  readonly browsers: number;
  readonly devices: number;
  readonly visitors: number;
}

const COUNTS = `select short_code code,
    coalesce((select visits from link_total where link_id = link.id), 0) total,
    coalesce((select sum(visits) from link_quarter where link_id = link.id), 0) quarters,
    coalesce(single.visits, 0) single,
    coalesce((select sum(visits) from link_day where link_id = link.id and dimension = 2), 0) browsers,
    coalesce((select sum(visits) from link_day where link_id = link.id and dimension = 4), 0) devices,
    coalesce((select max(visitors) from link_unique where link_id = link.id), 0) visitors
  from link left join (select link_id, count(*) visits from visit group by link_id) single
    on single.link_id = link.id`;

function compareCounts(
  dataFolder: string,
  kills: number,
  { asked, seen }: CrashTest,
  faults: readonly string[],
): VisitFindings {
  using database = new Sqlite(join(dataFolder, "trunk8.db"), { readonly: true });
  const rows = database.query<Row, []>(COUNTS).all();
  const journals = database.query("select name from visit_journal").all();
  const files = readdirSync(join(dataFolder, "run/visits"));
  const left = [...journals.map((row) => JSON.stringify(row)), ...files];
  return {
    kills,
    answered: sum([...asked.values()].map(({ answered }) => answered)),
    unknown: sum([...asked.values()].map(({ unknown }) => unknown)),
    counted: sum(rows.map(({ total }) => total)),
    faults: [
      ...faults,
      ...rows.flatMap((row) => checkRow(row, asked.get(row.code))),
      ...checkSite(database, seen),
      ...left.map((name) => `${name} of the journals is left.`),
    ],
  };
}

function checkRow(row: Row, asked: LinkRequests | undefined): string[] {
  const { answered, unknown } = asked ?? { answered: 0, unknown: 0 };
  const isRight =
    row.total === row.quarters &&
    row.total === row.single &&
    row.total === row.browsers &&
    row.total === row.devices &&
    row.visitors <= mostOf(BROWSERS.length) &&
    row.total >= answered &&
    row.total <= answered + unknown;
  return isRight
    ? []
    : [`${JSON.stringify(row)}: expected ${answered} visits and at most ${unknown} more.`];
}

const SITE = `select
    (select sum(visits) from link_quarter) links,
    (select sum(visits) from owner_quarter where owner_id > 0) owners,
    (select sum(visits) from owner_quarter where owner_id = 0) site,
    (select sum(visits) from owner_day where owner_id = 0 and dimension = 2) browsers,
    (select max(visitors) from owner_unique where owner_id = 0) visitors`;

/**
 * Whether the sums of the owners and the site are those of the links, and the visitors those that were seen: one that was
 * seen a few times only is missing if its processes were killed each time before they knew who it was.
 */
function checkSite(database: Sqlite, seen: ReadonlyMap<string, number>): string[] {
  const row = database.query<Record<string, number>, []>(SITE).get() ?? {};
  const { links, visitors } = row;
  const isRight = [row.owners, row.site, row.browsers].every((count) => count === links);
  const certain = [...seen.values()].filter((times) => times >= SURELY_SEEN).length;
  const areThere =
    Number(visitors) >= certain * (1 - ERROR) && Number(visitors) <= mostOf(seen.size);
  return [
    ...(isRight ? [] : [`${JSON.stringify(row)}: the sums differ.`]),
    ...(areThere ? [] : [`${visitors} visitors: expected ${certain} to ${seen.size}.`]),
  ];
}

function mostOf(visitors: number): number {
  return Math.ceil(visitors * (1 + ERROR));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
