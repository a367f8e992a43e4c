import type { Insertable, Selectable } from "kysely";
import type { Schema } from "../../database/schema.ts";
import { type Kind, kinds } from "../../links/link.ts";
import { type Scope, scopeNames } from "../../policy.ts";
import type { User } from "../user.ts";

/** A credential for programs, without its secret. Times are milliseconds since 1970 UTC. */
export interface ApiKey {
  readonly id: number;
  readonly userId: number;
  /** Its first characters. */
  readonly beginning: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Null: links of every kind, and what is about no single link. */
  readonly kinds: readonly Kind[] | null;
  readonly createdAt: number;
  /** Null: never. */
  readonly expiresAt: number | null;
  /** Null: it is not revoked. */
  readonly revokedAt: number | null;
  readonly lastUse: LastUse | null;
}

/** When a key was last used, to about five minutes. */
export interface LastUse {
  readonly at: number;
  /** What the program calls itself. */
  readonly client: string;
  /** Its IP address; of IPv6: the /64. */
  readonly network: string;
}

/** The key of a request and its owner. */
export interface KeyHolder {
  readonly key: ApiKey;
  readonly user: User;
}

export type KeyStatus = "active" | "expired" | "revoked";

export function statusOfKey(
  { expiresAt, revokedAt }: Pick<ApiKey, "expiresAt" | "revokedAt">,
  now: number,
): KeyStatus {
  if (revokedAt !== null) return "revoked";
  return expiresAt !== null && expiresAt <= now ? "expired" : "active";
}

/** Named so that they can be selected beside a user's columns. */
export const keyColumns = [
  "api_key.id as keyId",
  "api_key.user_id",
  "api_key.beginning",
  "api_key.name",
  "api_key.scopes",
  "api_key.kinds",
  "api_key.created_at as madeAt",
  "api_key.expires_at",
  "api_key.revoked_at",
  "api_key.last_used_at",
  "api_key.last_client",
  "api_key.last_network",
] as const;

type StoredKey = Selectable<Schema["api_key"]>;

export type KeyRow = Omit<StoredKey, "id" | "hash" | "created_at"> & {
  readonly keyId: number;
  readonly madeAt: number;
};

export function keyFrom(row: KeyRow): ApiKey {
  return {
    id: row.keyId,
    userId: row.user_id,
    beginning: row.beginning,
    name: row.name,
    scopes: scopeNames.filter((scope) => row.scopes.split(" ").includes(scope)),
    kinds: row.kinds === "" ? null : kinds.filter((kind) => row.kinds.split(" ").includes(kind)),
    createdAt: row.madeAt,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    lastUse:
      row.last_used_at === null
        ? null
        : { at: row.last_used_at, client: row.last_client, network: row.last_network },
  };
}

/** A key that is not stored yet. */
export type NewKey = Pick<
  ApiKey,
  "userId" | "beginning" | "name" | "scopes" | "kinds" | "createdAt" | "expiresAt"
>;

export function keyRow(key: NewKey, hash: string): Insertable<Schema["api_key"]> {
  return {
    hash,
    beginning: key.beginning,
    user_id: key.userId,
    name: key.name,
    scopes: key.scopes.join(" "),
    kinds: key.kinds?.join(" ") ?? "",
    created_at: key.createdAt,
    expires_at: key.expiresAt,
    revoked_at: null,
  };
}
