import { parse } from "smol-toml";
import type { Preferences } from "../accounts/user-schema.ts";
import { type Archive, refused } from "../archive/archive.ts";
import {
  ASSETS,
  CONFIG,
  LINKS,
  MANIFEST,
  MAX_TEXT_BYTES,
  type Manifest,
  type ManifestEntry,
  type ManifestLink,
  type ManifestVisitor,
  METADATA,
  readManifest,
  VISITS,
} from "../archive/manifest.ts";
import { text as archiveText } from "../archive/text.en.ts";
import { isTable } from "../config/file/config-file.ts";
import { isTheme } from "../config/values/themes.ts";
import { canonicalZone } from "../config/values/time-zone.ts";
import type { Link } from "../links/link.ts";
import { type FileLink, readLinksFile } from "../links-file/links-file.ts";
import { type OldContent, type OldReading, readOldLink } from "../links-file/old-link.ts";
import { text } from "./text.en.ts";

/** A link as an archive has it. Its shape is right; whether it is allowed is checked by `validateLink`. */
export interface ArchivedLink
  extends Pick<
    Link,
    | "title"
    | "note"
    | "redirectStatus"
    | "expiresAt"
    | "disabled"
    | "inline"
    | "createdAt"
    | "updatedAt"
  > {
  readonly shortCode: string;
  readonly kind: string;
  readonly target: string;
  readonly content: ArchivedContent | null;
  readonly visits: number;
  readonly lastVisitAt: number | null;
}

/** Bytes that are an entry of the archive, or a text in its links.toml. */
export interface ArchivedContent {
  readonly name: string;
  readonly modifiedAt: number;
  readonly source: { readonly entry: string } | { readonly text: string };
}

/** What the archive of a user holds, whichever program made it. */
export interface ArchiveContents {
  readonly links: readonly ArchivedLink[];
  readonly preferences: Preferences;
  readonly visitors: readonly ManifestVisitor[];
  /** Size and hash of each entry; empty if the archive has no manifest. */
  readonly entries: ReadonlyMap<string, ManifestEntry>;
  /** What could not be read. */
  readonly remarks: readonly string[];
}

/** Most entries that nothing refers to: operating systems add some of their own. */
const MAX_STRAYS = 100;

/**
 * Reads the links of an archive, but none of their files.
 * @throws Problem `invalid` on `backup_file`
 */
export async function readContents(
  archive: Archive,
  reading: OldReading,
): Promise<ArchiveContents> {
  const manifest = await readManifest(archive);
  const contents =
    manifest === null
      ? await readOldContents(archive, reading)
      : await readOurContents(archive, manifest);
  refuseStrays(archive, contents);
  return contents;
}

async function readOurContents(archive: Archive, manifest: Manifest): Promise<ArchiveContents> {
  const entries = new Map(manifest.entries.map((entry) => [entry.name, entry]));
  for (const { name, size } of entries.values()) {
    const found = archive.entries.get(name);
    if (found === undefined) throw refused(archiveText.missingEntry(name));
    if (found.size !== size) throw refused(archiveText.wrongSize(name));
  }
  const { theme, markdown_theme: markdownTheme, time_zone: timeZone } = manifest.account;
  return {
    links: manifest.links.map(linkFromManifest),
    preferences: {
      ...(isThemeOrNone(theme) && { theme }),
      ...(isThemeOrNone(markdownTheme) && { markdownTheme }),
      ...((timeZone === null || canonicalZone(timeZone) !== null) && { timeZone }),
    },
    visitors: manifest.visitors,
    entries,
    remarks: [],
  };
}

function linkFromManifest(link: ManifestLink): ArchivedLink {
  const { kind, target, title, note, disabled, inline, visits, content } = link;
  return {
    shortCode: link.short_code,
    kind,
    target,
    title,
    note,
    redirectStatus: link.redirect_status,
    expiresAt: link.expires_at,
    disabled,
    inline,
    createdAt: link.created_at,
    updatedAt: link.updated_at,
    content: content && {
      name: content.name,
      modifiedAt: content.modified_at,
      source: { entry: content.entry },
    },
    visits,
    lastVisitAt: link.last_visit_at,
  };
}

async function readOldContents(archive: Archive, reading: OldReading): Promise<ArchiveContents> {
  const toml = await archive.readText(LINKS, MAX_TEXT_BYTES);
  if (toml === null) throw refused(archiveText.noBackup(LINKS));
  const { links, errors } = readLinksFile(toml, { strict: false });
  const [broken] = errors.filter(({ shortCode }) => shortCode === undefined);
  if (broken !== undefined) {
    const { line, column, message } = broken;
    throw refused(text.archive.syntaxError(LINKS, line, column, message));
  }
  const read = links.map((link) => linkFromOld(link, reading));
  return {
    links: read.map(({ link }) => link),
    preferences: await readOldPreferences(archive),
    visitors: [],
    entries: new Map(),
    remarks: [
      ...errors.map(({ line, message }) => text.archive.line(LINKS, line, message)),
      ...read.flatMap(({ remarks }) => remarks),
    ],
  };
}

function linkFromOld(fileLink: FileLink, reading: OldReading) {
  const { content, isExpiryUnreadable, ...old } = readOldLink(fileLink, reading);
  const link: ArchivedLink = {
    ...old,
    updatedAt: old.createdAt,
    content: content && { ...content, source: sourceFromOld(content.source) },
    visits: 0,
    lastVisitAt: null,
  };
  const date = String(fileLink.expiration_date);
  const remarks = isExpiryUnreadable ? [text.links.unreadableExpiry(link.shortCode, date)] : [];
  return { link, remarks };
}

function sourceFromOld(source: OldContent["source"]): ArchivedContent["source"] {
  return "path" in source ? { entry: ASSETS + source.path } : source;
}

async function readOldPreferences(archive: Archive): Promise<Preferences> {
  const { app } = parseToml((await archive.readText(CONFIG, MAX_TEXT_BYTES)) ?? "");
  const { theme, markdown_theme: markdownTheme } = isTable(app) ? app : {};
  return {
    ...(isThemeName(theme) && { theme }),
    ...(isThemeName(markdownTheme) && { markdownTheme }),
  };
}

/** Settings that cannot be read are ignored: the links are restored without them. */
function parseToml(toml: string): Record<string, unknown> {
  try {
    return parse(toml);
  } catch {
    return {};
  }
}

function isThemeName(value: unknown) {
  return typeof value === "string" && isTheme(value);
}

function isThemeOrNone(theme: string | null) {
  return theme === null || isTheme(theme);
}

function refuseStrays(archive: Archive, { links, entries }: ArchiveContents): void {
  const named = new Set([LINKS, CONFIG, METADATA, VISITS, MANIFEST, ...entries.keys()]);
  for (const { content } of links) {
    if (content !== null && "entry" in content.source) named.add(content.source.entry);
  }
  let strays = 0;
  for (const name of archive.entries.keys()) if (!named.has(name)) strays++;
  if (strays > MAX_STRAYS) throw refused(text.archive.strays(strays));
}
