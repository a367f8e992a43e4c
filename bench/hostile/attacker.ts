import type { Site } from "./site.ts";

/** How often to look at a restore in the background. */
const LOOK_MS = 500;

/** Counts how often each status was answered. */
type Answers = Record<string, number>;

/** An ordinary account that means ill. */
export class Attacker {
  readonly answers: Answers;
  readonly #site: Site;
  readonly #cookie: string;

  constructor(site: Site, name = "mallory", answers: Answers = {}) {
    this.#site = site;
    this.#cookie = site.cookies[name] ?? "";
    this.answers = answers;
  }

  /** Another account, whose answers are counted here too. */
  as(name: string): Attacker {
    return new Attacker(this.#site, name, this.answers);
  }

  count(answers: Readonly<Answers>): void {
    for (const [status, count] of Object.entries(answers))
      this.answers[status] = (this.answers[status] ?? 0) + count;
  }

  async get(path: string, { isStranger = false } = {}): Promise<void> {
    await this.#ask(path, { headers: isStranger ? {} : { cookie: this.#cookie } });
  }

  async post(path: string, body: FormData): Promise<void> {
    await this.#ask(path, { method: "POST", body, headers: this.#headers() });
  }

  /** Sends an archive; waits until its restore has ended, if it is one. */
  async send(zip: Uint8Array<ArrayBuffer>, { preview }: { preview: boolean }): Promise<void> {
    const body = new FormData();
    if (preview) body.append("preview", "1");
    body.append("backup_file", new File([zip], "backup.zip"));
    const answer = await this.#ask("/backup/restore", {
      method: "POST",
      body,
      headers: this.#headers(),
    });
    const location = answer?.status === 202 ? answer.headers.get("location") : null;
    if (location !== null && location !== undefined) await this.#follow(location);
  }

  async #follow(path: string): Promise<void> {
    for (;;) {
      await Bun.sleep(LOOK_MS);
      const answer = await fetch(this.#url(path), { headers: this.#headers() });
      const { state } = (await answer.json()) as { state: string };
      if (state === "running") continue;
      this.count({ [state]: 1 });
      return;
    }
  }

  async #ask(path: string, init: RequestInit): Promise<Response | null> {
    const sending = fetch(this.#url(path), { redirect: "manual", keepalive: false, ...init });
    const answer = await sending.catch(() => null);
    await answer?.arrayBuffer().catch(() => {});
    this.count({ [answer?.status ?? "closed"]: 1 });
    return answer;
  }

  #headers() {
    return { cookie: this.#cookie, accept: "application/json" };
  }

  #url(path: string): string {
    return `http://127.0.0.1:${this.#site.port}${path}`;
  }
}
