import type { AuditAction } from "../../audit/audit-actions.ts";
import { type AuditEvent, COMMAND_LINE } from "../../audit/audit-event.ts";

/** What people call each resource that is recorded. */
export const actionLabels: Readonly<Record<AuditAction, string>> = {
  "user.signed_in": "Signed in",
  "user.sign_in_refused": "Sign-in refused",
  "user.created": "Account made",
  "user.changed": "Account changed",
  "user.removed": "Account deleted",
  "user.password_changed": "Password changed",
  "user.password_set": "Password set",
  "user.signed_out_everywhere": "Signed out everywhere",
  "user.switched_to": "Began to act in another's place",
  "user.switched_back": "Switched back",
  "link.created": "Link made",
  "link.changed": "Link changed",
  "link.removed": "Link deleted",
  "link.given": "Link given away",
  "links.restored": "Links restored",
  "links.moved_in": "Links moved in",
  "settings.changed": "Setting changed",
};

/** Who did it, and for whom. */
export function actorWords({ actor, impersonated }: AuditEvent): string {
  if (actor === "") return "A stranger";
  if (actor === COMMAND_LINE) return "The command line";
  return impersonated === "" ? actor : `${actor} for ${impersonated}`;
}

/** What else is known of it, as in `count: 3, to: alice`. */
export function detailWords({ details }: AuditEvent): string {
  return Object.entries(details)
    .map(([name, value]) => `${spaced(name)}: ${value ?? "none"}`)
    .join(", ");
}

/** `mustChange` and `must_change` as `must change`. */
function spaced(name: string): string {
  return name.replace(/_|(?=[A-Z])/g, " ").toLowerCase();
}
