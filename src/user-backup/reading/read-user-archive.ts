import type { Preferences } from "../../accounts/user-schema.ts";
import { Archive, refused } from "../../archive/archive.ts";
import { jsonParts } from "../../archive/json-parts.ts";
import {
  CONFIG,
  checkHead,
  checkPart,
  entry,
  LINKS,
  link,
  linkFile,
  MANIFEST,
  type ManifestEntry,
  type ManifestFile,
  type ManifestVisitor,
  METADATA,
  manifestHead,
  VISITS,
  visitor,
} from "../../archive/manifest.ts";
import { text as archiveText } from "../../archive/text.en.ts";
import { verifyEntry } from "../../archive/verify-entry.ts";
import { isTheme } from "../../config/values/themes.ts";
import { canonicalZone } from "../../config/values/time-zone.ts";
import { MAX_FILES } from "../../links/files/link-file.ts";
import type { ArchivedFile } from "../checked-link.ts";
import { text } from "../text.en.ts";
import type { ArchiveOutput, ArchiveSummary } from "./archive-output.ts";
import { HoursReader, type VisitorKind } from "./hours-reader.ts";
import { LinkReader, type ListedEntry } from "./link-reader.ts";
import type { LinkRules } from "./link-rules.ts";
import { fileFromManifest, linkFromManifest } from "./manifest-link.ts";
import { OldArchive } from "./old-archive.ts";

/** How an archive is read. */
export interface ArchiveReading {
  readonly path: string;
  readonly rules: LinkRules;
}

/** Most entries that nothing refers to: operating systems add some of their own. */
const MAX_STRAYS = 100;

/** Most files of links that have several. */
const MAX_LINK_FILES = 200_000;

/** Most visitors of an archive. */
const MAX_VISITORS = 1_000_000;

/**
 * Reads a user's archive, whichever program made it: checks its directory, each link, each hour, and every byte, and
 * writes out what may be restored. The first fault ends it.
 * @throws Problem `invalid` on `backup_file`
 */
export async function readUserArchive(
  { path, rules }: ArchiveReading,
  output: ArchiveOutput,
): Promise<ArchiveSummary> {
  using archive = await Archive.open(path);
  const reader = archive.entries.has(MANIFEST)
    ? new OurArchive(archive, rules, output)
    : new OldArchive(archive, rules, output);
  const summary = await reader.read();
  await verifyEntries(archive, reader);
  return summary;
}

/** Reads every entry that the manifest lists or a link refers to; visits were read. */
async function verifyEntries(
  archive: Archive,
  { listed, links }: OurArchive | OldArchive,
): Promise<void> {
  let strays = 0;
  const described = new Set([LINKS, CONFIG, METADATA, VISITS, MANIFEST]);
  for (const name of archive.entries.keys()) {
    const isNamed = listed.has(name) || links.used.has(name) || links.unused.has(name);
    if (!isNamed && !described.has(name)) strays++;
  }
  if (strays > MAX_STRAYS) throw refused(text.archive.strays(strays));
  for (const name of archive.entries.keys()) {
    const isWanted = listed.has(name) || links.used.has(name);
    if (isWanted && name !== VISITS) await verifyEntry(archive, { entries: listed }, name);
  }
}

/** Reads an archive of ours by its manifest. */
class OurArchive {
  readonly listed = new Map<string, ListedEntry>();
  readonly links: LinkReader;
  readonly #archive: Archive;
  readonly #rules: LinkRules;
  readonly #output: ArchiveOutput;
  readonly #visitors: VisitorKind[] = [];
  readonly #files = new Map<string, ArchivedFile[]>();
  #fileCount = 0;

  constructor(archive: Archive, rules: LinkRules, output: ArchiveOutput) {
    this.#archive = archive;
    this.#rules = rules;
    this.#output = output;
    this.links = new LinkReader({ archive, output, rules, listed: this.listed });
  }

  async read(): Promise<ArchiveSummary> {
    const preferences = await this.#readManifest();
    const { now } = this.#rules.context;
    const { links } = this;
    const hours = new HoursReader({ links, visitors: this.#visitors, output: this.#output, now });
    const visits = this.listed.get(VISITS);
    if (visits !== undefined) await hours.read(this.#archive.read(VISITS, visits.sha256));
    hours.writeTotals();
    return { preferences, links: links.places.size, bytes: links.bytes, remarks: [] };
  }

  async #readManifest(): Promise<Preferences> {
    const head: Record<string, unknown> = {};
    for await (const part of jsonParts(this.#archive.read(MANIFEST), MANIFEST)) {
      if (part.index === null) head[part.key] = part.value;
      else if (part.key === "entries") this.#addEntry(checkPart(entry, part));
      else if (part.key === "files") this.#addFile(checkPart(linkFile, part));
      else if (part.key === "visitors") this.#addVisitor(checkPart(visitor, part));
      else if (part.key === "links") {
        const { now } = this.#rules.context;
        const given = checkPart(link, part);
        const files = this.#files.get(given.short_code) ?? [];
        this.links.add(linkFromManifest(given, files, now));
      }
    }
    return preferencesOf(checkHead(manifestHead, head).account);
  }

  /** Entries come before links, which are checked against them. */
  #addEntry({ name, size, sha256, damaged }: ManifestEntry): void {
    if (this.links.places.size > 0) throw refused(archiveText.badJson(MANIFEST, "entries"));
    const found = this.#archive.entries.get(name);
    if (found === undefined) throw refused(archiveText.missingEntry(name));
    if (found.size !== size) throw refused(archiveText.wrongSize(name));
    this.listed.set(name, { sha256, damaged: damaged === true });
  }

  /** Files come before the links that have them. */
  #addFile(given: ManifestFile): void {
    if (++this.#fileCount > MAX_LINK_FILES)
      throw refused(text.archive.tooManyFiles(MAX_LINK_FILES));
    const files = this.#files.get(given.short_code) ?? [];
    this.#files.set(given.short_code, files);
    files.push(fileFromManifest(given, this.#rules.context.now));
    if (files.length > MAX_FILES) throw refused(text.archive.tooManyFiles(MAX_FILES));
  }

  #addVisitor(given: ManifestVisitor): void {
    if (this.#visitors.length >= MAX_VISITORS) throw refused(text.archive.tooManyVisitors);
    const { referrer_host: referrerHost, browser, system, counted_by: countedBy, value } = given;
    this.#visitors.push({ isPerson: given.class === "human", countedBy });
    const visitor = { class: given.class, referrerHost, browser, system };
    this.#output.visitor({ ...visitor, countedBy, value });
  }
}

function preferencesOf(account: {
  readonly theme: string | null;
  readonly markdown_theme: string | null;
  readonly time_zone: string | null;
}): Preferences {
  const { theme, markdown_theme: markdownTheme, time_zone: timeZone } = account;
  return {
    ...(isThemeOrNone(theme) && { theme }),
    ...(isThemeOrNone(markdownTheme) && { markdownTheme }),
    ...((timeZone === null || canonicalZone(timeZone) !== null) && { timeZone }),
  };
}

function isThemeOrNone(theme: string | null) {
  return theme === null || isTheme(theme);
}
