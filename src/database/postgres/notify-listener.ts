import { randomUUID } from "node:crypto";
import pg from "pg";
import { type ChangeCounters, type Moment, momentNow } from "../../os/change-counters.ts";
import { every } from "../../os/every.ts";
import { Histogram } from "../../telemetry/histogram.ts";
import type { Logger } from "../../telemetry/log.ts";
import { retryDelay } from "../servers/retry-delay.ts";
import { disconnect, LONG_LIVED } from "../servers/server-probe.ts";
import { SETTINGS_CHANNEL, type SettingTable } from "../setting-table.ts";
import { text } from "../text.en.ts";

/** Where nodes tell each other which buckets of short codes changed. */
export const CHANNEL = "trunk8_changes";

/** How often a process notifies itself. */
const BEAT_MS = 200;

/** A connection that is silent for longer, while notifications are sent, is replaced. */
const SILENCE_MS = 3000;

/** Seconds. */
const DELAYS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.8];

export interface ListenerParts {
  /** Returns the URL of PostgreSQL itself: a pool in between would hand the connection to others. */
  readonly findServer: () => Promise<string>;
  /** Called when it is connected, before settings are read again. */
  readonly noteConnected: () => Promise<void>;
  /** Sends a notification through the connections that everything else uses. */
  readonly notify: (channel: string, payload: string) => Promise<void>;
  readonly changes: ChangeCounters;
  readonly settings: SettingTable;
  readonly log: Logger;
}

/**
 * Hears of other nodes' changes on a connection of its own. It notifies itself several times a second: while its own
 * notifications come back, links may be answered from memory (see os/change-counters.ts).
 */
export class Listener {
  readonly #parts: ListenerParts;
  /** No other process has the same one. */
  readonly #beatChannel = `trunk8_beat_${randomUUID().replaceAll("-", "")}`;
  readonly #proven = Promise.withResolvers<void>();
  #client: pg.Client | null = null;
  #closed = false;
  #retry: Timer | null = null;
  #stopBeating: (() => void) | null = null;
  /** When the notification under way was sent; null if none is. */
  #sentAt: Moment | null = null;
  #beats = 0;
  #heardAt = 0;
  #failures = 0;
  #tookMs = 0;
  readonly delays = new Histogram(DELAYS);

  constructor(parts: ListenerParts) {
    this.#parts = parts;
  }

  /** Milliseconds that the last notification to itself took: how old other nodes' changes are when they arrive. */
  get delayMs(): number {
    return this.#tookMs;
  }

  async start(): Promise<void> {
    this.#parts.changes.doubt();
    await this.#connect();
    this.#stopBeating = every(BEAT_MS, () => this.#beat(), this.#parts.log);
    await this.#beat();
    const timer = setTimeout(this.#proven.resolve, SILENCE_MS);
    await this.#proven.promise;
    clearTimeout(timer);
    if (!this.#parts.changes.isProven) this.#parts.log.warn(text.deaf);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopBeating?.();
    if (this.#retry !== null) clearTimeout(this.#retry);
    if (this.#client !== null) disconnect(this.#client);
  }

  async #connect(): Promise<void> {
    const connectionString = await this.#parts.findServer();
    const client = new pg.Client({
      ...LONG_LIVED,
      connectionString,
      application_name: "trunk8 listener",
    });
    client.on("notification", ({ channel, payload }) => this.#hear(channel, payload ?? ""));
    client.on("error", (error) =>
      this.#parts.log.warn({ err: error }, "The change listener lost its connection."),
    );
    client.on("end", () => this.#reconnect(client));
    this.#client = client;
    await client.connect();
    await client.query(
      `LISTEN ${CHANNEL}; LISTEN ${SETTINGS_CHANNEL}; LISTEN ${this.#beatChannel}`,
    );
    this.#failures = 0;
    this.#heardAt = performance.now();
    this.#sentAt = null; // what was under way is lost with the old connection
    this.#parts.changes.invalidateAll();
    await this.#parts.noteConnected();
    this.#parts.settings.tell();
  }

  #hear(channel: string, payload: string): void {
    if (channel === SETTINGS_CHANNEL) this.#parts.settings.tell();
    else if (channel === this.#beatChannel) this.#hearBeat(payload);
    else this.#parts.changes.invalidate(payload.split(",").map(Number));
  }

  #hearBeat(payload: string): void {
    const sentAt = this.#sentAt;
    if (sentAt === null || payload !== String(this.#beats)) return;
    this.#sentAt = null;
    this.#heardAt = performance.now();
    this.#tookMs = this.#heardAt - sentAt.steady;
    this.delays.observe(this.#tookMs / 1000);
    this.#parts.changes.prove(sentAt);
    this.#proven.resolve();
  }

  /** One at a time, unless the last one is lost. */
  async #beat(): Promise<void> {
    this.#parts.changes.settle();
    const now = performance.now();
    if (this.#sentAt !== null && now - this.#sentAt.steady < SILENCE_MS) return;
    this.#beats++;
    this.#sentAt = momentNow();
    try {
      await this.#parts.notify(this.#beatChannel, String(this.#beats));
    } catch {
      this.#sentAt = null; // the database is away, which its other callers report
      return;
    }
    const client = this.#client;
    if (client === null || now - this.#heardAt < SILENCE_MS) return;
    this.#parts.log.warn("The change listener hears nothing, connecting again.");
    this.#reconnect(client);
  }

  /**
   * Called for each sign of a lost connection, of which one loss can give several. What was proved before stays current
   * for its time: what changes from now on is not older.
   */
  #reconnect(lost: pg.Client | null): void {
    if (lost !== this.#client || this.#closed || this.#retry !== null) return;
    this.#client = null;
    if (lost !== null) disconnect(lost);
    this.#retry = setTimeout(
      () => {
        this.#retry = null;
        this.#connect().catch(() => this.#reconnect(this.#client));
      },
      retryDelay(++this.#failures),
    );
    this.#retry.unref();
  }
}
