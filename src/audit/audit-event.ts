import type { Insertable, Selectable } from "kysely";
import type { Schema } from "../database/schema.ts";
import type { Actor } from "../policy.ts";
import type { AuditDeed } from "./audit-deeds.ts";

export type AuditDetails = Readonly<Record<string, string | number | boolean | null>>;

/** What was done, without who did it. */
export interface NewAuditEvent {
  readonly deed: AuditDeed;
  /** What it was done to: a short code, a user name, a setting's key. */
  readonly thing: string;
  /** Whose thing it is: they see the event among their own. */
  readonly ownerId?: number | null;
  readonly details?: AuditDetails;
}

/** One thing that was done. */
export interface AuditEvent {
  readonly id: number;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  /** Null: a stranger, or the operator. */
  readonly actorId: number | null;
  /** The user name as it was; empty for a stranger, COMMAND_LINE for the operator. */
  readonly actor: string;
  /** The user in whose place the actor did it; empty: their own. */
  readonly actedFor: string;
  readonly ownerId: number | null;
  /** The IP address it came from; empty where none is known. */
  readonly address: string;
  readonly deed: AuditDeed;
  readonly thing: string;
  readonly details: AuditDetails;
}

/** The actor at the machine's command line. No user name has a space. */
export const COMMAND_LINE = "command line";

export type AuditRow = Selectable<Schema["audit_event"]>;

export function auditRow(
  at: number,
  actor: Actor,
  event: NewAuditEvent,
): Insertable<Schema["audit_event"]> {
  const { deed, thing, ownerId = null, details = {} } = event;
  return {
    at,
    ...actorColumns(actor),
    owner_id: ownerId,
    deed,
    thing,
    details: JSON.stringify(details),
  };
}

function actorColumns(actor: Actor) {
  switch (actor.is) {
    case "operator":
      return { actor_id: null, actor: COMMAND_LINE, acted_for: "", address: "" };
    case "visitor":
      return { actor_id: null, actor: "", acted_for: "", address: actor.address ?? "" };
    case "user": {
      const { userId, username, actedBy, address = "" } = actor;
      if (actedBy === undefined)
        return { actor_id: userId, actor: username, acted_for: "", address };
      const { userId: actorId, username: name } = actedBy;
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
    actedFor: row.acted_for,
    ownerId: row.owner_id,
    address: row.address,
    deed: row.deed,
    thing: row.thing,
    details: JSON.parse(row.details) as AuditDetails,
  };
}
