/** Run by crash.test.ts: stores blobs, four at a time, and prints the id of each once it is in use. */

import { systemClock, systemRandom } from "../../src/clock.ts";
import { openDatabase } from "../../src/database/open-database.ts";
import { Blobs } from "../../src/files/blobs.ts";
import { LocalStore } from "../../src/files/store/local-store.ts";
import { silentLog } from "../../src/telemetry/log.ts";

const [folder = "", ownerId = ""] = Bun.argv.slice(2);
const database = await openDatabase({ url: "", poolSize: 2, dataFolder: folder, log: silentLog() });
const blobs = new Blobs({
  database,
  store: new LocalStore({
    folder: `${folder}/users`,
    runFolder: `${folder}/run`,
    clock: systemClock,
    random: systemRandom,
  }),
  clock: systemClock,
  random: systemRandom,
  defaultQuota: () => 0,
});
const owner = { id: Number(ownerId), username: "owner" };

/** Up to 256 KiB that nobody has stored before. */
async function* someBytes(): AsyncGenerator<Uint8Array> {
  const pieces = (systemRandom(1)[0] ?? 0) % 5;
  for (let piece = 0; piece < pieces; piece++) yield systemRandom(65_536);
}

async function storeOn(): Promise<never> {
  for (;;) await storeOne();
}

async function storeOne(): Promise<void> {
  await using received = await blobs.receive(
    owner,
    { name: "a.bin", bytes: someBytes() },
    Infinity,
  );
  const reserved = await blobs.reserve(received);
  const { id } = await database.write((trx) => blobs.use(trx, reserved));
  process.stdout.write(`${id}\n`);
}

process.stdout.write("ready\n");
await Promise.all([storeOn(), storeOn(), storeOn(), storeOn()]);
