import { choosesForTheSite } from "../accounts/user.ts";
import { writePreferences } from "../accounts/user-rows.ts";
import type { Preferences } from "../accounts/user-schema.ts";
import type { App } from "../app.ts";
import type { Actor } from "../policy.ts";
import { ArchivedVisits, idsByPlace, readVisitors, rowsOf } from "./archived-visits.ts";
import { RestoredFiles } from "./restore-files.ts";
import { linksToRestore, type RestorePlan } from "./restore-plan.ts";

/**
 * Carries out a plan: the files first, then everything else in one transaction.
 * @throws Problem `invalid` on `backup_file` if the archive is damaged; `busy`, `over_quota`, `storage_full`
 */
export async function restoreUser(app: App, actor: Actor, plan: RestorePlan): Promise<void> {
  const { owner, removed } = plan;
  const links = (await Array.fromAsync(linksToRestore(app, plan))).flat();
  const rows = (await Array.fromAsync(plan.archive.hours())).flatMap(rowsOf);
  const visits = new ArchivedVisits(await readVisitors(plan.archive));
  await using files = await RestoredFiles.store(app, plan, links);
  await app.links.restored.put(actor, {
    ownerId: owner.id,
    links: links.map((link) => files.linkWith(link)),
    removed,
    also: async (trx, touch, ids) => {
      await app.visits.ofLinks.addToLinks(trx, visits.of(rows, idsByPlace(links, ids), links));
      await writePreferences(trx, touch, owner.id, preferencesOf(plan));
    },
  });
  files.keep();
  visits.note(rows);
  await app.visits.ofLinks.raiseOwner(owner.id, visits.times, (portion) =>
    app.database.write(portion),
  );
}

/** The preferences to restore. Themes are left out for the account whose choice is the site's default. */
export function preferencesOf({
  owner,
  archive,
}: Pick<RestorePlan, "owner" | "archive">): Preferences {
  const { preferences } = archive.summary;
  if (!choosesForTheSite(owner)) return preferences;
  const { timeZone } = preferences;
  return timeZone === undefined ? {} : { timeZone };
}
