/** Creates links under idempotency keys, all at once, in a process of its own; prints their short codes. */
import { openApp } from "../../../src/app.ts";
import { LiveSettings } from "../../../src/config/live-settings.ts";
import { operator } from "../../../src/policy.ts";
import { silentLog } from "../../../src/telemetry/log.ts";
import { newLink } from "../../share.ts";

export interface CreateOrder {
  readonly dataFolder: string;
  readonly databaseUrl: string;
  readonly ownerId: number;
  /** The time of the fixed clock. */
  readonly now: number;
  readonly keys: readonly string[];
}

if (import.meta.main) {
  const { dataFolder, databaseUrl, ownerId, now, keys }: CreateOrder = JSON.parse(
    Bun.argv[2] ?? "{}",
  );
  const live = LiveSettings.fixed(
    { "admin.password": "a quiet Tuesday", "database.url": databaseUrl },
    dataFolder,
  );
  const app = await openApp({ live, log: silentLog(), clock: () => now });
  const create = async (key: string) => {
    const link = newLink({ shortCode: key, target: "https://example.com/" });
    return (await app.links.create(operator, { ownerId, key }, link)).id;
  };
  process.stdout.write(JSON.stringify(await Promise.all(keys.map(create))));
  await app.close();
}
