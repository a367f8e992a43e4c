import type { Database } from "../../database/database.ts";
import type { Link } from "../../links/link.ts";
import { foldTag } from "../../links/tags/tag-names.ts";
import { type Actor, may } from "../../policy.ts";
import { Problem } from "../../problem.ts";
import { text } from "../text.en.ts";
import { ALL_OWNERS, type Subject } from "./report.ts";

/** A link, if the actor may see its visits. @throws Problem `not_found` */
export function linkSubject(actor: Actor, link: Link): Subject {
  if (!may(actor, "stats.see", link)) throw new Problem("not_found", text.noLink);
  return { of: "link", id: link.id };
}

/**
 * All links of an owner, or of the site, also deleted ones.
 * @throws Problem `forbidden`
 */
export function ownerSubject(actor: Actor, ownerId: number | undefined): Subject {
  requireVisible(actor, ownerId);
  return { of: "owner", id: ownerId ?? ALL_OWNERS };
}

/**
 * The links with a tag of an owner, or of any owner.
 * @throws Problem `forbidden`, `not_found`
 */
export async function tagSubject(
  { lookup }: Database,
  actor: Actor,
  { name, ownerId }: { readonly name: string; readonly ownerId?: number | undefined },
): Promise<Subject> {
  requireVisible(actor, ownerId);
  const rows = await lookup
    .selectFrom("tag")
    .select("id")
    .where("folded", "=", foldTag(name))
    .$if(ownerId !== undefined, (query) => query.where("owner_id", "=", ownerId ?? ALL_OWNERS))
    .limit(MAX_TAGS)
    .execute();
  if (rows.length === 0) throw new Problem("not_found", text.noTag);
  return { of: "tag", ids: rows.map(({ id }) => id) };
}

/** Tags of one name that are counted together, each of another owner. */
const MAX_TAGS = 10_000;

function requireVisible(actor: Actor, ownerId: number | undefined): void {
  const isAllowed =
    ownerId === undefined ? may(actor, "stats.see_all") : may(actor, "stats.see", { ownerId });
  if (!isAllowed) throw new Problem("forbidden", text.forbidden);
}
