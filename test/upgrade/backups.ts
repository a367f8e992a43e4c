import { join } from "node:path";
import { Archive } from "../../src/archive/archive.ts";
import { operator } from "../../src/policy.ts";
import { restoreSite } from "../../src/site-backup/restore-site.ts";
import { silentLog } from "../../src/telemetry/log.ts";
import { planRestore } from "../../src/user-backup/restore-plan.ts";
import { restoreUser } from "../../src/user-backup/restore-user.ts";
import { PASSWORD } from "../world.ts";
import type { Account } from "./accounts.ts";
import { fixturePath } from "./fixture.ts";
import type { Site } from "./site.ts";

/** What restoring a user's zip into an empty site of 725086e made, and what it remarked. */
export interface RestoredZip {
  readonly account: Account;
  readonly remarks: readonly string[];
}

/** Restores an archive of everything into an empty data folder. */
export async function restoreArchive(name: string, dataFolder: string, databaseUrl = "") {
  using archive = await Archive.open(fixturePath(name));
  return await restoreSite({
    archive,
    dataFolder,
    runFolder: join(dataFolder, "run"),
    databaseUrl,
    replaces: false,
    stamp: "20260317_120000",
    log: silentLog(),
  });
}

/** Restores a user's zip to a new user and returns what was remarked on the way. */
export async function restoreZip({ app }: Site, name: string, username: string): Promise<string[]> {
  const owner = await app.accounts.users.create(operator, { username, password: PASSWORD });
  const order = { owner, path: fixturePath(name), mode: "merge" } as const;
  using plan = await planRestore(app, operator, order);
  await restoreUser(app, operator, plan);
  const skipped = plan.skipped.map(({ shortCode, reason }) => `${shortCode}: ${reason}`);
  return [...plan.archive.summary.remarks, ...skipped];
}
