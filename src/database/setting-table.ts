import { type Kysely, sql } from "kysely";
import type { Schema } from "./schema.ts";

/** Where nodes tell each other that settings changed. */
export const SETTINGS_CHANNEL = "trunk8_settings";

/** Settings that all nodes share, raw: what they mean is for `config/` to say. */
export class SettingTable {
  readonly #db: Kysely<Schema>;
  #listener: () => void = () => {};

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** Every value by its key. */
  async read(): Promise<ReadonlyMap<string, unknown>> {
    const rows = await this.#db.selectFrom("setting").selectAll().execute();
    return new Map(rows.map(({ key, value }) => [key, JSON.parse(value)]));
  }

  /** Sets the values of these keys, all or none, and notifies every node. */
  async save(values: Readonly<Record<string, unknown>>): Promise<void> {
    // In one order, so that of two who save the same keys neither waits for the other for ever.
    const keys = Object.keys(values).sort();
    await this.#db.transaction().execute(async (trx) => {
      for (const key of keys) {
        const value = JSON.stringify(values[key]);
        const insert = trx.insertInto("setting").values({ key, value });
        await insert.onConflict((on) => on.column("key").doUpdateSet({ value })).execute();
      }
      await sql`select pg_notify(${SETTINGS_CHANNEL}, '')`.execute(trx);
    });
  }

  /** Calls `listener` after each change by any process, and when one may have been missed. */
  follow(listener: () => void): void {
    this.#listener = listener;
  }

  /** Notifies the listeners of a change. */
  tell(): void {
    this.#listener();
  }
}
