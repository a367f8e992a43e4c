import type { BlobPath, StoredBytes } from "../files/blob.ts";
import type { ShortCode } from "./short-code.ts";
import type { Target } from "./target.ts";

export const kinds = ["redirect", "file", "markdown", "html"] as const;
export type Kind = (typeof kinds)[number];

export const redirectStatuses = [301, 302, 307, 308] as const;
export type RedirectStatus = (typeof redirectStatuses)[number];

/** What a link answers right now. */
export type Standing = "live" | "expired" | "disabled";

/** The bytes that a link hands out. */
export interface Content extends StoredBytes {
  readonly blobId: number;
  readonly path: BlobPath;
  /** What people call them. */
  readonly name: string;
  /** What browsers are told they are. */
  readonly type: string;
  /** When they came to this link, in milliseconds since 1970 UTC. */
  readonly modifiedAt: number;
}

/** Something at a short address. Times are milliseconds since 1970 UTC. */
export interface Link {
  readonly id: number;
  readonly shortCode: ShortCode;
  readonly ownerId: number;
  readonly kind: Kind;
  /** Where a redirect leads; empty for the other kinds. */
  readonly target: Target | "";
  /** Null for a redirect. */
  readonly content: Content | null;
  /** Whether a file is shown in the browser, where its type is harmless. */
  readonly inline: boolean;
  readonly title: string;
  readonly note: string;
  readonly redirectStatus: RedirectStatus;
  readonly expiresAt: number | null;
  readonly disabled: boolean;
  /** Whether its owner's links.toml declares it: then it changes with that file alone. */
  readonly declared: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What `link` answers at `now`: a pure function of the link and the clock. */
export function standingOf(link: Pick<Link, "expiresAt" | "disabled">, now: number): Standing {
  if (link.disabled) return "disabled";
  if (link.expiresAt !== null && link.expiresAt <= now) return "expired";
  return "live";
}
