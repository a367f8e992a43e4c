/** Run by processes.test.ts: writes links one after another and prints the number of each once it is durable. */
import { openDatabase } from "../../src/database/open-database.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { pointLink } from "./point.ts";

const [folder = "", name = "", count = "0"] = Bun.argv.slice(2);
const database = await openDatabase({ url: "", poolSize: 2, dataFolder: folder, log: silentLog() });

for (let number = 0; number < Number(count); number++) {
  // The name "same" updates one link; any other writes a link for each number.
  const code = name === "same" ? name : `${name}-${number}`;
  await pointLink(database, code, `https://example.com/#${number}`);
  process.stdout.write(`${number}\n`);
}
await database.close();
