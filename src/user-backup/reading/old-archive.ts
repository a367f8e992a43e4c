import { parse } from "smol-toml";
import type { Preferences } from "../../accounts/user-schema.ts";
import { type Archive, refused } from "../../archive/archive.ts";
import { ASSETS, CONFIG, LINKS, MAX_TEXT_BYTES } from "../../archive/manifest.ts";
import { text as archiveText } from "../../archive/text.en.ts";
import { isTable } from "../../config/file/config-file.ts";
import { isTheme } from "../../config/values/themes.ts";
import { noGate, noOptions } from "../../links/link.ts";
import { type FileLink, readLinksFile } from "../../links-file/links-file.ts";
import { type OldContent, readOldLink } from "../../links-file/old-link.ts";
import type { ArchivedContent, ArchivedLink } from "../checked-link.ts";
import { text } from "../text.en.ts";
import type { ArchiveOutput, ArchiveSummary } from "./archive-output.ts";
import { LinkReader, type ListedEntry } from "./link-reader.ts";
import type { LinkRules } from "./link-rules.ts";

/** Most remarks that are kept, and most characters of each. */
const MAX_REMARKS = 1000;
const MAX_REMARK = 1000;

/** Reads an archive of the Python Trunk8: a links.toml and its files. */
export class OldArchive {
  readonly listed: ReadonlyMap<string, ListedEntry> = new Map();
  readonly links: LinkReader;
  readonly #archive: Archive;
  readonly #rules: LinkRules;
  readonly #remarks: string[] = [];

  constructor(archive: Archive, rules: LinkRules, output: ArchiveOutput) {
    this.#archive = archive;
    this.#rules = rules;
    this.links = new LinkReader({ archive, output, rules, listed: this.listed });
  }

  async read(): Promise<ArchiveSummary> {
    const toml = await this.#archive.readText(LINKS, MAX_TEXT_BYTES);
    if (toml === null) throw refused(archiveText.noBackup(LINKS));
    const { links, errors } = readLinksFile(toml, { strict: false });
    const broken = errors.find(({ shortCode }) => shortCode === undefined);
    if (broken !== undefined) {
      const { line, column, message } = broken;
      throw refused(text.archive.syntaxError(LINKS, line, column, message));
    }
    for (const { line, message } of errors) this.#remark(text.archive.line(LINKS, line, message));
    for (const link of links) this.#add(link);
    return {
      preferences: await readPreferences(this.#archive),
      links: this.links.places.size,
      bytes: this.links.bytes,
      remarks: this.#remarks,
    };
  }

  #add(fileLink: FileLink): void {
    const { now, zone } = this.#rules.context;
    const { content, isExpiryUnreadable, ...old } = readOldLink(fileLink, { now, zone });
    const link: ArchivedLink = {
      ...noOptions,
      ...noGate,
      tags: [],
      ...old,
      updatedAt: old.createdAt,
      content: content && { ...content, source: sourceFromOld(content.source) },
      files: [],
      visits: 0,
      lastVisitAt: null,
    };
    this.links.add(link);
    if (!isExpiryUnreadable) return;
    this.#remark(text.links.unreadableExpiry(link.shortCode, String(fileLink.expiration_date)));
  }

  #remark(remark: string): void {
    if (this.#remarks.length < MAX_REMARKS) this.#remarks.push(remark.slice(0, MAX_REMARK));
  }
}

function sourceFromOld(source: OldContent["source"]): ArchivedContent["source"] {
  return "path" in source ? { entry: ASSETS + source.path } : source;
}

async function readPreferences(archive: Archive): Promise<Preferences> {
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
