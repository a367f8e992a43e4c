import type { Audit } from "../../audit/audit.ts";
import type { NewAuditEvent } from "../../audit/audit-event.ts";
import type { Clock } from "../../clock.ts";
import type { Database, Touch, Trx } from "../../database/database.ts";
import { isUniqueViolation } from "../../database/database-errors.ts";
import type { BlobOwner, Blobs, ReceivedFile } from "../../files/blobs.ts";
import type { FileInPlace } from "../../files/in-place.ts";
import { operator } from "../../policy.ts";
import { Problem } from "../../problem.ts";
import type { NewLink } from "../input/link-schema.ts";
import type { Content, Link } from "../link.ts";
import { aboutChange, aboutLink } from "../link-audit.ts";
import { Contents, type KeptFile } from "../link-content.ts";
import {
  addSearchRow,
  linkFrom,
  loadToChange,
  rowFrom,
  searchRowFrom,
  selectLinks,
} from "../link-rows.ts";
import { isStoredCode, type ShortCode } from "../short-code.ts";

/** A file of the operator's, and how it is handed out. */
export interface NamedFile extends FileInPlace {
  readonly name: string;
  readonly type: string;
}

/** The bytes of a link that a file describes: none, those it has, the operator's where they lie, or new ones. */
export type Bytes = null | "same" | NamedFile | ReceivedFile;

/** A link as a file describes it. */
export interface DescribedLink extends Omit<NewLink, "shortCode"> {
  readonly shortCode: ShortCode;
  readonly bytes: Bytes;
}

/** What is to be told of an owner's links.toml. */
export interface FileNews {
  /** What is wrong with it, and where; empty: nothing. */
  readonly fault: string;
  /** How many links it would remove, and does not before somebody says so. */
  readonly waiting: number;
}

export interface OwnersNews extends FileNews {
  /** The owner's user name. */
  readonly owner: string;
}

export interface DeclarationsParts {
  readonly database: Database;
  readonly audit: Audit;
  readonly blobs: Blobs;
  readonly clock: Clock;
}

/** Codes asked for at a time. */
const MOST_CODES = 500;

/** Links that a file describes. Whoever writes such a file is the operator, and recorded so. */
export class Declarations {
  readonly #database: Database;
  readonly #audit: Audit;
  readonly #blobs: Blobs;
  readonly #contents: Contents;
  readonly #clock: Clock;

  constructor({ database, audit, blobs, clock }: DeclarationsParts) {
    this.#database = database;
    this.#audit = audit;
    this.#blobs = blobs;
    this.#contents = new Contents(blobs, clock);
    this.#clock = clock;
  }

  /** The links that have these codes, whosever they are. */
  async find(codes: readonly string[]): Promise<Link[]> {
    const known = codes.filter(isStoredCode);
    const found: Link[] = [];
    for (let at = 0; at < known.length; at += MOST_CODES) {
      const query = selectLinks(this.#database.read);
      const some = known.slice(at, at + MOST_CODES);
      found.push(...(await query.where("short_code", "in", some).execute()).map(linkFrom));
    }
    return found;
  }

  /** An owner's links: those that their links.toml declares, or those that it does not. */
  async listOf(ownerId: number, { declared }: { declared: boolean }): Promise<Link[]> {
    const query = selectLinks(this.#database.read).where("link.owner_id", "=", ownerId);
    const rows = await query
      .where("declared", "=", declared ? 1 : 0)
      .orderBy("link.id")
      .execute();
    return rows.map(linkFrom);
  }

  /** The user names of those who have declared links, or of whose file there is something to tell. */
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
   * Makes and changes `owner`'s links as a file describes them, in one transaction; `declared`: from now on that file
   * alone changes them.
   * @throws Problem `busy` where a code was taken meanwhile, `over_quota`, `storage_full`
   */
  async write(
    owner: BlobOwner,
    links: readonly DescribedLink[],
    { declared }: { declared: boolean },
  ): Promise<void> {
    await this.#keepAll(links, (kept) =>
      this.#database.write(async (trx, touch) => {
        const codes = links.map(({ shortCode }) => shortCode);
        const found = await loadToChange(this.#database, trx, codes);
        const existing = new Map(found.map((link) => [link.shortCode, link]));
        const events: NewAuditEvent[] = [];
        for (const described of links) {
          const link = existing.get(described.shortCode);
          if (link !== undefined && link.ownerId !== owner.id) throw takenMeanwhile();
          const change = { described, kept: kept.get(described.shortCode) ?? null, declared };
          events.push(await this.#writeOne(trx, touch, { owner, link, ...change }));
        }
        await this.#audit.record(trx, operator, ...events);
      }),
    );
  }

  /**
   * What a file names no more answers no more, and is kept as long as an expired link is; it is an ordinary link then.
   * @throws Problem `busy`, `storage_full`
   */
  async retire(codes: readonly ShortCode[]): Promise<void> {
    const now = this.#clock();
    await this.#database.write(async (trx, touch) => {
      for (const link of await loadToChange(this.#database, trx, codes)) {
        const expiresAt = Math.min(link.expiresAt ?? now, now);
        const retired = { ...link, declared: false, disabled: true, expiresAt, updatedAt: now };
        await this.#update(trx, touch, retired);
        await this.#audit.record(trx, operator, aboutChange(link, retired));
      }
    });
  }

  /** Tells from now on what is to be told of an owner's file. */
  async tell(ownerId: number, { fault, waiting }: FileNews): Promise<void> {
    await this.#database.write(async (trx) => {
      await trx.deleteFrom("declaration").where("owner_id", "=", ownerId).execute();
      if (fault === "" && waiting === 0) return;
      const row = { owner_id: ownerId, fault, waiting };
      await trx.insertInto("declaration").values(row).execute();
    });
  }

  /** What is to be told of an owner's file, or of everybody's. */
  async news(ownerId?: number): Promise<OwnersNews[]> {
    const query = this.#database.lookup
      .selectFrom("declaration")
      .innerJoin("user", "user.id", "declaration.owner_id")
      .select(["username as owner", "fault", "waiting"])
      .orderBy("owner_id");
    return await (ownerId === undefined ? query : query.where("owner_id", "=", ownerId)).execute();
  }

  /** Makes what came durable for `work`, and gives all of it up when that fails. */
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
      // What cannot be given up now is found by the sweeper.
      for (const { blob } of kept.values()) await this.#blobs.abandon(blob).catch(() => {});
      throw isUniqueViolation(error) ? takenMeanwhile() : error;
    }
  }

  async #writeOne(trx: Trx, touch: Touch, change: Change): Promise<NewAuditEvent> {
    const { owner, link, described, declared } = change;
    const content = await this.#contentOf(trx, touch, change);
    const { bytes: _, ...input } = described;
    const now = this.#clock();
    const written = { ...input, ownerId: owner.id, content, declared, updatedAt: now };
    if (link === undefined) {
      await this.#insert(trx, touch, { ...written, createdAt: now });
      return aboutLink("link.created", written, { kind: written.kind });
    }
    const changed = { ...link, ...written };
    await this.#update(trx, touch, changed);
    return aboutChange(link, changed);
  }

  /** The new bytes first, then the old ones are given up: they may be the same. */
  async #contentOf(
    trx: Trx,
    touch: Touch,
    { link, described: { bytes }, kept }: Change,
  ): Promise<Content | null> {
    const old = link?.content ?? null;
    if (bytes === "same") return old;
    let content: Content | null = null;
    if (kept !== null) content = await this.#contents.use(trx, kept);
    else if (bytes !== null && !isReceived(bytes))
      content = await this.#useInPlace(trx, touch, bytes);
    if (old !== null) await this.#blobs.release(trx, old.blobId);
    return content;
  }

  /** Others may hand out the same file: it has changed for them, too. */
  async #useInPlace(trx: Trx, touch: Touch, file: NamedFile): Promise<Content> {
    const { id, path } = await this.#blobs.useInPlace(trx, file);
    const now = this.#clock();
    const others = await trx
      .updateTable("link")
      .set({ content_at: now })
      .where("blob_id", "=", id)
      .returning("short_code")
      .execute();
    for (const { short_code: code } of others) touch(code);
    const { size, sha256, name, type } = file;
    return { blobId: id, path, size, sha256, name, type, modifiedAt: now };
  }

  async #insert(trx: Trx, touch: Touch, link: Omit<Link, "id">): Promise<void> {
    touch(link.shortCode);
    const { id } = await trx
      .insertInto("link")
      .values({
        ...rowFrom(link),
        short_code: link.shortCode,
        owner_id: link.ownerId,
        created_at: link.createdAt,
      })
      .returning("id")
      .executeTakeFirstOrThrow();
    await addSearchRow(trx, { ...link, id });
  }

  async #update(trx: Trx, touch: Touch, link: Link): Promise<void> {
    touch(link.shortCode);
    await trx.updateTable("link").set(rowFrom(link)).where("id", "=", link.id).execute();
    const search = trx.updateTable("link_search").set(searchRowFrom(link));
    await search.where("link_id", "=", link.id).execute();
  }
}

interface Change {
  readonly owner: BlobOwner;
  /** What has the code so far. */
  readonly link: Link | undefined;
  readonly described: DescribedLink;
  readonly kept: KeptFile | null;
  readonly declared: boolean;
}

function isReceived(bytes: Bytes): bytes is ReceivedFile {
  return bytes !== null && bytes !== "same" && "draft" in bytes;
}

function takenMeanwhile(): Problem {
  return new Problem("busy", "A short code was taken meanwhile. Try again.", {
    retryAfterSeconds: 1,
  });
}
