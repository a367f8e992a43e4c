import { ASSETS, type ManifestFile, type ManifestLink } from "../archive/manifest.ts";
import { localTime } from "../archive/timestamp.ts";
import type { LinkFile } from "../links/files/link-file.ts";
import type { Content, Link } from "../links/link.ts";
import type { ListedLink } from "../links/links.ts";
import type { ShortCode } from "../links/short-code.ts";
import { writeFileLink } from "../links-file/links-file.ts";

/** Files of links that have several, by the ids of the links. */
type FilesByLink = ReadonlyMap<number, readonly LinkFile[]>;

/** The links of an archive as the texts written to it: for many links, these take less memory than the objects. */
export class LinkTexts {
  /** Each file once, by its entry, however many links use it. */
  readonly assets = new Map<string, Content>();
  readonly codes = new Map<number, ShortCode>();
  readonly #zone: string;
  readonly #toml: Buffer[] = [];
  readonly #json: Buffer[] = [];
  readonly #files: Buffer[] = [];

  /** @param zone IANA name: the times of the Python Trunk8 have no zone */
  constructor(zone: string) {
    this.#zone = zone;
  }

  add(links: readonly ListedLink[], files: FilesByLink): void {
    if (links.length === 0) return;
    // The Python Trunk8 has no collections.
    const known = links.filter(({ kind }) => kind !== "collection");
    const toml = known.map((link) => writeFileLink(oldWordsOf(link, this.#zone)));
    const json = links.map((link) => JSON.stringify(manifestLink(link)));
    this.#toml.push(Buffer.from(toml.join("")));
    this.#json.push(Buffer.from(json.join(",\n")));
    for (const link of links) {
      const { id, shortCode, content } = link;
      this.codes.set(id, shortCode);
      if (content !== null) this.assets.set(entryOf(content), content);
      this.#addFiles(link, files.get(id) ?? []);
    }
  }

  #addFiles(link: Link, files: readonly LinkFile[]): void {
    if (files.length === 0) return;
    const json = files.map((file) => JSON.stringify(manifestFile(link, file)));
    this.#files.push(Buffer.from(json.join(",\n")));
    for (const { content } of files) this.assets.set(entryOf(content), content);
  }

  /** A links.toml for the Python Trunk8. */
  async *toml(): AsyncGenerator<Uint8Array> {
    yield Buffer.from("[links]\n\n");
    yield* this.#toml;
  }

  /** The links as a JSON array, with all their fields. */
  json(): AsyncGenerator<Uint8Array> {
    return listOf(this.#json);
  }

  /** The files of links that have several, as a JSON array. */
  filesJson(): AsyncGenerator<Uint8Array> {
    return listOf(this.#files);
  }
}

async function* listOf(pages: readonly Buffer[]): AsyncGenerator<Uint8Array> {
  yield Buffer.from("[\n");
  for (const [at, page] of pages.entries()) {
    if (at > 0) yield Buffer.from(",\n");
    yield page;
  }
  yield Buffer.from("\n]");
}

/** A link in the words of the Python Trunk8. */
function oldWordsOf(link: Link, zone: string) {
  const { shortCode, kind, target, content, expiresAt } = link;
  return {
    shortCode,
    type: kind,
    ...(content === null
      ? { url: target }
      : {
          path: entryOf(content).slice(ASSETS.length),
          original_filename: content.name,
          file_size: content.size,
          mime_type: content.type,
          upload_date: localTime(content.modifiedAt, zone),
        }),
    ...(expiresAt !== null && { expiration_date: localTime(expiresAt, zone) }),
  };
}

function manifestFile({ shortCode }: Link, { path, title, content }: LinkFile): ManifestFile {
  const { modifiedAt: modified_at } = content;
  return { short_code: shortCode, path, title, entry: entryOf(content), modified_at };
}

function manifestLink(link: ListedLink): ManifestLink {
  const { content } = link;
  return {
    short_code: link.shortCode,
    kind: link.kind,
    target: link.target,
    title: link.title,
    note: link.note,
    redirect_status: link.redirectStatus,
    expires_at: link.expiresAt,
    starts_at: link.startsAt,
    fallback_url: link.fallbackUrl,
    tags: [...link.tags],
    forward_query: link.forwardQuery,
    embed_hosts: link.embedHosts,
    aliases: [...link.aliases],
    visit_limit: link.visitLimit,
    visits_left: link.visitsLeft,
    password_hash: link.passwordHash,
    disabled: link.disabled,
    inline: link.inline,
    created_at: link.createdAt,
    updated_at: link.updatedAt,
    content: content && {
      entry: entryOf(content),
      name: content.name,
      modified_at: content.modifiedAt,
    },
    visits: link.visits,
    last_visit_at: link.lastVisitAt,
  };
}

/** The path without its first part, which is the owner's user name. */
function entryOf({ path }: Content): string {
  return path.slice(path.indexOf("/") + 1);
}
