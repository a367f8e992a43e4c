import { z } from "zod";
import { linkHashSchema, MAX_VISIT_LIMIT } from "../links/gate/gate-input.ts";
import { kinds, redirectStatuses } from "../links/link.ts";
import { dimensionNames } from "../visits/dimension.ts";
import { refused } from "./archive.ts";
import type { JsonPart } from "./json-parts.ts";
import { text } from "./text.en.ts";
import { MAX_NAME, MAX_TEXT, MAX_VISITS } from "./value-ranges.ts";

/** The entries of a user's archive; the Python Trunk8 knows all but the last two. */
export const LINKS = "links.toml";
export const CONFIG = "config.toml";
export const METADATA = "backup_metadata.toml";
export const ASSETS = "assets/";
export const VISITS = "visits.jsonl";
export const MANIFEST = "manifest.json";

/** Largest text of an entry: it is read into memory. */
export const MAX_TEXT_BYTES = 33_554_432;

const count = z.int().nonnegative();
const instant = z.int();
const name = z.string().max(MAX_NAME);
const words = z.string().max(MAX_TEXT);

export const entry = z.object({
  name,
  size: count,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Set if the bytes read for the archive were not those that had been stored. */
  damaged: z.literal(true).optional(),
});

export const visitor = z.object({
  class: z.enum(["human", "bot", "preview", "prefetch"]),
  referrer_host: z.string().max(253),
  browser: z.string().max(50),
  system: z.string().max(50),
  /** What its visits are counted by instead of hours, and the value of a dimension (null: not kept apart). */
  counted_by: z.enum(["quarter", ...dimensionNames]).optional(),
  value: z.string().max(253).nullable().optional(),
});

export const link = z.object({
  short_code: name,
  kind: z.enum(kinds),
  target: words,
  title: words,
  note: words,
  redirect_status: z.literal(redirectStatuses),
  expires_at: instant.nullable(),
  starts_at: instant.nullable().default(null),
  fallback_url: words.default(""),
  tags: z.array(words).default([]),
  forward_query: z.boolean().nullable().default(null),
  /** Absent from older archives. */
  embed_hosts: words.nullable().default(null),
  aliases: z.array(name).default([]),
  visit_limit: z.int().min(1).max(MAX_VISIT_LIMIT).nullable().default(null),
  visits_left: z.int().min(0).max(MAX_VISIT_LIMIT).nullable().default(null),
  /** A PHC string; empty: no password. */
  password_hash: linkHashSchema.default(""),
  disabled: z.boolean(),
  inline: z.boolean(),
  created_at: instant,
  updated_at: instant,
  content: z.object({ entry: name, name, modified_at: instant }).nullable(),
  visits: count.max(MAX_VISITS),
  last_visit_at: instant.nullable(),
});

/** One of the files of a link that has several; in a list of their own, since a link may have thousands. */
export const linkFile = z.object({
  short_code: name,
  path: words,
  title: words,
  entry: name,
  modified_at: instant,
});

const account = z.object({
  username: name,
  theme: name.nullable(),
  markdown_theme: name.nullable(),
  time_zone: name.nullable(),
});

/** The manifest of a user's archive without its lists. */
export const manifestHead = z.object({
  format: z.literal("trunk8-user"),
  version: z.literal(1),
  created_at: instant,
  trunk8_version: name,
  account,
});

/** The manifest of a user's archive; times are milliseconds since 1970 UTC. */
export interface Manifest extends z.infer<typeof manifestHead> {
  readonly entries: readonly ManifestEntry[];
  readonly visitors: readonly ManifestVisitor[];
  readonly files: readonly ManifestFile[];
  readonly links: readonly ManifestLink[];
}

export type ManifestEntry = z.infer<typeof entry>;
export type ManifestFile = z.infer<typeof linkFile>;
export type ManifestLink = z.infer<typeof link>;
export type ManifestVisitor = z.infer<typeof visitor>;

/**
 * One line of visits.jsonl: some of a link's visits, each with the index of its visitor in the manifest, which says
 * whether the number before is a quarter hour, a day of a dimension, or in older archives an hour.
 */
export interface HoursLine {
  readonly short_code: string;
  readonly hours: readonly (readonly [at: number, visitor: number, visits: number])[];
}

/**
 * Checks one part of a manifest.
 * @throws Problem `invalid` on `backup_file` if it is not of this type
 */
export function checkPart<Parsed>(
  type: z.ZodType<Parsed>,
  { key, index, value }: JsonPart,
): Parsed {
  const { success, data, error } = type.safeParse(value);
  if (success) return data;
  const place = [key, ...(index === null ? [] : [index]), ...(error.issues[0]?.path ?? [])];
  throw refused(text.badJson(MANIFEST, place.join(".")), error);
}

/**
 * Checks the members of a manifest that are not lists.
 * @throws Problem `invalid` on `backup_file` if they are not of this type
 */
export function checkHead<Parsed>(type: z.ZodType<Parsed>, members: unknown): Parsed {
  const { success, data, error } = type.safeParse(members);
  if (success) return data;
  throw refused(text.badJson(MANIFEST, error.issues[0]?.path.join(".") ?? ""), error);
}
