import { ARCHIVE_FIELD, type Archive, refused } from "../../archive/archive.ts";
import { ASSETS } from "../../archive/manifest.ts";
import { freePath, nameIn, parseFilePath, parseFileTitle } from "../../links/files/file-path.ts";
import { hasContent, mayHaveFiles } from "../../links/link.ts";
import { isInvalid, type Problem } from "../../problem.ts";
import type {
  ArchivedContent,
  ArchivedFile,
  ArchivedLink,
  CheckedContent,
  CheckedFile,
} from "../checked-link.ts";
import { text } from "../text.en.ts";
import type { ArchiveOutput } from "./archive-output.ts";
import { type LinkRules, requireAllowedFile, skipped, validateLink } from "./link-rules.ts";

/** Most links of an archive. */
const MAX_LINKS = 250_000;

/** Characters of a refused short code that are shown. */
const SHOWN = 100;

/** What the manifest says of an entry. */
export interface ListedEntry {
  readonly sha256: string;
  readonly damaged: boolean;
}

interface LinkReaderParts {
  readonly archive: Archive;
  readonly output: ArchiveOutput;
  readonly rules: LinkRules;
  /** By name; empty if the archive has no manifest. */
  readonly listed: ReadonlyMap<string, ListedEntry>;
}

/** Checks the links of an archive one by one, and writes each out. */
export class LinkReader {
  readonly #parts: LinkReaderParts;
  /** Checked links by short code; their number is their place. */
  readonly places = new Map<string, number>();
  readonly visits: number[] = [];
  readonly lastVisitAt: (number | null)[] = [];
  /** Names of entries that checked links refer to, and of those that skipped ones do. */
  readonly used = new Set<string>();
  readonly unused = new Set<string>();
  #count = 0;
  /** Of all files of checked links, each once. */
  bytes = 0;

  constructor(parts: LinkReaderParts) {
    this.#parts = parts;
  }

  /** @throws Problem `invalid` on `backup_file` after too many */
  add(link: ArchivedLink): void {
    if (++this.#count > MAX_LINKS) throw refused(text.archive.tooManyLinks(MAX_LINKS));
    const { output, rules } = this.#parts;
    const { shortCode } = link;
    try {
      const valid = validateLink(rules, link);
      if (this.places.has(shortCode)) throw skipped(text.links.duplicate);
      const content = hasContent(valid.kind) ? this.#find(link.content) : null;
      const files = mayHaveFiles(valid) ? this.#findFiles(link.files) : [];
      output.link({ ...valid, content, files });
      this.places.set(shortCode, this.places.size);
      this.visits.push(link.visits);
      this.lastVisitAt.push(link.lastVisitAt);
    } catch (thrown) {
      if (!isReason(thrown)) throw thrown;
      for (const content of [link.content, ...link.files.map((file) => file.content)])
        if (content !== null && "entry" in content.source) this.unused.add(content.source.entry);
      output.link({ shortCode: shortCode.slice(0, SHOWN), reason: thrown.message });
    }
  }

  #findFiles(files: readonly ArchivedFile[]): CheckedFile[] {
    const paths = new Set<string>();
    return files.map(({ path: given, title, content }) => {
      const path = freePath(parseFilePath(given, "files"), paths);
      paths.add(path);
      const found = this.#find({ ...content, name: nameIn(path) });
      return { path, title: parseFileTitle(title), content: found };
    });
  }

  /** Finds the bytes of a link. Only the entries of the archive are searched, so that no path leads elsewhere. */
  #find(content: ArchivedContent | null): CheckedContent {
    if (content === null) throw skipped(text.links.noFile);
    const { output, rules } = this.#parts;
    const { name, modifiedAt, source } = content;
    if ("text" in source) {
      requireAllowedFile(rules, { name, size: Buffer.byteLength(source.text) });
      const kept = output.text(source.text);
      this.bytes += kept.size;
      return { name, modifiedAt, size: kept.size, source: { text: kept } };
    }
    return { name, modifiedAt, ...this.#findEntry(name, source.entry) };
  }

  #findEntry(name: string, entry: string) {
    const { archive, rules, listed } = this.#parts;
    const found = archive.entries.get(entry);
    if (!entry.startsWith(ASSETS) || found === undefined) throw skipped(text.links.fileMissing);
    const known = listed.get(entry);
    if (known?.damaged) throw skipped(text.links.fileDamaged);
    requireAllowedFile(rules, { name, size: found.size });
    if (!this.used.has(entry)) this.bytes += found.size;
    this.used.add(entry);
    const bytes = archive.locate(entry, known?.sha256 ?? null);
    return { size: found.size, source: { entry, bytes } };
  }
}

/** Whether a link is skipped for this; faults of the archive itself are on its own field. */
function isReason(thrown: unknown): thrown is Problem {
  return isInvalid(thrown) && !(ARCHIVE_FIELD in thrown.fields);
}
