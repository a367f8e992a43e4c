/** Saves one setting again and again, in turn with other processes: see turns.test.ts. */
import { join } from "node:path";
import { LiveSettings } from "../../../src/config/live-settings.ts";
import { inTurn } from "../../../src/os/machine-lock.ts";

const [dataFolder = "", key = "", times = "0"] = process.argv.slice(2);
const live = LiveSettings.fixed({}, dataFolder);
await live.share({ table: null, inTurn: (work) => inTurn(join(dataFolder, "turn"), work) });
for (let value = 1; value <= Number(times); value++) await live.save({ [key]: value });
