import pg from "pg";
import type { ChangeCounters } from "../../os/change-counters.ts";
import type { Logger } from "../../telemetry/log.ts";
import { SETTINGS_CHANNEL, type SettingTable } from "../setting-table.ts";

/** Where nodes tell each other which buckets of short codes changed. */
export const CHANNEL = "trunk8_changes";

const RETRY_MS = 500;

export interface ListenerParts {
  readonly url: string;
  readonly changes: ChangeCounters;
  readonly settings: SettingTable;
  readonly log: Logger;
}

/** Hears of other nodes' changes on a connection of its own. While it hears nothing, no link is answered from memory. */
export class Listener {
  readonly #parts: ListenerParts;
  #client: pg.Client | null = null;
  #closed = false;
  #retry: Timer | null = null;

  constructor(parts: ListenerParts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    this.#parts.changes.setDisconnected(true);
    await this.#connect();
  }

  async close(): Promise<void> {
    this.#closed = true;
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
    client.on("end", () => this.#reconnect());
    await client.connect();
    await client.query(`LISTEN ${CHANNEL}; LISTEN ${SETTINGS_CHANNEL}`);
    this.#client = client;
    this.#parts.changes.invalidateAll();
    this.#parts.settings.tell();
    this.#parts.changes.setDisconnected(false);
  }

  #hear(channel: string, payload: string): void {
    if (channel === SETTINGS_CHANNEL) this.#parts.settings.tell();
    else this.#parts.changes.invalidate(payload.split(",").map(Number));
  }

  /** Called for each sign of a lost connection, of which one loss can give several. */
  #reconnect(): void {
    this.#client = null;
    if (this.#closed || this.#retry !== null) return;
    this.#parts.changes.setDisconnected(true);
    this.#retry = setTimeout(() => {
      this.#retry = null;
      this.#connect().catch(() => this.#reconnect());
    }, RETRY_MS);
    this.#retry.unref();
  }
}
