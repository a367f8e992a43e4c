import type { Generated } from "kysely";
import type { Role } from "../accounts/user.ts";
import type { AuditAction } from "../audit/audit-actions.ts";
import type { BlobPath, BlobState } from "../files/blob.ts";
import type { Kind, RedirectStatus } from "../links/link.ts";
import type { EmbedHosts } from "../links/options/embed-hosts.ts";
import type { ShortCode } from "../links/short-code.ts";
import type { Target } from "../links/target/target.ts";
import type { LinkAliasTable, LinkFileTable, LinkVersionTable } from "./tables/link-tables.ts";
import type { NodeTable } from "./tables/node-table.ts";
import type { UploadTable } from "./tables/upload-table.ts";
import type {
  LinkDayTable,
  LinkQuarterTable,
  LinkUniqueTable,
  OwnerDayTable,
  OwnerQuarterTable,
  OwnerUniqueTable,
  VisitorKeyTable,
  VisitSeriesTable,
  VisitTable,
  VisitValueTable,
} from "./tables/visit-tables.ts";

/** A truth value as both databases keep it. */
export type Flag = 0 | 1;

/** Milliseconds since 1970 UTC. */
export type Instant = number;

interface UserTable {
  id: Generated<number>;
  username: string;
  display_name: string;
  role: Role;
  /**
   * argon2id, as a PHC string, or until the first sign-in a hash of the original program's. Null for an account that
   * cannot sign in by a stored password.
   */
  password_hash: string | null;
  disabled: Flag;
  theme: string | null;
  markdown_theme: string | null;
  time_zone: string | null;
  created_at: Instant;
  /** The password is a one-time one. */
  must_change_password: Generated<Flag>;
  last_seen_at: Generated<Instant | null>;
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
  /** The user that the administrator of the session impersonates. */
  acting_for: Generated<number | null>;
}

/** A credential for programs: see `Keys`. */
interface ApiKeyTable {
  id: Generated<number>;
  /** HMAC-SHA256 of the key, hex. It has 190 random bits, so that a slow hash would add nothing. */
  hash: string;
  /** The first characters of the key, for people. */
  beginning: string;
  user_id: number;
  name: string;
  /** Separated by spaces. */
  scopes: string;
  /** The kinds of links that it is for, separated by spaces; empty: all. */
  kinds: string;
  created_at: Instant;
  expires_at: Instant | null;
  revoked_at: Instant | null;
  last_used_at: Generated<Instant | null>;
  last_client: Generated<string>;
  last_network: Generated<string>;
}

interface LinkTable {
  id: Generated<number>;
  short_code: ShortCode;
  owner_id: number;
  kind: Kind;
  target: Target | "";
  blob_id: number | null;
  /** Of the bytes; empty where there are none. */
  file_name: Generated<string>;
  media_type: Generated<string>;
  content_at: Instant | null;
  inline: Generated<Flag>;
  title: string;
  note: string;
  redirect_status: RedirectStatus;
  expires_at: Instant | null;
  disabled: Flag;
  /** Whether the owner's links.toml declares it. */
  declared: Generated<Flag>;
  /** Raised by every change. */
  revision: Generated<number>;
  starts_at: Generated<Instant | null>;
  /** Empty: as the site's settings say. */
  fallback_url: Generated<Target | "">;
  /** Null: as the site's settings say. */
  forward_query: Generated<Flag | null>;
  /** Empty: none. Null: from before there was this; `embedHostsFrom` reads it. */
  embed_hosts: Generated<EmbedHosts | null>;
  /** Further short codes, separated by spaces; `link_alias` finds the link by one. */
  aliases: Generated<string>;
  /** Null: not in the trash. */
  deleted_at: Generated<Instant | null>;
  /** The short code of a link in the trash whose code its owner has used again. */
  former_code: Generated<ShortCode | null>;
  /** Visits that it answers in all; null: unlimited. */
  visit_limit: Generated<number | null>;
  /** Null where there is no limit. */
  visits_left: Generated<number | null>;
  /** A PHC string; empty: no password. */
  password_hash: Generated<string>;
  /** Wrong passwords since it was set. */
  wrong_passwords: Generated<number>;
  created_at: Instant;
  updated_at: Instant;
}

/** State of an owner's links.toml when it was last read, if there is something to report. */
interface DeclarationTable {
  owner_id: number;
  /** What is wrong with the file, and where; empty: nothing. */
  fault: string;
  /** Number of links that it would remove, pending confirmation. */
  waiting: number;
}

/**
 * How often people opened each link; no row: never. Apart from `link` so that counting rewrites no link. Visits by bots
 * are in `link_quarter` and `owner_quarter` only.
 */
interface LinkTotalTable {
  link_id: number;
  visits: number;
  last_visit_at: Instant;
}

/** What lists find links by and put them in order by, beside each link; written with it. */
interface LinkSearchTable {
  link_id: number;
  owner_id: number;
  kind: Kind;
  disabled: Flag;
  expires_at: Instant | null;
  starts_at: Generated<Instant | null>;
  /** Whether its visits are used up. */
  spent: Generated<Flag>;
  /** Folded. */
  code: string;
  /** Code, target or file name, and title, folded, a line each. */
  text: string;
}

/** A tag of an owner's links. */
interface TagTable {
  id: Generated<number>;
  owner_id: number;
  /** By which it is compared: see `foldTag`. */
  folded: string;
  /** As it was typed first, or renamed to. */
  name: string;
}

interface LinkTagTable {
  link_id: number;
  tag_id: number;
}

/**
 * `link_total` as it stood a short while ago, in indexes: keeping those by the visit would slow counting down.
 * A trigger makes the row with that of `link_search`.
 */
interface LinkRankTable {
  link_id: number;
  owner_id: number;
  visits: number;
  /** Null: never. */
  last_visit_at: Instant | null;
}

/** Stored files: a row exists before its file is written, and until it has been deleted. */
interface BlobTable {
  id: Generated<number>;
  owner_id: number;
  path: BlobPath;
  size: number;
  /** Hex. */
  sha256: string;
  state: BlobState;
  /** How many links have these bytes. */
  uses: number;
  /** When the state was last another. */
  changed_at: Instant;
}

/** See `RemovedMetadata`. */
interface RemovedMetadataTable {
  blob_id: number;
  /** Hex. */
  sha256: string;
}

/** What an owner's bytes in use come to, and how many may be; no row: none yet. */
interface BlobUsageTable {
  owner_id: number;
  bytes: number;
  /** The owner's own; null: as the settings say. */
  quota: number | null;
}

/** The audit log: names and ids at the time, since events outlive accounts. See `AuditEvent`. */
interface AuditEventTable {
  id: Generated<number>;
  at: Instant;
  actor_id: number | null;
  actor: string;
  acted_for: string;
  owner_id: number | null;
  address: string;
  deed: AuditAction;
  thing: string;
  /** JSON. */
  details: string;
}

/** The link that a form has created, by the idempotency key of the form. */
interface SentFormTable {
  key: string;
  /** Null only while the transaction that creates the link is under way. */
  link_id: number | null;
  /** Ten minutes before it is forgotten. */
  at: Instant;
}

/** What a request with an idempotency key was answered. */
interface SentRequestTable {
  user_id: number;
  /** SHA-256 of the key, hex. */
  key_hash: string;
  /** SHA-256 of the key and of what was asked for, hex. */
  fingerprint: string;
  at: Instant;
  /** Null: it is under way, or its process has ended before it was answered. */
  status: Generated<number | null>;
  /** JSON. */
  headers: Generated<string>;
  /** Characters of `body`. */
  size: Generated<number>;
  body: Generated<string>;
}

/** How far a journal's file is saved: see journal-folder.ts. */
interface VisitJournalTable {
  name: string;
  /** How many of its records are saved. */
  saved: number;
  /** Up to which record those of links with an id below `links_below` are saved, too; 0: of no more. */
  saving: Generated<number>;
  links_below: Generated<number>;
}

/** Holder of the lease of a job, its expiry, and the result of the last run. */
interface LeaseTable {
  name: string;
  holder: string;
  until: Instant;
  ran_at: Instant | null;
  took_ms: number | null;
  /** Why the last run failed, or "". */
  failure: Generated<string>;
  /** Raised by each acquisition: see `Leases`. */
  fence: Generated<number>;
}

/** What a client has used of a rate limit, over all nodes; only where these share a database. */
interface RateLimitTable {
  key: string;
  /** Microseconds since 1970 UTC, by the database's clock: see `RateLimit`. */
  used_until: number;
}

/** A restore of one account's backup that runs in portions. */
interface RestoreTable {
  id: Generated<number>;
  owner_id: number;
  /** Who started it, as JSON of an `Actor`. */
  actor: string;
  mode: string;
  /** The path of the archive on the node that has it. */
  archive: string;
  /** Whether the archive was uploaded for this, and is deleted afterwards. */
  is_sent: Flag;
  /** Of all links when it started: a link with a larger id is not deleted by it. */
  newest_link_id: number;
  state: "running" | "done" | "failed" | "cancelled";
  /** Whether it is to end after the portion under way. */
  is_cancelled: Generated<Flag>;
  /** The process that runs it, and until when by the database's clock; "": none. */
  holder: string;
  until: Instant;
  /** JSON: see `RestoreProgress`. Written in the transaction of each portion. */
  progress: string;
  /** JSON: why it failed. */
  problem: string | null;
  created_at: Instant;
  /** Null while it runs: an account has one of these at a time. */
  ended_at: Instant | null;
}

/** What administrators set for all nodes, where these share a database. */
interface SettingTable {
  key: string;
  /** JSON. */
  value: string;
}

/** What identifies the site, in its one row. */
interface SiteTable {
  /** Always 1. */
  one: number;
  /** Also in the folder of stored files: see `SiteMark`. */
  id: string;
  /** A keyed hash that all nodes' secret keys must give; null until a node has served. */
  key_mark: Generated<string | null>;
}

export interface Schema {
  user: UserTable;
  session: SessionTable;
  api_key: ApiKeyTable;
  link: LinkTable;
  link_alias: LinkAliasTable;
  link_version: LinkVersionTable;
  link_file: LinkFileTable;
  declaration: DeclarationTable;
  link_total: LinkTotalTable;
  link_search: LinkSearchTable;
  link_rank: LinkRankTable;
  tag: TagTable;
  link_tag: LinkTagTable;
  visit_value: VisitValueTable;
  visit: VisitTable;
  visit_series: VisitSeriesTable;
  link_quarter: LinkQuarterTable;
  owner_quarter: OwnerQuarterTable;
  link_day: LinkDayTable;
  owner_day: OwnerDayTable;
  link_unique: LinkUniqueTable;
  owner_unique: OwnerUniqueTable;
  blob: BlobTable;
  blob_usage: BlobUsageTable;
  upload: UploadTable;
  audit_event: AuditEventTable;
  visit_journal: VisitJournalTable;
  sent_form: SentFormTable;
  sent_request: SentRequestTable;
  removed_metadata: RemovedMetadataTable;
  lease: LeaseTable;
  rate_limit: RateLimitTable;
  visitor_key: VisitorKeyTable;
  restore: RestoreTable;
  setting: SettingTable;
  site: SiteTable;
  node: NodeTable;
}
