import { parse } from "smol-toml";
import type { Preferences } from "../accounts/user.ts";
import { type Archive, refused } from "../archive/archive.ts";
import {
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
import { isTable } from "../config/file/config-file.ts";
import { isTheme } from "../config/values/themes.ts";
import { canonicalZone } from "../config/values/time-zone.ts";
import { readLinksFile } from "../links-file/links-file.ts";
import type { ArchivedLink } from "./archived-link.ts";
import { type OldReading, readOldLink } from "./old-link.ts";

/** What an archive of one user's is read as, whichever program made it. */
export interface Contents {
  readonly links: readonly ArchivedLink[];
  readonly preferences: Preferences;
  readonly visitors: readonly ManifestVisitor[];
  /** What each entry must be; empty where the archive does not say. */
  readonly entries: ReadonlyMap<string, ManifestEntry>;
  /** What was not understood, for people. */
  readonly remarks: readonly string[];
}

/** Entries that nothing in the archive names: a few may lie there, such as what a computer adds of its own. */
const MAX_STRAYS = 100;

/**
 * Reads what an archive says of its links; no file of theirs is read yet.
 * @throws Problem `invalid` on `backup_file`
 */
export async function readContents(archive: Archive, reading: OldReading): Promise<Contents> {
  const manifest = await readManifest(archive);
  const contents =
    manifest === null
      ? await readOldContents(archive, reading)
      : await readOurContents(archive, manifest);
  refuseStrays(archive, contents);
  return contents;
}

async function readOurContents(archive: Archive, manifest: Manifest): Promise<Contents> {
  const entries = new Map(manifest.entries.map((entry) => [entry.name, entry]));
  for (const { name, size } of entries.values()) {
    const found = archive.entries.get(name);
    if (found === undefined) throw refused(`"${name}" is missing in the archive.`);
    if (found.size !== size) throw refused(`"${name}" in the archive has another size.`);
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

function linkFromManifest({ content, ...link }: ManifestLink): ArchivedLink {
  if (content === null) return { ...link, content };
  const { entry, ...facts } = content;
  return { ...link, content: { ...facts, source: { entry } } };
}

async function readOldContents(archive: Archive, reading: OldReading): Promise<Contents> {
  const text = await archive.readText(LINKS, MAX_TEXT_BYTES);
  if (text === null) throw refused(`This is no backup: it has no "${LINKS}".`);
  const { links, errors } = readLinksFile(text, { strict: false });
  const [broken] = errors.filter(({ shortCode }) => shortCode === undefined);
  if (broken !== undefined) {
    const { line, column, message } = broken;
    throw refused(`"${LINKS}" in the archive, line ${line}, column ${column}: ${message}`);
  }
  const read = links.map((link) => readOldLink(link, reading));
  return {
    links: read.map(({ link }) => link),
    preferences: await readOldPreferences(archive),
    visitors: [],
    entries: new Map(),
    remarks: [
      ...errors.map(({ line, message }) => `${LINKS}, line ${line}: ${message}`),
      ...read.flatMap(({ remarks }) => remarks),
    ],
  };
}

async function readOldPreferences(archive: Archive): Promise<Preferences> {
  const { app } = parseToml((await archive.readText(CONFIG, MAX_TEXT_BYTES)) ?? "");
  const { theme, markdown_theme: markdownTheme } = isTable(app) ? app : {};
  return {
    ...(isThemeName(theme) && { theme }),
    ...(isThemeName(markdownTheme) && { markdownTheme }),
  };
}

/** Settings that cannot be read are no reason to leave the links behind. */
function parseToml(text: string): Record<string, unknown> {
  try {
    return parse(text);
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

function refuseStrays(archive: Archive, { links, entries }: Contents): void {
  const named = new Set([LINKS, CONFIG, METADATA, VISITS, MANIFEST, ...entries.keys()]);
  for (const { content } of links) {
    if (content !== null && "entry" in content.source) named.add(content.source.entry);
  }
  let strays = 0;
  for (const name of archive.entries.keys()) if (!named.has(name)) strays++;
  if (strays > MAX_STRAYS) {
    throw refused(`The archive has ${strays} files that no link of it names.`);
  }
}
