/**
 * Run by takeover.test.ts: records visits of links in turn and saves them, as a worker does, and prints how many it has recorded. It
 * does not end by itself.
 */
import { openDatabase } from "../../src/database/open-database.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { openVisits, visitOf } from "./opening.ts";

const [dataFolder = "", url = "", links = "", recorded = "0", saves = ""] = Bun.argv.slice(2);
const linkIds = links.split(",").map(Number);
const database = await openDatabase({ url, poolSize: 2, dataFolder, log: silentLog() });
const visits = openVisits({ database, folder: `${dataFolder}/run/visits` });

for (let count = 0; count < Number(recorded); count++)
  visits.record(visitOf(linkIds[count % linkIds.length] ?? 0));
process.stdout.write(`${recorded}\n`);
while (saves !== "") await visits.flush();
await Bun.sleep(60_000);
