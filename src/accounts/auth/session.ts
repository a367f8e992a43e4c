import type { Flag } from "../../database/schema.ts";
import type { User } from "../user.ts";

/** One signed-in browser. Times are milliseconds since 1970 UTC. */
export interface Session {
  /** A keyed hash of the token: safe to log, useless for signing in. */
  readonly id: string;
  readonly userId: number;
  readonly remember: boolean;
  readonly createdAt: number;
  /** Exact to a minute. */
  readonly lastSeenAt: number;
  readonly expiresAt: number;
  readonly device: string;
}

/** The session of a token and its user. */
export interface SignedIn {
  readonly session: Session;
  /** The session's own user, or the impersonated user. */
  readonly user: User;
  /** The administrator who impersonates the user; null: none. */
  readonly impersonator: User | null;
}

/** Named so that they can be selected beside a user's columns. */
export const sessionColumns = [
  "session.id as sessionId",
  "session.user_id as userId",
  "session.remember",
  "session.created_at as startedAt",
  "session.last_seen_at as lastSeenAt",
  "session.expires_at as expiresAt",
  "session.device",
] as const;

export interface SessionRow {
  readonly sessionId: string;
  readonly userId: number;
  readonly remember: Flag;
  readonly startedAt: number;
  readonly lastSeenAt: number;
  readonly expiresAt: number;
  readonly device: string;
}

export function sessionFrom(row: SessionRow): Session {
  return {
    id: row.sessionId,
    userId: row.userId,
    remember: row.remember === 1,
    createdAt: row.startedAt,
    lastSeenAt: row.lastSeenAt,
    expiresAt: row.expiresAt,
    device: row.device,
  };
}

export function sessionRow(session: Session, seal: string) {
  return {
    id: session.id,
    seal,
    user_id: session.userId,
    remember: session.remember ? 1 : 0,
    created_at: session.createdAt,
    last_seen_at: session.lastSeenAt,
    expires_at: session.expiresAt,
    device: session.device,
  } as const;
}
