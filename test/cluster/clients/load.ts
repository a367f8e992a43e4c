import type { Cluster } from "../cluster.ts";
import { type Answer, ask } from "./ask.ts";
import { TrackedLink } from "./tracked-link.ts";

const LINKS = 150;

/** Milliseconds between two requests of one client: the load leaves room for what is tried. */
const PAUSE_MS = { read: 12, edit: 25, create: 60 };
const CLIENTS = { read: 4, direct: 2, edit: 4, create: 2 };

/** An answer older than this breaks the promise. */
export const BOUND_MS = 1000;

/** What clients saw since the last `reset`. */
export class Seen {
  reads = 0;
  readsFailed = 0;
  edits = 0;
  creates = 0;
  writesFailed = 0;
  /** Milliseconds of each answer that was old. */
  readonly ages: number[] = [];
  /** Why reads failed, with counts. */
  readonly failures = new Map<string, number>();
  readonly faults: string[] = [];
  slowestReadMs = 0;

  get oldestMs(): number {
    return Math.max(0, ...this.ages);
  }

  fail(why: string): void {
    this.failures.set(why, (this.failures.get(why) ?? 0) + 1);
  }
}

/** Opens, edits and creates links until it ends, and knows what was acknowledged. */
export class Load {
  readonly links: TrackedLink[] = [];
  readonly created = new Set<string>();
  seen = new Seen();
  readonly #cluster: Cluster;
  #clients: Promise<void>[] = [];
  #isPaused = false;
  #isOver = false;
  #serial = 0;
  #busy = 0;

  private constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  static async start(cluster: Cluster): Promise<Load> {
    const load = new Load(cluster);
    for (let at = 0; at < LINKS; at++) await load.#add(`link${at}`);
    load.#clients = [
      ...times(CLIENTS.read, () => load.#repeat(PAUSE_MS.read, () => load.#read())),
      ...cluster.nodes.flatMap((_, at) =>
        times(CLIENTS.direct, () => load.#repeat(PAUSE_MS.read, () => load.#readDirectly(at))),
      ),
      ...times(CLIENTS.edit, () => load.#repeat(PAUSE_MS.edit, () => load.#edit())),
      ...times(CLIENTS.create, () => load.#repeat(PAUSE_MS.create, () => load.#create())),
    ];
    return load;
  }

  reset(): void {
    this.seen = new Seen();
  }

  resume(): void {
    this.#isPaused = false;
  }

  /** Waits until every request is answered. */
  async pause(): Promise<void> {
    this.#isPaused = true;
    while (this.#busy > 0) await Bun.sleep(10);
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#clients);
  }

  async #add(code: string): Promise<void> {
    const { port } = this.#cluster.balancer;
    const form = { link_type: "redirect", short_code: code, url: TrackedLink.targetOf(0) };
    const answer = await ask(port, "/add", { cookie: this.#cluster.cookie, form });
    if (answer.status !== 201) throw new Error(`${code}: ${answer.status} ${answer.text}`);
    const link = new TrackedLink(code);
    link.acknowledge(0, answer.answeredAt);
    this.links.push(link);
  }

  async #repeat(pauseMs: number, act: () => Promise<void>): Promise<void> {
    while (!this.#isOver) {
      if (!this.#isPaused) {
        this.#busy++;
        await act().finally(() => {
          this.#busy--;
        });
      }
      await Bun.sleep(pauseMs * (0.5 + Math.random()));
    }
  }

  /** A visitor: behind the balancer, every opening should succeed. */
  async #read(): Promise<void> {
    const link = this.#anyLink();
    const answer = await ask(this.#cluster.balancer.port, `/${link.code}`);
    this.seen.slowestReadMs = Math.max(this.seen.slowestReadMs, answer.answeredAt - answer.askedAt);
    this.#judge(link, answer);
    if (answer.status !== 302) {
      this.seen.readsFailed++;
      this.seen.fail(`${answer.status}${answer.isRefused ? " refused" : ""}`);
    }
  }

  /** At one node: only what it answers counts, whether it answers or not. */
  async #readDirectly(at: number): Promise<void> {
    const link = this.#anyLink();
    this.#judge(link, await ask(this.#cluster.node(at).port, `/${link.code}`));
  }

  #judge(link: TrackedLink, { status, location, askedAt, isRefused }: Answer): void {
    this.seen.reads++;
    if (status !== 302) {
      if (!isRefused) link.unknown++;
      if (status === 404 || status === 410) this.seen.faults.push(`${link.code}: ${status}`);
      return;
    }
    link.answered++;
    const version = TrackedLink.versionOf(location);
    if (!(version <= link.newest)) this.seen.faults.push(`${link.code} leads to ${location}`);
    const age = link.ageOf(version, askedAt);
    if (age > 0) this.seen.ages.push(age);
    if (age > BOUND_MS) this.seen.faults.push(`${link.code} was ${Math.round(age)} ms old`);
  }

  async #edit(): Promise<void> {
    const link = this.#anyLink();
    if (link.isBusy || link.isInDoubt) return;
    link.isBusy = true;
    const version = link.next();
    const form = { url: TrackedLink.targetOf(version) };
    const { status, text, answeredAt } = await this.#post(`/edit_link/${link.code}`, form);
    link.isBusy = false;
    if (status === 200) {
      link.acknowledge(version, answeredAt);
      this.seen.edits++;
    } else this.#failWrite(status, text, () => (link.isInDoubt = true));
  }

  async #create(): Promise<void> {
    const code = `new${this.#serial++}`;
    const form = { link_type: "redirect", short_code: code, url: TrackedLink.targetOf(0) };
    const { status, text, answeredAt } = await this.#post("/add", form);
    if (status !== 201) return this.#failWrite(status, text, () => {});
    this.created.add(code);
    this.seen.creates++;
    const answer = await ask(this.#cluster.balancer.port, `/${code}`);
    if (answer.status !== 404) return;
    this.seen.ages.push(answer.askedAt - answeredAt);
  }

  #post(path: string, form: Readonly<Record<string, string>>): Promise<Answer> {
    return ask(this.#cluster.balancer.port, path, { cookie: this.#cluster.cookie, form });
  }

  #failWrite(status: number, text: string, doubt: () => void): void {
    this.seen.writesFailed++;
    this.seen.fail(`write ${status}`);
    doubt();
    if (status >= 400 && status < 500) this.seen.faults.push(`A write: ${status} ${text}`);
  }

  #anyLink(): TrackedLink {
    const link = this.links[Math.floor(Math.random() * this.links.length)];
    if (link === undefined) throw new Error("There are no links.");
    return link;
  }
}

function times<Value>(count: number, make: () => Value): Value[] {
  return Array.from({ length: count }, make);
}
