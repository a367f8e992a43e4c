import { z } from "zod";
import { kinds, redirectStatuses } from "../links/link.ts";
import { refused } from "./archive.ts";
import { text } from "./text.en.ts";

/** The entries of a user's archive; the Python Trunk8 knows all but the last two. */
export const LINKS = "links.toml";
export const CONFIG = "config.toml";
export const METADATA = "backup_metadata.toml";
export const ASSETS = "assets/";
export const VISITS = "visits.jsonl";
export const MANIFEST = "manifest.json";

/** Largest text of an entry: it is read into memory. */
export const MAX_TEXT_BYTES = 33_554_432;
const MAX_MANIFEST_BYTES = MAX_TEXT_BYTES * 2;

const count = z.int().nonnegative();
const instant = z.int().min(-8.64e15).max(8.64e15);

export const entry = z.object({
  name: z.string(),
  size: count,
  sha256: z.string(),
  /** Set if the bytes read for the archive were not those that had been stored. */
  damaged: z.literal(true).optional(),
});

const visitor = z.object({
  class: z.enum(["human", "bot", "preview", "prefetch"]),
  referrer_host: z.string().max(253),
  browser: z.string().max(50),
  system: z.string().max(50),
});

const link = z.object({
  short_code: z.string(),
  kind: z.enum(kinds),
  target: z.string(),
  title: z.string(),
  note: z.string(),
  redirect_status: z.literal(redirectStatuses),
  expires_at: instant.nullable(),
  disabled: z.boolean(),
  inline: z.boolean(),
  created_at: instant,
  updated_at: instant,
  content: z.object({ entry: z.string(), name: z.string(), modified_at: instant }).nullable(),
  visits: count,
  last_visit_at: instant.nullable(),
});

const account = z.object({
  username: z.string(),
  theme: z.string().nullable(),
  markdown_theme: z.string().nullable(),
  time_zone: z.string().nullable(),
});

const manifest = z.object({
  format: z.literal("trunk8-user"),
  version: z.literal(1),
  created_at: instant,
  trunk8_version: z.string(),
  account,
  entries: z.array(entry),
  visitors: z.array(visitor),
  links: z.array(link),
});

/** The manifest of a user's archive; times are milliseconds since 1970 UTC. */
export type Manifest = z.infer<typeof manifest>;
export type ManifestEntry = z.infer<typeof entry>;
export type ManifestLink = z.infer<typeof link>;
export type ManifestVisitor = z.infer<typeof visitor>;

/** One line of visits.jsonl: some of a link's hours, each with the index of its visitor in the manifest. */
const hours = z.object({
  short_code: z.string(),
  hours: z.array(z.tuple([count.max(1e8), count, count.min(1).max(1e12)])),
});

export type HoursLine = z.infer<typeof hours>;

interface TextSource {
  readText(name: string, maxBytes: number): Promise<string | null>;
}

/**
 * Reads the manifest of an archive; null if it has none, as those of the Python Trunk8.
 * @throws Problem `invalid` on `backup_file`
 */
export async function readManifest(archive: TextSource): Promise<Manifest | null> {
  const json = await archive.readText(MANIFEST, MAX_MANIFEST_BYTES);
  return json === null ? null : parseJson(manifest, json, MANIFEST);
}

/** @throws Problem `invalid` on `backup_file` */
export function parseHours(line: string): HoursLine {
  return parseJson(hours, line, VISITS);
}

/** @throws Problem `invalid` on `backup_file` if it is not JSON of this type */
export function parseJson<Parsed>(type: z.ZodType<Parsed>, json: string, name: string): Parsed {
  const { success, data, error } = type.safeParse(parsedOrUndefined(json));
  if (success) return data;
  const [issue] = error.issues;
  throw refused(text.badJson(name, issue?.path.join(".") ?? ""), error);
}

function parsedOrUndefined(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
