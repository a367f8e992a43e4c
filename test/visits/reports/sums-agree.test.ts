/** Random visits with prunings, restarts, crashes and moves between databases: their sums agree everywhere. */
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { cpSync } from "node:fs";
import { href, withQuery } from "../../../src/http/urls.ts";
import { operator } from "../../../src/policy.ts";
import { parseReportQuery } from "../../../src/visits/reports/report-query.ts";
import { linkSubject, ownerSubject, tagSubject } from "../../../src/visits/reports/subjects.ts";
import { move, openSides } from "../../database/move/moved-site.ts";
import { countInThisRun } from "../../nightly/nightly.ts";
import { openPostgres, postgresIsAvailable } from "../../postgres.ts";
import { newLink } from "../../share.ts";
import { makeFolder, openSite, removeFolder, type Site } from "../../upgrade/site.ts";
import { FIREFOX } from "../../user-agents.ts";
import { form, PASSWORD, START } from "../../world.ts";

setDefaultTimeout(900_000);

const HOUR = 3_600_000;
const WHOLE_STEPS = 1000;

/** A step of a run: what visits there were stays as it is. */
const steps = ["visit", "visit", "visit", "visit", "prune", "restart", "crash", "move"] as const;

const codes = ["one", "two", "three"] as const;
type Code = (typeof codes)[number];

const agents = [
  { agent: FIREFOX, isPerson: true },
  { agent: "Googlebot/2.1 (+http://www.google.com/bot.html)", isPerson: false },
  { agent: "facebookexternalhit/1.1", isPerson: false },
] as const;

interface Sums {
  people: number;
  machines: number;
}

/** Numbers that a seed always gives alike (mulberry32). */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}

/** A site over one data folder after the other, and what should be counted there. */
class Run {
  readonly #roll: (sides: number) => number;
  readonly #sums = Object.fromEntries(
    codes.map((code) => [code, { people: 0, machines: 0 }]),
  ) as Record<Code, Sums>;
  /** People and machines since the process began. */
  #opened: Sums = { people: 0, machines: 0 };
  #folder = makeFolder();
  #url = "";
  #now = START;
  #site!: Site;
  readonly #folders: string[] = [];
  readonly #drops: (() => Promise<void>)[] = [];

  constructor(seed: number) {
    this.#roll = dice(seed);
  }

  async begin(): Promise<void> {
    await this.#open();
    const { app } = this.#site;
    const owners = [];
    for (const username of ["alice", "bob"])
      owners.push(await app.accounts.users.create(operator, { username, password: PASSWORD }));
    for (const [at, shortCode] of codes.entries()) {
      const link = newLink({ shortCode, target: "https://example.org/", tags: ["All"] });
      await app.links.create(operator, { ownerId: owners[at % 2]?.id ?? 0 }, link);
    }
  }

  /** Makes one step, and checks all sums. */
  async step(): Promise<void> {
    const step = steps[this.#roll(steps.length)] ?? "visit";
    switch (step) {
      case "visit":
        await this.#visit();
        break;
      case "prune":
        await this.#site.app.visits.flush();
        await this.#site.app.visits.prune(this.#roll(3), 10_000);
        break;
      case "restart":
        await this.#site.close();
        await this.#open();
        break;
      case "crash":
        await this.#crash();
        break;
      case "move":
        await this.#move();
    }
    await this.#check();
  }

  async end(): Promise<void> {
    await this.#site.close();
    for (const drop of this.#drops) await drop();
    for (const folder of [this.#folder, ...this.#folders]) removeFolder(folder);
  }

  async #open(): Promise<void> {
    this.#opened = { people: 0, machines: 0 };
    this.#site = await openSite({
      dataFolder: this.#folder,
      databaseUrl: this.#url,
      now: this.#now,
      env: { TRUNK8_VISITS_EXCLUDED_NETWORKS: "" },
    });
  }

  async #visit(): Promise<void> {
    for (let count = this.#roll(6) + 1; count > 0; count--) {
      this.#now += this.#roll(3) * this.#roll(20) * HOUR;
      this.#site.clock.set(this.#now);
      const code = codes[this.#roll(codes.length)] ?? "one";
      const { agent, isPerson } = agents[this.#roll(4) % agents.length] ?? agents[0];
      const headers = { "user-agent": agent, referer: `https://r${this.#roll(5)}.example/` };
      const path = withQuery(href("open", { shortCode: code }), { utm_source: `${this.#roll(4)}` });
      expect((await this.#site.request(path, { headers })).status).toBe(302);
      const of = isPerson ? "people" : "machines";
      this.#sums[code][of]++;
      this.#opened[of]++;
    }
  }

  /** What the disk has at a moment is opened again, as after kill -9; the process that went on is forgotten. */
  async #crash(): Promise<void> {
    if (this.#url !== "") return;
    const before = this.#folder;
    const after = makeFolder();
    cpSync(before, after, { recursive: true, filter: (path) => !path.endsWith(".sock") });
    await this.#site.close();
    this.#folders.push(before);
    this.#folder = after;
    await this.#open();
  }

  async #move(): Promise<void> {
    if (!postgresIsAvailable) return;
    await this.#site.close();
    let to = "";
    if (this.#url === "") {
      const database = await (await openPostgres()).freshDatabase();
      this.#drops.push(database.drop);
      to = database.url;
    }
    await move(await openSides(this.#folder, this.#url, to));
    this.#url = to;
    await this.#open();
  }

  async #check(): Promise<void> {
    const { app } = this.#site;
    await app.visits.flush();
    const all = sumOf(Object.values(this.#sums));
    expect(await this.#reported("site")).toEqual(all);
    expect(await this.#reported("tag")).toEqual(all);
    for (const code of codes) {
      expect(await this.#reported(code)).toEqual(this.#sums[code]);
      expect((await app.links.get(operator, code)).visits).toBe(this.#sums[code].people);
    }
    const { links } = await app.links.list(operator, { sort: "visits", limit: 10 });
    expect(links.reduce((sum, { visits }) => sum + visits, 0)).toBe(all.people);
    expect((await app.links.totals(operator)).visits).toBe(all.people);
    expect(await this.#downloaded()).toEqual(all);
    expect(this.#measured()).toEqual(this.#opened);
  }

  async #reported(of: Code | "site" | "tag"): Promise<Sums> {
    const { app } = this.#site;
    const subject =
      of === "site"
        ? ownerSubject(operator, undefined)
        : of === "tag"
          ? await tagSubject(app.database, operator, { name: "all" })
          : linkSubject(operator, await app.links.get(operator, of));
    const query = parseReportQuery({ range: "all" });
    const { bars, totals, tables } = await app.visits.reports.of(subject, query, { most: 100 });
    expect(sumOf(bars)).toEqual({ people: totals.people, machines: totals.machines });
    for (const { shares, unknown } of Object.values(tables))
      expect(shares.reduce((sum, { visits }) => sum + visits, unknown)).toBe(totals.people);
    return { people: totals.people, machines: totals.machines };
  }

  /** By the CSV file of the whole site. */
  async #downloaded(): Promise<Sums> {
    const fields = { username: "admin", password: PASSWORD };
    const cookie = (await this.#site.request("/auth/login", form(fields))).headers
      .getSetCookie()
      .map((one) => one.split(";")[0])
      .join("; ");
    const path = withQuery(href("stats"), { range: "all", table: "series", format: "csv" });
    const csv = await (await this.#site.request(path, { headers: { cookie } })).text();
    const [head = [], ...rows] = csv
      .trim()
      .split("\r\n")
      .map((line) => line.split(","));
    const column = (name: string) =>
      rows.reduce((sum, row) => sum + Number(row[head.indexOf(name)]), 0);
    return {
      people: column("people"),
      machines: column("bots") + column("previews") + column("prefetches"),
    };
  }

  #measured(): Sums {
    const series = new Map<string, number>();
    this.#site.app.metrics.addTo(series);
    const sums = { people: 0, machines: 0 };
    for (const [name, value] of series)
      if (name.startsWith("trunk8_link_accesses_total"))
        sums[name.includes('visitor="human"') ? "people" : "machines"] += value;
    return sums;
  }
}

function sumOf(all: readonly Sums[]): Sums {
  return {
    people: all.reduce((sum, { people }) => sum + people, 0),
    machines: all.reduce((sum, { machines }) => sum + machines, 0),
  };
}

const count = countInThisRun("sums", WHOLE_STEPS);
/** A run at night has another one each time; TRUNK8_TEST_SEED repeats one. */
const seed =
  Number(process.env.TRUNK8_TEST_SEED ?? 0) ||
  (count === WHOLE_STEPS ? (crypto.getRandomValues(new Uint32Array(1))[0] ?? 1) : 20);
const run = new Run(seed);
afterAll(() => run.end());

test(`sums agree after each of ${count} random steps (seed ${seed})`, async () => {
  await run.begin();
  for (let at = 0; at < count; at++) await run.step();
});
