import { randomUUID } from "node:crypto";
import pg from "pg";
import type { ChangeCounters } from "../../os/change-counters.ts";
import { every } from "../../os/every.ts";
import type { Logger } from "../../telemetry/log.ts";
import { SETTINGS_CHANNEL, type SettingTable } from "../setting-table.ts";
import { text } from "../text.en.ts";

/** Where nodes tell each other which buckets of short codes changed. */
export const CHANNEL = "trunk8_changes";

const RETRY_MS = 500;

/** How often a process notifies itself. */
const BEAT_MS = 200;

/** A connection that is silent for longer, while notifications are sent, is replaced. */
const SILENCE_MS = 3000;

export interface ListenerParts {
  /** The URL of PostgreSQL itself: a pool in between would hand the connection to others. */
  readonly url: string;
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
  /** When the notification under way was sent, by `performance.now()`; null if none is. */
  #sentAt: number | null = null;
  #beats = 0;
  #heardAt = 0;
  #tookMs = 0;

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
    await this.#client?.end();
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#parts.url,
      application_name: "trunk8 listener",
      connectionTimeoutMillis: 5000,
      keepAlive: true,
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
    this.#heardAt = performance.now();
    this.#sentAt = null; // what was under way is lost with the old connection
    this.#parts.changes.invalidateAll();
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
    this.#tookMs = this.#heardAt - sentAt;
    this.#parts.changes.prove(sentAt);
    this.#proven.resolve();
  }

  /** One at a time, unless the last one is lost. */
  async #beat(): Promise<void> {
    const now = performance.now();
    if (this.#sentAt !== null && now - this.#sentAt < SILENCE_MS) return;
    this.#beats++;
    this.#sentAt = now;
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
    client.end().catch(() => {});
  }

  /** Called for each sign of a lost connection, of which one loss can give several. */
  #reconnect(lost: pg.Client | null): void {
    if (lost !== this.#client || this.#closed || this.#retry !== null) return;
    this.#client = null;
    this.#parts.changes.doubt();
    this.#retry = setTimeout(() => {
      this.#retry = null;
      this.#connect().catch(() => this.#reconnect(this.#client));
    }, RETRY_MS);
    this.#retry.unref();
  }
}
