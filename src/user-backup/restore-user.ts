import { choosesForTheSite } from "../accounts/user.ts";
import { writePreferences } from "../accounts/user-rows.ts";
import type { Preferences } from "../accounts/user-schema.ts";
import type { App } from "../app.ts";
import { CONFIG, LINKS, METADATA } from "../archive/manifest.ts";
import { verifyEntry } from "../archive/verify-entry.ts";
import type { Actor } from "../policy.ts";
import { ArchivedHours } from "./archived-hours.ts";
import { RestoredFiles } from "./restore-files.ts";
import type { RestorePlan } from "./restore-plan.ts";

/**
 * Carries out a plan: the files first, then everything else in one transaction.
 * @throws Problem `invalid` on `backup_file` if the archive is damaged; `busy`, `over_quota`, `storage_full`
 */
export async function restoreUser(app: App, actor: Actor, plan: RestorePlan): Promise<void> {
  const { owner, archive, contents, removed } = plan;
  for (const name of [LINKS, CONFIG, METADATA]) {
    if (contents.entries.has(name)) await verifyEntry(archive, contents, name);
  }
  const hours = await ArchivedHours.read(plan);
  await using files = await RestoredFiles.store(app, plan);
  await app.links.restored.put(actor, {
    ownerId: owner.id,
    links: plan.links.map((link) => files.linkWith(link)),
    removed,
    also: async (trx, touch, ids) => {
      await app.visits.hours.add(trx, owner.id, hours.forLinks(ids));
      await writePreferences(trx, touch, owner.id, preferencesOf(plan));
    },
  });
  files.keep();
}

/** Themes are left out for the account whose choice is the site's default. */
function preferencesOf({ owner, contents: { preferences } }: RestorePlan): Preferences {
  if (!choosesForTheSite(owner)) return preferences;
  const { timeZone } = preferences;
  return timeZone === undefined ? {} : { timeZone };
}
