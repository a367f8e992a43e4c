import type { Trx } from "../database/database.ts";
import type { Preferences } from "./user.ts";
import { preferenceColumns } from "./user-rows.ts";

/** Brings back what somebody chose; who calls has settled that this may be done. */
export async function restorePreferences(
  trx: Trx,
  userId: number,
  preferences: Preferences,
): Promise<void> {
  const columns = preferenceColumns(preferences);
  if (Object.keys(columns).length === 0) return;
  await trx.updateTable("user").set(columns).where("id", "=", userId).execute();
}
