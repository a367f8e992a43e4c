import type { AuditAction } from "../../audit/audit-actions.ts";
import type { AuditDetails, NewAuditEvent } from "../../audit/audit-event.ts";
import type { Link } from "../link.ts";

/** The event of an action on a link. */
export function aboutLink(
  action: AuditAction,
  { shortCode, ownerId }: Pick<Link, "shortCode" | "ownerId">,
  details: AuditDetails = {},
): NewAuditEvent {
  return { action, resource: shortCode, ownerId, details };
}

/** The events of new links. */
export function created(links: readonly Omit<Link, "id" | "revision">[]): NewAuditEvent[] {
  return links.map((link) => aboutLink("link.created", link, { kind: link.kind }));
}

/** The event of a change, with the names of the fields that it changed. */
export function aboutChange(link: Link, changed: Link, details: AuditDetails = {}): NewAuditEvent {
  const { updatedAt: _, revision: __, ...facts } = changed;
  const names = Object.keys(facts) as (keyof typeof facts)[];
  const fields = names.filter((name) => facts[name] !== link[name]).join(" ");
  return aboutLink("link.changed", link, { fields, ...details });
}
