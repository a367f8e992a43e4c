import { type Actor, creationOf, may, type ResourceAction } from "../../policy.ts";
import { Problem } from "../../problem.ts";
import type { Kind, Link } from "../link.ts";
import { text } from "../text.en.ts";

/** @throws Problem `forbidden` where the actor may not create a link of this kind for this owner */
export function requireCreation(
  actor: Actor,
  { ownerId, kind }: Pick<Link, "ownerId" | "kind">,
): void {
  if (!may(actor, creationOf(kind), { ownerId, kind })) throw mayNotCreate();
}

/**
 * An API key for some kinds of links makes no link of another kind.
 * @throws Problem `forbidden`
 */
export function requireKind(actor: Actor, { ownerId }: Link, kind: Kind | undefined): void {
  if (kind !== undefined && !may(actor, "link.edit", { ownerId, kind })) throw mayNotCreate();
}

/**
 * The link, if there is one and the actor may do this to it.
 * @throws Problem `not_found`
 */
export function visible<Found extends Link>(
  actor: Actor,
  action: ResourceAction,
  link: Found | undefined,
): Found {
  if (link !== undefined && may(actor, action, link)) return link;
  throw noSuchLink();
}

/** The refusal of a link that does not exist, or is of another user. */
export function noSuchLink(): Problem {
  return new Problem("not_found", text.access.noSuchLink);
}

/** The refusal of files that were stored for the former owner of a link. */
export function transferred(): Problem {
  return new Problem("busy", text.changedMeanwhile.owner, { retryAfterSeconds: 1 });
}

function mayNotCreate(): Problem {
  return new Problem("forbidden", text.access.mayNotCreate);
}
