import type { Insertable, Selectable } from "kysely";
import type { Schema } from "../database/schema.ts";
import type { Actor } from "../policy.ts";
import type { AuditAction } from "./audit-actions.ts";

export type AuditDetails = Readonly<Record<string, string | number | boolean | null>>;

/** An event before it is recorded; the actor is known to the caller. */
export interface NewAuditEvent {
  readonly action: AuditAction;
  /** A short code, a user name or a setting's key. */
  readonly resource: string;
  /** The user it belongs to, in whose own activity the event is listed. */
  readonly ownerId?: number | null;
  readonly details?: AuditDetails;
}

/** An entry of the audit log. */
export interface AuditEvent {
  readonly id: number;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  /** Null: a visitor, or the operator. */
  readonly actorId: number | null;
  /** The user name at that time; empty for a visitor, COMMAND_LINE for the operator. */
  readonly actor: string;
  /** The user impersonated by the actor; empty: none. */
  readonly impersonated: string;
  readonly ownerId: number | null;
  /** The IP address of the request; empty where unknown. */
  readonly address: string;
  readonly action: AuditAction;
  readonly resource: string;
  readonly details: AuditDetails;
}

/** The actor at the machine's command line. No user name has a space. */
export const COMMAND_LINE = "command line";

export type AuditRow = Selectable<Schema["audit_event"]>;

export function auditRow(
  at: number,
  actor: Actor,
  { action, resource, ownerId = null, details = {} }: NewAuditEvent,
): Insertable<Schema["audit_event"]> {
  return {
    at,
    ...actorColumns(actor),
    owner_id: ownerId,
    deed: action,
    thing: resource,
    details: JSON.stringify({ ...details, ...keyDetails(actor) }),
  };
}

/** By which key a program did it. */
function keyDetails(actor: Actor): AuditDetails {
  return actor.is === "user" && actor.key !== undefined ? { key: actor.key.beginning } : {};
}

/** The name under which the audit log has what `actor` does; empty for a visitor. */
export function actorName(actor: Actor): string {
  return actorColumns(actor).actor;
}

function actorColumns(actor: Actor) {
  switch (actor.is) {
    case "operator":
      return { actor_id: null, actor: COMMAND_LINE, acted_for: "", address: "" };
    case "visitor":
      return { actor_id: null, actor: "", acted_for: "", address: actor.address ?? "" };
    case "user": {
      const { userId, username, impersonator, address = "" } = actor;
      if (impersonator === undefined)
        return { actor_id: userId, actor: username, acted_for: "", address };
      const { userId: actorId, username: name } = impersonator;
      return { actor_id: actorId, actor: name, acted_for: username, address };
    }
  }
}

export function auditEventFrom(row: AuditRow): AuditEvent {
  return {
    id: row.id,
    at: row.at,
    actorId: row.actor_id,
    actor: row.actor,
    impersonated: row.acted_for,
    ownerId: row.owner_id,
    address: row.address,
    action: row.deed,
    resource: row.thing,
    details: JSON.parse(row.details) as AuditDetails,
  };
}
