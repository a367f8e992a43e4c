import type { Database } from "../../src/database/database.ts";
import type { ShortCode } from "../../src/links/short-code.ts";
import type { Target } from "../../src/links/target/target.ts";

/** Points a short code of user 1 at a target, and makes the link if it is missing. Resolves when that is durable. */
export async function pointLink(database: Database, code: string, url: string): Promise<void> {
  const [shortCode, target] = [code as ShortCode, url as Target];
  await database.write(async (trx, touch) => {
    touch(shortCode);
    await trx
      .insertInto("link")
      .values({
        short_code: shortCode,
        owner_id: 1,
        kind: "redirect",
        target,
        title: "",
        note: "",
        redirect_status: 302,
        disabled: 0,
        created_at: 0,
        updated_at: 0,
      })
      .onConflict((conflict) => conflict.column("short_code").doUpdateSet({ target }))
      .execute();
  });
}
