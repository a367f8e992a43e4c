import { z } from "zod";
import { type Archive, refused } from "../archive/archive.ts";
import { entry, MANIFEST, parseJson } from "../archive/manifest.ts";

/** Where the parts of a site are in its archive. */
export const DATABASE = "database/";
export const USERS = "users/";
/** Folders of the data folder that are in it as they are. */
export const FOLDERS = ["config/", "branding/"] as const;

const MAX_MANIFEST_BYTES = 134_217_728;

const siteManifest = z.object({
  format: z.literal("trunk8-site"),
  version: z.literal(1),
  created_at: z.int(),
  trunk8_version: z.string(),
  entries: z.array(entry),
  /** Stored bytes that were gone from the disk already. */
  missing: z.array(z.string()),
});

/** What an archive of everything says of itself; times are milliseconds since 1970 UTC. */
export type SiteManifest = z.infer<typeof siteManifest>;

/**
 * What an archive of everything says of itself, its entries compared with what is there.
 * @throws Problem `invalid` on `backup_file`
 */
export async function readSiteManifest(archive: Archive): Promise<SiteManifest> {
  const text = await archive.readText(MANIFEST, MAX_MANIFEST_BYTES);
  if (text === null) throw refused(`This is no backup: it has no "${MANIFEST}".`);
  const manifest = parseJson(siteManifest, text, MANIFEST);
  if (manifest.entries.length + 1 !== archive.entries.size) {
    throw refused("The archive has other entries than it says.");
  }
  for (const { name, size } of manifest.entries) {
    if (archive.entries.get(name)?.size !== size) throw refused(`"${name}" is missing or damaged.`);
    if (!isKnown(name)) throw refused(`"${name}" has no place in a data folder.`);
  }
  return manifest;
}

/** Whether an archive says that it holds a whole site. */
export function isOfSite(archive: Archive): boolean {
  return archive.entries.has(MANIFEST) && [...archive.entries.keys()].some(isDatabase);
}

function isDatabase(name: string): boolean {
  return name.startsWith(DATABASE);
}

function isKnown(name: string): boolean {
  return [DATABASE, USERS, ...FOLDERS].some((folder) => name.startsWith(folder));
}
