import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../../clock.ts";
import type { Database } from "../../database/database.ts";
import { prepareShapes } from "../../database/prepared.ts";
import type { BlobOwner, Blobs, ReceivedFile } from "../../files/blobs.ts";
import type { FileInPlace } from "../../files/in-place.ts";
import type { Actor } from "../../policy.ts";
import { Problem } from "../../problem.ts";
import type { KeptFile } from "../files/kept-file.ts";
import { newGate } from "../gate/link-gate.ts";
import type { NewLink } from "../input/link-schema.ts";
import type { Content, Link } from "../link.ts";
import type { LinkContent } from "../link-content.ts";
import type { LinkRows, LinkWriter } from "../link-rows.ts";
import { linkFrom, selectLinks } from "../rows/link-columns.ts";
import { isStoredCode, type ShortCode } from "../short-code.ts";
import { text } from "../text.en.ts";

/** A file that stays where it is, with the name and media type of its downloads. */
export interface NamedFile extends FileInPlace {
  readonly name: string;
  readonly type: string;
}

/** The content of a link in a links.toml: none, what it has, a file in place, or a new one. */
export type Bytes = null | "same" | NamedFile | ReceivedFile;

/** A link as a links.toml describes it. */
export interface DescribedLink extends Omit<NewLink, "shortCode" | "password"> {
  readonly passwordHash: string;
  readonly shortCode: ShortCode;
  readonly bytes: Bytes;
}

/** What an owner should know of their links.toml. */
export interface FileNews {
  /** Its first error with the place; empty if there is none. */
  readonly fault: string;
  /** How many links it would remove, which needs confirmation. */
  readonly waiting: number;
}

export interface OwnersNews extends FileNews {
  /** The owner's user name. */
  readonly owner: string;
}

const selectNews = prepareShapes<{ ownerId: number }, OwnersNews, "all" | "own">(
  (db, { ownerId }, shape) =>
    db
      .selectFrom("declaration")
      .innerJoin("user", "user.id", "declaration.owner_id")
      .select(["username as owner", "fault", "waiting"])
      .$if(shape === "own", (query) => query.where("owner_id", "=", ownerId))
      .orderBy("owner_id"),
);

export interface DeclaredLinksParts {
  readonly database: Database;
  readonly rows: LinkRows;
  readonly contents: LinkContent;
  readonly blobs: Blobs;
  readonly clock: Clock;
}

/** Short codes per query. */
const MOST_CODES = 500;

/** Links that a links.toml describes. The audit log has the changes of users' own files as the operator's. */
export class DeclaredLinks {
  readonly #database: Database;
  readonly #rows: LinkRows;
  readonly #blobs: Blobs;
  readonly #contents: LinkContent;
  readonly #clock: Clock;

  constructor({ database, rows, contents, blobs, clock }: DeclaredLinksParts) {
    this.#database = database;
    this.#blobs = blobs;
    this.#rows = rows;
    this.#contents = contents;
    this.#clock = clock;
  }

  /** The links of these short codes, of any owner; those in the trash of `ownerId` do not count. */
  async find(codes: readonly string[], ownerId = 0): Promise<Link[]> {
    const known = codes.filter(isStoredCode);
    const found: Link[] = [];
    for (let at = 0; at < known.length; at += MOST_CODES) {
      const query = selectLinks(this.#database.read);
      const some = known.slice(at, at + MOST_CODES);
      const ofCodes = query.where("short_code", "in", some);
      const counting = ofCodes.where(({ or, eb }) =>
        or([eb("deleted_at", "is", null), eb("link.owner_id", "<>", ownerId)]),
      );
      found.push(...(await counting.execute()).map(linkFrom));
    }
    return found;
  }

  /** Those of some short codes that are aliases, each with the short code of its link. */
  async findAliases(codes: readonly string[]): Promise<ReadonlyMap<ShortCode, ShortCode>> {
    const rows = await this.#aliasesAmong(codes);
    return new Map(rows.map((row) => [row.alias, row.short_code]));
  }

  /** Those of some short codes that are aliases of links of others, or in the trash. */
  async findForeignAliases(
    codes: readonly string[],
    ownerId: number | null,
  ): Promise<ReadonlySet<string>> {
    const rows = await this.#aliasesAmong(codes);
    return new Set(
      rows
        .filter((row) => row.owner_id !== ownerId || row.deleted_at !== null)
        .map((row) => row.alias),
    );
  }

  async #aliasesAmong(codes: readonly string[]) {
    const known = codes.filter(isStoredCode);
    const found: {
      alias: ShortCode;
      short_code: ShortCode;
      owner_id: number;
      deleted_at: number | null;
    }[] = [];
    for (let at = 0; at < known.length; at += MOST_CODES) {
      const query = this.#database.read
        .selectFrom("link_alias")
        .innerJoin("link", "link.id", "link_alias.link_id")
        .select([
          "link_alias.short_code as alias",
          "link.short_code",
          "link.owner_id",
          "link.deleted_at",
        ])
        .where("link_alias.short_code", "in", known.slice(at, at + MOST_CODES));
      found.push(...(await query.execute()));
    }
    return found;
  }

  /** The links of an owner that their links.toml declares, or those that it does not. */
  async listOf(ownerId: number, { declared }: { declared: boolean }): Promise<Link[]> {
    const query = selectLinks(this.#database.read).where("link.owner_id", "=", ownerId);
    const rows = await query
      .where("declared", "=", declared ? 1 : 0)
      .where("deleted_at", "is", null)
      .orderBy("link.id")
      .execute();
    return rows.map(linkFrom);
  }

  /** The names of users with declared links, or with news of their file. */
  async owners(): Promise<string[]> {
    const rows = await this.#database.read
      .selectFrom("user")
      .select("username")
      .where((user) =>
        user.or([
          user("id", "in", user.selectFrom("link").select("owner_id").where("declared", "=", 1)),
          user("id", "in", user.selectFrom("declaration").select("owner_id")),
        ]),
      )
      .execute();
    return rows.map(({ username }) => username);
  }

  /**
   * Creates and changes links of `owner` as a file describes them, in one transaction; `declared`: from now on they
   * change with that file alone.
   * @throws Problem `busy` where a code was taken meanwhile, `over_quota`, `storage_full`
   */
  async write(
    owner: BlobOwner,
    links: readonly DescribedLink[],
    { declared, actor }: { readonly declared: boolean; readonly actor: Actor },
  ): Promise<void> {
    await this.#keepAll(links, (kept) =>
      this.#rows.write(actor, async (writer) => {
        if (links.some(({ aliases }) => aliases.length > 0)) await writer.holdCodes();
        const existing = await writer.lock(links.map(({ shortCode }) => shortCode));
        const byCode = new Map(existing.map((link) => [link.shortCode, link]));
        for (const described of links) {
          const link = byCode.get(described.shortCode);
          if (link !== undefined && link.ownerId !== owner.id) throw takenMeanwhile();
          const file = kept.get(described.shortCode) ?? null;
          await this.#writeOne(writer, { owner, link, described, kept: file, declared });
        }
      }),
    );
  }

  /**
   * Disables and expires links that their file no longer lists: ordinary links, kept as long as expired ones.
   * @throws Problem `busy`, `storage_full`
   */
  async retire(codes: readonly ShortCode[], actor: Actor): Promise<void> {
    const now = this.#clock();
    await this.#rows.write(actor, async (writer) => {
      for (const link of await writer.lock(codes)) {
        const expiresAt = Math.min(link.expiresAt ?? now, now);
        await writer.update(link, { declared: false, disabled: true, expiresAt, updatedAt: now });
      }
    });
  }

  /** Replaces the news of an owner's file. */
  async setNews(ownerId: number, { fault, waiting }: FileNews): Promise<void> {
    await this.#database.write(async (trx) => {
      await trx.deleteFrom("declaration").where("owner_id", "=", ownerId).execute();
      if (fault === "" && waiting === 0) return;
      const row = { owner_id: ownerId, fault, waiting };
      await trx.insertInto("declaration").values(row).execute();
    });
  }

  /** The news of an owner's file, or of all files. */
  async news(ownerId?: number): Promise<OwnersNews[]> {
    const { lookup } = this.#database;
    const shape = ownerId === undefined ? "all" : "own";
    return (await lookup.executeQuery(selectNews(lookup, { ownerId: ownerId ?? 0 }, shape))).rows;
  }

  /** Makes new files durable for `work`, and gives them up when that fails. */
  async #keepAll(
    links: readonly DescribedLink[],
    work: (kept: ReadonlyMap<ShortCode, KeptFile>) => Promise<void>,
  ): Promise<void> {
    const kept = new Map<ShortCode, KeptFile>();
    try {
      for (const { shortCode, bytes } of links) {
        if (!isReceived(bytes)) continue;
        const { name, type } = bytes;
        kept.set(shortCode, { blob: await this.#blobs.reserve(bytes), name, type });
      }
      await work(kept);
    } catch (error) {
      for (const file of kept.values()) await this.#contents.abandon(file);
      throw error;
    }
  }

  async #writeOne(writer: LinkWriter, change: Change): Promise<void> {
    const { owner, link, described, declared } = change;
    const content = await this.#contentOf(writer, change);
    const { bytes: _, ...input } = described;
    const now = this.#clock();
    // The very same value is no change.
    const isSame = link !== undefined && isDeepStrictEqual(input.aliases, link.aliases);
    const { aliases } = isSame ? link : input;
    const written = { ...input, aliases, ownerId: owner.id, content, declared, updatedAt: now };
    if (link !== undefined) await writer.update(link, written);
    else if (
      (await writer.insert([{ ...written, ...newGate(written), createdAt: now }])).length === 0
    )
      throw takenMeanwhile();
  }

  /** The new content is used before the old one is released: they may be the same. */
  async #contentOf(
    writer: LinkWriter,
    { link, described: { bytes }, kept }: Change,
  ): Promise<Content | null> {
    const old = link?.content ?? null;
    if (bytes === "same") return old;
    let content: Content | null = null;
    if (kept !== null)
      content = await (link === undefined
        ? this.#contents.use(writer.trx, kept)
        : this.#contents.useFor(writer.trx, link, kept));
    else if (bytes !== null && !isReceived(bytes)) content = await this.#useInPlace(writer, bytes);
    if (link !== undefined) await this.#contents.giveUp(writer, link, content);
    return content;
  }

  /** Other links may have the same file: it has changed for them, too. */
  async #useInPlace(writer: LinkWriter, file: NamedFile): Promise<Content> {
    const { id, path } = await this.#blobs.useInPlace(writer.trx, file);
    const now = this.#clock();
    await writer.contentChanged(id, now);
    const { size, sha256, name, type } = file;
    return { blobId: id, path, size, sha256, name, type, modifiedAt: now };
  }
}

interface Change {
  readonly owner: BlobOwner;
  /** The link that has the short code so far. */
  readonly link: Link | undefined;
  readonly described: DescribedLink;
  readonly kept: KeptFile | null;
  readonly declared: boolean;
}

function isReceived(bytes: Bytes): bytes is ReceivedFile {
  return bytes !== null && bytes !== "same" && "draft" in bytes;
}

function takenMeanwhile(): Problem {
  return new Problem("busy", text.shortCode.takenMeanwhile, { retryAfterSeconds: 1 });
}
