import type { AuditAction } from "../audit/audit-actions.ts";
import type { AuditDetails, NewAuditEvent } from "../audit/audit-event.ts";
import type { Link } from "./link.ts";

/** What was done with a link, for the record. */
export function aboutLink(
  action: AuditAction,
  { shortCode, ownerId }: Pick<Link, "shortCode" | "ownerId">,
  details: AuditDetails = {},
): NewAuditEvent {
  return { action, resource: shortCode, ownerId, details };
}

/** What a change of `link` touched, for the record; a change that changed nothing touched nothing. */
export function aboutChange(link: Link, changed: Link): NewAuditEvent {
  const { updatedAt: _, ...facts } = changed;
  const names = Object.keys(facts) as (keyof typeof facts)[];
  const fields = names.filter((name) => facts[name] !== link[name]).join(" ");
  return aboutLink("link.changed", link, { fields });
}
