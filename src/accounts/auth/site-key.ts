import { scryptSync } from "node:crypto";
import type { Database } from "../../database/database.ts";
import { Problem } from "../../problem.ts";
import { text } from "../text.en.ts";

/** The same secret key on all nodes: with another one, each would end the sessions of the others. */
export class SiteKey {
  readonly #database: Database;
  readonly #secretKey: string;

  constructor({ database, secretKey }: { database: Database; secretKey: string }) {
    this.#database = database;
    this.#secretKey = secretKey;
  }

  /**
   * Checks that the key of this node is that of the site, which the first node that serves decides.
   * @throws Problem `invalid`
   */
  async require(): Promise<void> {
    const { lookup, clock } = this.#database;
    if (clock === null) return;
    const site = await lookup.selectFrom("site").selectAll().executeTakeFirst();
    if (site === undefined) return;
    const mark = this.#markOf(site.id);
    const first = site.key_mark ?? (await this.#keepFirst(mark));
    if (first !== mark) throw new Problem("invalid", text.password.keyDiffers);
  }

  /** Makes the key of this node that of the site. All sessions end, as they are of the former key. */
  async accept(): Promise<void> {
    await this.#database.write(async (trx) => {
      const site = await trx.selectFrom("site").selectAll().executeTakeFirstOrThrow();
      await trx
        .updateTable("site")
        .set({ key_mark: this.#markOf(site.id) })
        .execute();
      await trx.deleteFrom("session").execute();
    });
  }

  /** Of nodes that start together, one is first; returns its mark. */
  async #keepFirst(mark: string): Promise<string | null> {
    return await this.#database.write(async (trx) => {
      const unmarked = trx.updateTable("site").set({ key_mark: mark });
      await unmarked.where("key_mark", "is", null).execute();
      return (await trx.selectFrom("site").selectAll().executeTakeFirstOrThrow()).key_mark;
    });
  }

  /** Slow to compute, so that a weak key cannot be guessed from it. */
  #markOf(siteId: string): string {
    return scryptSync(this.#secretKey, `trunk8 ${siteId}`, 32).toString("hex");
  }
}
