/** Takes as much as it gets of a limit that others take of, too, and prints how much that was. */

import { RateLimit } from "../../src/limits/rate-limit.ts";
import { RATE_LIMIT_TABLE_BYTES, RateLimitTable } from "../../src/limits/rate-limit-table.ts";
import { mapFile } from "../../src/os/mapped-file.ts";

const [path = ""] = process.argv.slice(2);
const seed = Buffer.from(crypto.getRandomValues(new Uint8Array(8))).readBigInt64LE();
const table = new RateLimitTable(mapFile(path, RATE_LIMIT_TABLE_BYTES), seed);
const limit = new RateLimit({
  name: "shared",
  perMinute: () => 60,
  burst: 500,
  table,
  clock: () => Date.UTC(2030, 0, 1),
});
let count = 0;
for (let at = 0; at < 2000; at++) if (limit.take("k").allowed) count++;
process.stdout.write(String(count));
