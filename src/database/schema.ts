import type { Generated } from "kysely";
import type { Role } from "../accounts/user.ts";
import type { Kind, RedirectStatus } from "../links/link.ts";
import type { ShortCode } from "../links/shortcode.ts";
import type { Target } from "../links/target.ts";
import type { VisitorClass } from "../visits/visit.ts";

/** A truth value as both databases keep it. */
export type Flag = 0 | 1;

/** Milliseconds since 1970 UTC. */
export type Instant = number;

interface UserTable {
  id: Generated<number>;
  username: string;
  display_name: string;
  role: Role;
  /** argon2id, as a PHC string. Null for an account that cannot sign in by a stored password. */
  password_hash: string | null;
  disabled: Flag;
  theme: string | null;
  markdown_theme: string | null;
  time_zone: string | null;
  created_at: Instant;
}

interface SessionTable {
  /** HMAC-SHA256 of the cookie's value, hex. */
  id: string;
  /** HMAC-SHA256 of the cookie's value and the password's stored form, hex: a new password ends old sessions. */
  seal: string;
  user_id: number;
  remember: Flag;
  created_at: Instant;
  last_seen_at: Instant;
  expires_at: Instant;
  /** A coarse name of browser and system, for the list of one's sessions. */
  device: string;
}

interface LinkTable {
  id: Generated<number>;
  short_code: ShortCode;
  owner_id: number;
  kind: Kind;
  target: Target;
  title: string;
  note: string;
  redirect_status: RedirectStatus;
  expires_at: Instant | null;
  disabled: Flag;
  created_at: Instant;
  updated_at: Instant;
}

/** How often each link was opened, all classes; apart from `link` so that counting rewrites no link. */
interface LinkTotalTable {
  link_id: number;
  visits: number;
  last_visit_at: Instant;
}

/** Who comes, as kinds of visitors and never persons: each combination once. */
interface VisitorTable {
  id: Generated<number>;
  class: VisitorClass;
  referrer_host: string;
  browser: string;
  system: string;
}

/** One opening, kept for `visits.retention_days`. */
interface VisitTable {
  id: Generated<number>;
  link_id: number;
  at: Instant;
  visitor_id: number;
}

/** Openings rolled up, kept for ever. `hour` counts hours since 1970 UTC. */
interface VisitHourTable {
  link_id: number;
  hour: number;
  visitor_id: number;
  visits: number;
}

/** The visits of an hour to all links of an owner, also to those that are gone; owner 0 is everybody. */
interface OwnerHourTable {
  owner_id: number;
  hour: number;
  class: VisitorClass;
  visits: number;
}

export interface Schema {
  user: UserTable;
  session: SessionTable;
  link: LinkTable;
  link_total: LinkTotalTable;
  visitor: VisitorTable;
  visit: VisitTable;
  visit_hour: VisitHourTable;
  owner_hour: OwnerHourTable;
}
