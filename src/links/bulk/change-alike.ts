import { sql } from "kysely";
import type { AuditDetails } from "../../audit/audit-event.ts";
import { codesOf } from "../aliases/aliases.ts";
import type { Link } from "../link.ts";
import type { LinkWriter } from "../link-rows.ts";
import { aboutChange } from "../rows/link-audit.ts";

/** A change that is the same for several links. */
export type SameChange = { readonly disabled: boolean } | { readonly expiresAt: number | null };

/** Makes the same change to locked links, with a statement for all; `detailsOf` are recorded as by `LinkWriter.update`. */
export async function changeAlike(
  { trx, touch, events }: LinkWriter,
  links: readonly Link[],
  { change, now }: { readonly change: SameChange; readonly now: number },
  detailsOf: (link: Link) => AuditDetails,
): Promise<void> {
  if (links.length === 0) return;
  const ids = links.map(({ id }) => id);
  const status =
    "disabled" in change
      ? ({ disabled: change.disabled ? 1 : 0 } as const)
      : { expires_at: change.expiresAt };
  const row = { ...status, updated_at: now, revision: sql<number>`revision + 1` };
  await trx.updateTable("link").set(row).where("id", "in", ids).execute();
  await trx.updateTable("link_search").set(status).where("link_id", "in", ids).execute();
  for (const link of links) {
    for (const code of codesOf(link)) touch(code);
    events.push(aboutChange(link, { ...link, ...change }, detailsOf(link)));
  }
}
