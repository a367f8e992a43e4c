/** Run by processes.test.ts: writes links one after another and prints the number of each once it is durable. */
import { openDatabase } from "../../src/database/open.ts";
import type { ShortCode } from "../../src/links/shortcode.ts";
import type { Target } from "../../src/links/target.ts";
import { silentLog } from "../../src/ops/log.ts";

const [folder = "", name = "", count = "0"] = Bun.argv.slice(2);
const database = await openDatabase({ url: "", poolSize: 2, dataFolder: folder, log: silentLog() });

for (let number = 0; number < Number(count); number++) {
  const started = performance.now();
  // The name "same" writes one link again and again; any other a link for each number.
  const shortCode = (name === "same" ? name : `${name}-${number}`) as ShortCode;
  const target = `https://example.com/#${number}` as Target;
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
  process.stdout.write(`${number} ${performance.now() - started}\n`);
}
await database.close();
