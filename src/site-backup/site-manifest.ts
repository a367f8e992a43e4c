import { z } from "zod";
import { type Archive, refused } from "../archive/archive.ts";
import { jsonParts } from "../archive/json-parts.ts";
import { checkHead, checkPart, entry, MANIFEST, type ManifestEntry } from "../archive/manifest.ts";
import { text as archiveText } from "../archive/text.en.ts";
import { text } from "./text.en.ts";

/** Folders in the archive of a site. */
export const DATABASE = "database/";
export const USERS = "users/";
/** Folders of the data folder that are copied unchanged. */
export const FOLDERS = ["config/", "branding/"] as const;

const siteHead = z.object({
  format: z.literal("trunk8-site"),
  version: z.literal(1),
  created_at: z.int(),
  trunk8_version: z.string(),
});

/** The manifest of a site's archive; times are milliseconds since 1970 UTC. */
export interface SiteManifest extends z.infer<typeof siteHead> {
  readonly entries: readonly ManifestEntry[];
  /** Files that were missing on disk or could not be read. */
  readonly missing: readonly string[];
  /** Files that were deleted during the backup. */
  readonly vanished?: readonly string[];
}

/**
 * Reads the manifest of a site's archive, and compares it with the entries.
 * @throws Problem `invalid` on `backup_file`
 */
export async function readSiteManifest(archive: Archive): Promise<SiteManifest> {
  if (!archive.entries.has(MANIFEST)) throw refused(archiveText.noBackup(MANIFEST));
  const manifest = await readParts(archive);
  if (manifest.entries.length + 1 !== archive.entries.size) throw refused(text.entriesDiffer);
  for (const { name, size } of manifest.entries) {
    if (archive.entries.get(name)?.size !== size) throw refused(text.badEntry(name));
    if (!isKnown(name)) throw refused(text.unknownPlace(name));
  }
  return manifest;
}

/** Part by part: the manifest of a large site is longer than a text may be. */
async function readParts(archive: Archive): Promise<SiteManifest> {
  const head: Record<string, unknown> = {};
  const entries: ManifestEntry[] = [];
  const missing: string[] = [];
  for await (const part of jsonParts(archive.read(MANIFEST), MANIFEST)) {
    if (part.index === null) head[part.key] = part.value;
    else if (part.key === "entries") entries.push(checkPart(entry, part));
    else if (part.key === "missing") missing.push(checkPart(z.string(), part));
  }
  return { ...checkHead(siteHead, head), entries, missing };
}

/** Whether an archive is that of a whole site. */
export function isOfSite(archive: Archive): boolean {
  return archive.entries.has(MANIFEST) && [...archive.entries.keys()].some(isDatabase);
}

function isDatabase(name: string): boolean {
  return name.startsWith(DATABASE);
}

function isKnown(name: string): boolean {
  return [DATABASE, USERS, ...FOLDERS].some((folder) => name.startsWith(folder));
}
