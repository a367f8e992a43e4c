import { z } from "zod";
import { type Archive, refused } from "../archive/archive.ts";
import { entry, MANIFEST, parseJson } from "../archive/manifest.ts";
import { text as archiveText } from "../archive/text.en.ts";
import { text } from "./text.en.ts";

/** Folders in the archive of a site. */
export const DATABASE = "database/";
export const USERS = "users/";
/** Folders of the data folder that are copied unchanged. */
export const FOLDERS = ["config/", "branding/"] as const;

const MAX_MANIFEST_BYTES = 134_217_728;

const siteManifest = z.object({
  format: z.literal("trunk8-site"),
  version: z.literal(1),
  created_at: z.int(),
  trunk8_version: z.string(),
  entries: z.array(entry),
  /** Files that were missing on disk or could not be read. */
  missing: z.array(z.string()),
});

/** The manifest of a site's archive; times are milliseconds since 1970 UTC. */
export type SiteManifest = z.infer<typeof siteManifest>;

/**
 * Reads the manifest of a site's archive, and compares it with the entries.
 * @throws Problem `invalid` on `backup_file`
 */
export async function readSiteManifest(archive: Archive): Promise<SiteManifest> {
  const json = await archive.readText(MANIFEST, MAX_MANIFEST_BYTES);
  if (json === null) throw refused(archiveText.noBackup(MANIFEST));
  const manifest = parseJson(siteManifest, json, MANIFEST);
  if (manifest.entries.length + 1 !== archive.entries.size) throw refused(text.entriesDiffer);
  for (const { name, size } of manifest.entries) {
    if (archive.entries.get(name)?.size !== size) throw refused(text.badEntry(name));
    if (!isKnown(name)) throw refused(text.unknownPlace(name));
  }
  return manifest;
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
