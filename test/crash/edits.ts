import { addLink, type Site, signIn, startSite } from "../server/site.ts";
import { getOnce } from "./get-once.ts";

/** Each client edits its own link, and reads the links of all. */
const CLIENTS = 8;
const EDITS = 0.25;
const CODES = Array.from({ length: CLIENTS }, (_, at) => `code${at}`);
const TARGET = "https://example.com/#";

export interface EditFindings {
  readonly edits: number;
  readonly reads: number;
  readonly faults: readonly string[];
}

/** Edits and reads links on four workers in parallel; a read older than an edit acknowledged before it is a fault. */
export async function editAndRead(dataFolder: string, actions: number): Promise<EditFindings> {
  const site = await startSite({ dataFolder, workers: 4 });
  const race = new Race(site, await signIn(site.origin), actions);
  const findings = await race.run();
  await site.stop();
  return findings;
}

class Race {
  readonly #site: Site;
  readonly #cookie: string;
  #left: number;
  /** The number in each link's last acknowledged edit. */
  readonly #acknowledged = new Map<string, number>();
  #edits = 0;
  #reads = 0;
  readonly #faults: string[] = [];

  constructor(site: Site, cookie: string, actions: number) {
    this.#site = site;
    this.#cookie = cookie;
    this.#left = actions;
  }

  async run(): Promise<EditFindings> {
    for (const code of CODES) {
      await addLink(this.#site.origin, this.#cookie, code, `${TARGET}0`);
      this.#acknowledged.set(code, 0);
    }
    await Promise.all(CODES.map((code) => this.#act(code)));
    return { edits: this.#edits, reads: this.#reads, faults: this.#faults };
  }

  async #act(own: string): Promise<void> {
    while (this.#left-- > 0) {
      if (Math.random() < EDITS) await this.#edit(own);
      else await this.#read(CODES[Math.floor(Math.random() * CLIENTS)] ?? own);
    }
  }

  async #edit(code: string): Promise<void> {
    const number = (this.#acknowledged.get(code) ?? 0) + 1;
    const response = await fetch(`${this.#site.origin}/edit_link/${code}`, {
      method: "POST",
      body: new URLSearchParams({ url: `${TARGET}${number}` }),
      headers: { cookie: this.#cookie, accept: "application/json", connection: "close" },
    });
    if (response.ok) this.#acknowledged.set(code, number);
    else this.#faults.push(`Editing ${code} returned ${response.status}.`);
    this.#edits++;
  }

  async #read(code: string): Promise<void> {
    const least = this.#acknowledged.get(code) ?? 0;
    const answer = await getOnce(this.#site.origin, `/${code}`);
    const number = typeof answer === "string" ? -1 : Number(answer.location.slice(TARGET.length));
    if (!(number >= least))
      this.#faults.push(
        `${code} returned ${JSON.stringify(answer)} after ${least} was acknowledged.`,
      );
    this.#reads++;
  }
}
