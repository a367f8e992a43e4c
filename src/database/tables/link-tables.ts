import type { Generated } from "kysely";
import type { Kind } from "../../links/link.ts";
import type { ShortCode } from "../../links/short-code.ts";
import type { Target } from "../../links/target/target.ts";

/** Milliseconds since 1970 UTC. */
type Instant = number;

/** A further short code of a link, besides that of its row; none is both. */
export interface LinkAliasTable {
  short_code: ShortCode;
  link_id: number;
}

/** A destination or a text that a link had before: see `LinkVersions`. */
export interface LinkVersionTable {
  link_id: number;
  /** From 1 on, in their order. */
  number: number;
  /** Since when the link had it, and the name of the user who set it; empty: not known. */
  began_at: Instant;
  author: string;
  replaced_at: Instant;
  replaced_by: string;
  kind: Kind;
  target: Target | "";
  blob_id: number | null;
  file_name: string;
  media_type: string;
}

/** One of the files of a link that has several: see `LinkFiles`. */
export interface LinkFileTable {
  id: Generated<number>;
  link_id: number;
  /** With `/` between its parts; no two of a link are the same. */
  path: string;
  /** Files are in the order of these, then of their ids. */
  position: number;
  title: string;
  blob_id: number;
  media_type: string;
  added_at: Instant;
}
