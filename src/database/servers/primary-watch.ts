import { codeOf } from "../../os/system-error.ts";
import { Problem } from "../../problem.ts";
import type { Logger } from "../../telemetry/log.ts";
import { text } from "../text.en.ts";
import { type Answer, askAll, bestOf } from "./find-primary.ts";
import { retryDelay } from "./retry-delay.ts";
import type { ServerLineage } from "./server-lineage.ts";
import { NoAnswer, PROBE_MS, ServerProbe } from "./server-probe.ts";

/** How often each server is asked which one it is, in milliseconds. */
const ASK_MS = 500;

const TOO_MANY_CONNECTIONS = "53300";

export interface WatchParts {
  /** One for each server. */
  readonly urls: readonly string[];
  readonly lineage: ServerLineage;
  readonly log: Logger;
  /** Called when open connections are to a server that must not be used, or does not answer. */
  readonly disconnectAll: () => void;
  /** Called after each look without a server, before connections are closed, and once when there is one again. */
  readonly note: (isAway: boolean) => void;
}

/**
 * Knows which of the servers is the primary: the writable one of the highest timeline. When there is another one, and
 * when none answers, connections are closed, so that what waits for them fails at once.
 */
export class PrimaryWatch {
  readonly #parts: WatchParts;
  readonly #probes: readonly ServerProbe[];
  #url: string;
  #isAway = false;
  #failures = 0;
  /** When a statement was last answered, by `performance.now()`. */
  #answeredAt = Number.NEGATIVE_INFINITY;
  #closed = false;
  #timer: Timer | null = null;

  constructor(parts: WatchParts) {
    this.#parts = parts;
    this.#probes = parts.urls.map((url) => new ServerProbe(url));
    this.#url = parts.urls[0] ?? "";
  }

  /** The URL of the primary; while there is none, of the last one. */
  get url(): string {
    return this.#url;
  }

  /** Whether no server can be used: then nothing waits for a connection. */
  get isAway(): boolean {
    return this.#isAway;
  }

  /** Called for each statement that is answered: what answers is not away, however busy it is. */
  noteAnswer(): void {
    this.#answeredAt = performance.now();
  }

  /** @throws Problem when no server can be used */
  async start(): Promise<void> {
    const fault = await this.#look();
    if (fault !== null) {
      this.close();
      throw fault;
    }
    this.#wait();
  }

  /** Looks at once where it waits to try again: another connection has been made. */
  async hurry(): Promise<void> {
    if (!this.#isAway || this.#timer === null) return;
    clearTimeout(this.#timer);
    await this.#lookAgain();
  }

  close(): void {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const probe of this.#probes) probe.close();
  }

  #wait(): void {
    if (this.#closed) return;
    const delay = this.#failures === 0 ? ASK_MS : retryDelay(this.#failures);
    this.#timer = setTimeout(() => this.#lookAgain(), delay);
    this.#timer.unref();
  }

  async #lookAgain(): Promise<void> {
    this.#timer = null;
    try {
      await this.#look();
    } catch (err) {
      this.#parts.log.error({ err }, "Looking for the primary failed, continuing");
    }
    this.#wait();
  }

  /** Returns why no server can be used; null if one can. */
  async #look(): Promise<unknown> {
    const { lineage } = this.#parts;
    const { usable, faults } = await askAll(this.#probes, (server) => lineage.refusalOf(server));
    if (this.#closed) return null;
    const best = bestOf(usable, this.#url);
    if (best !== null) {
      this.#use(best);
      return null;
    }
    const [fault] = faults;
    if (!faults.some((one) => this.#isOnlyBusy(one))) this.#miss(fault);
    return fault;
  }

  /** Whether open connections still work: the server has no other left, or is slow to answer on one. */
  #isOnlyBusy(fault: unknown): boolean {
    if (!(fault instanceof Problem)) return false;
    if (fault.cause instanceof NoAnswer) return performance.now() - this.#answeredAt < PROBE_MS;
    return codeOf(fault.cause) === TOO_MANY_CONNECTIONS;
  }

  #use({ url, identity }: Answer): void {
    const { lineage, log, disconnectAll, note } = this.#parts;
    const isOther = url !== this.#url || identity.timeline > lineage.timeline;
    this.#url = url;
    lineage.accept(identity);
    if (isOther) disconnectAll();
    if (this.#isAway) {
      log.info(text.databaseBack);
      note(false);
    }
    this.#isAway = false;
    this.#failures = 0;
  }

  #miss(fault: unknown): void {
    const { log, disconnectAll, note } = this.#parts;
    const wasAway = this.#isAway;
    this.#isAway = true;
    this.#failures++;
    note(true);
    if (wasAway) return;
    log.warn({ err: fault }, text.databaseAway);
    disconnectAll();
  }
}
