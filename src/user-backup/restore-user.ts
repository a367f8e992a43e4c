import { choosesForTheSite } from "../accounts/user.ts";
import { writePreferences } from "../accounts/user-rows.ts";
import type { Preferences } from "../accounts/user-schema.ts";
import type { App } from "../app.ts";
import type { ShortCode } from "../links/short-code.ts";
import type { Actor } from "../policy.ts";
import type { ImportedVisits } from "../visits/reports/link-hours.ts";
import type { CheckedLink } from "./checked-link.ts";
import { RestoredFiles } from "./restore-files.ts";
import { linksToRestore, type RestorePlan } from "./restore-plan.ts";

/**
 * Carries out a plan: the files first, then everything else in one transaction.
 * @throws Problem `invalid` on `backup_file` if the archive is damaged; `busy`, `over_quota`, `storage_full`
 */
export async function restoreUser(app: App, actor: Actor, plan: RestorePlan): Promise<void> {
  const { owner, removed } = plan;
  const links = (await Array.fromAsync(linksToRestore(app, plan))).flat();
  const visitsFor = await readVisits(plan, links);
  await using files = await RestoredFiles.store(app, plan, links);
  await app.links.restored.put(actor, {
    ownerId: owner.id,
    links: links.map((link) => files.linkWith(link)),
    removed,
    also: async (trx, touch, ids) => {
      await app.visits.hours.add(trx, owner.id, visitsFor(ids));
      await writePreferences(trx, touch, owner.id, preferencesOf(plan));
    },
  });
  files.keep();
}

/** Themes are left out for the account whose choice is the site's default. */
function preferencesOf({ owner, archive }: RestorePlan): Preferences {
  const { preferences } = archive.summary;
  if (!choosesForTheSite(owner)) return preferences;
  const { timeZone } = preferences;
  return timeZone === undefined ? {} : { timeZone };
}

/** Reads the visits before the transaction; returns those for links that have these ids then. */
async function readVisits({ archive }: RestorePlan, links: readonly CheckedLink[]) {
  const visitors = (await Array.fromAsync(archive.visitors())).flat();
  const pages = await Array.fromAsync(archive.hours());
  return (ids: ReadonlyMap<ShortCode, number>): ImportedVisits => {
    const idOf = new Map(links.map(({ place, shortCode }) => [place, ids.get(shortCode) ?? 0]));
    const rows = pages.flatMap((page) => rowsOf(page)).filter(([place]) => idOf.has(place));
    return {
      visitors,
      hours: {
        linkIds: Float64Array.from(rows, ([place]) => idOf.get(place) ?? 0),
        hours: Float64Array.from(rows, ([, hour]) => hour),
        places: Float64Array.from(rows, ([, , visitor]) => visitor),
        visits: Float64Array.from(rows, ([, , , visits]) => visits),
      },
      totals: links.flatMap(({ place, visits, lastVisitAt }) =>
        lastVisitAt === null ? [] : [{ linkId: idOf.get(place) ?? 0, visits, lastVisitAt }],
      ),
    };
  };
}

type Row = readonly [place: number, hour: number, visitor: number, visits: number];

function rowsOf(page: Uint32Array): Row[] {
  return Array.from({ length: page.length / 4 }, (_, at) => {
    const [place = 0, hour = 0, visitor = 0, visits = 0] = page.subarray(at * 4, at * 4 + 4);
    return [place, hour, visitor, visits];
  });
}
