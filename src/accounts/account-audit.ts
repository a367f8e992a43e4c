import type { AuditDeed } from "../audit/audit-deeds.ts";
import type { AuditDetails, NewAuditEvent } from "../audit/audit-event.ts";
import type { User } from "./user.ts";

/** What was done with an account, for the record. */
export function aboutUser(
  deed: AuditDeed,
  { id, username }: Pick<User, "id" | "username">,
  details: AuditDetails = {},
): NewAuditEvent {
  return { deed, thing: username, ownerId: id, details };
}
