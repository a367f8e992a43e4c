import type { AuditAction } from "../audit/audit-actions.ts";
import type { AuditDetails, NewAuditEvent } from "../audit/audit-event.ts";
import type { User } from "./user.ts";

/** Returns an audit event about an account. */
export function aboutUser(
  action: AuditAction,
  { id, username }: Pick<User, "id" | "username">,
  details: AuditDetails = {},
): NewAuditEvent {
  return { action, resource: username, ownerId: id, details };
}
