import { Passwords } from "../../src/accounts/auth/passwords.ts";
import { Sessions } from "../../src/accounts/auth/sessions.ts";
import { Users } from "../../src/accounts/users.ts";
import { LiveSettings } from "../../src/config/live-settings.ts";
import { ExactLimit } from "../../src/limits/exact-limit.ts";
import { RateLimit } from "../../src/limits/rate-limit.ts";
import { RATE_LIMIT_TABLE_BYTES, RateLimitTable } from "../../src/limits/rate-limit-table.ts";
import type { World } from "../world.ts";

/** Opens the accounts over a world's database as another process with this environment would. */
export function joinAgain(
  { app, dataFolder }: World,
  {
    adminPassword = "",
    lifetimeDays = 30,
    log = app.log,
    passwords = new Passwords(),
    database = app.database,
  } = {},
) {
  const { clock, random, audit } = app;
  const { blobs } = app.files;
  const table = new RateLimitTable(new Uint8Array(RATE_LIMIT_TABLE_BYTES), 1n);
  const limit = { perMinute: () => 5, burst: 10, table, clock };
  const users = new Users({
    database,
    audit,
    blobs,
    clock,
    random,
    log,
    adminPassword,
    siteNames: () => [],
    passwords,
    signInLimit: new ExactLimit(new RateLimit({ name: "sign-in", ...limit }), null),
    refusalLimit: new RateLimit({ name: "refusals", ...limit }),
  });
  const sessions = new Sessions({
    database,
    audit,
    clock,
    random,
    log,
    live: LiveSettings.fixed({ "session.permanent_lifetime_days": lifetimeDays }, dataFolder),
    secretKey: "a key that the tests share",
    credentialOf: (row) => users.credentialOf(row),
  });
  return { users, sessions };
}

/** Disables or enables an account. */
export async function setDisabled({ app }: World, userId: number, disabled: 0 | 1): Promise<void> {
  await app.database.write(async (trx) => {
    await trx.updateTable("user").set({ disabled }).where("id", "=", userId).execute();
  });
}
