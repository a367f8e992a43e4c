import type { Clock } from "../clock.ts";
import type { Database } from "../database/database.ts";
import { lookUp, prepare } from "../database/prepared.ts";
import type { ReceivedFile } from "../files/blobs.ts";
import { type Actor, may, operator, type ResourceAction } from "../policy.ts";
import { idByCode } from "./aliases/id-by-code.ts";
import type { BulkPages } from "./bulk/bulk-work.ts";
import type { DeclaredLinks } from "./bulk/declared-links.ts";
import type { ImportedLinks } from "./bulk/imported-links.ts";
import type { LinkBatch } from "./bulk/link-batch.ts";
import type { ManyLinks } from "./bulk/many-links.ts";
import type { RestoredLinks } from "./bulk/restored-links.ts";
import type { ExistingLinks } from "./create/existing-links.ts";
import { forgetKeys } from "./create/idempotency.ts";
import type { Creation, LinkCreation } from "./create/link-creation.ts";
import type { CsvImport } from "./csv/csv-import.ts";
import { LINK_CSV_HEADING, linkCsvLine } from "./csv/link-csv.ts";
import type { NewLinkFile } from "./files/link-file.ts";
import type { LinkFiles } from "./files/link-files.ts";
import type { Gates } from "./gate/gates.ts";
import { hashed, type LinkPasswords } from "./gate/link-gate.ts";
import type { History } from "./history/history.ts";
import type { LinkChanges, NewLink } from "./input/link-schema.ts";
import { changedSince, hasAlready, isChangedSince } from "./input/revision.ts";
import type { Link } from "./link.ts";
import type { LinkCache } from "./link-cache.ts";
import type { LinkConsistency } from "./link-consistency.ts";
import type { LinkContent } from "./link-content.ts";
import type { LinkRows, LinkWriter } from "./link-rows.ts";
import { KindCounter, type KindCounts } from "./list/kind-counts.ts";
import { type LinkPart, readPage, readPages, readPart, requireList } from "./list/list-page.ts";
import type { LinkPage, LinkQuery, ListFilter } from "./list/list-query.ts";
import { type LinkTotals, type Overview, TotalsCounter } from "./list/list-totals.ts";
import { refreshRanks } from "./list/visit-ranks.ts";
import type { OptionConsistency } from "./options/option-consistency.ts";
import type { Restores } from "./restores/restores.ts";
import { noSuchLink, requireCreation, requireKind, transferred, visible } from "./rows/access.ts";
import { applyChanges, type HashedChanges, type NewBytes } from "./rows/apply-changes.ts";
import { refuseDeclared } from "./rows/declared.ts";
import { type ListedLink, type ListedRow, listedFrom, selectListed } from "./rows/link-columns.ts";
import { isStoredCode, type ShortCode } from "./short-code.ts";
import type { Tags } from "./tags/tags.ts";
import type { Circles } from "./target/circles.ts";
import type { LinkTransfer } from "./transfer/link-transfer.ts";
import { sweepExpired } from "./trash/sweep-expired.ts";
import type { Trash } from "./trash/trash.ts";

export type { KindCounts } from "./list/kind-counts.ts";
export type { LinkPage, LinkQuery, LinkSort } from "./list/list-query.ts";
export type { ListedLink } from "./rows/link-columns.ts";

export interface LinksParts {
  readonly database: Database;
  readonly rows: LinkRows;
  readonly contents: LinkContent;
  readonly cache: LinkCache;
  readonly clock: Clock;
  readonly creation: LinkCreation;
  readonly transfer: LinkTransfer;
  readonly declared: DeclaredLinks;
  readonly restored: RestoredLinks;
  readonly restores: Restores;
  readonly imported: ImportedLinks;
  readonly consistency: LinkConsistency;
  readonly optionConsistency: OptionConsistency;
  readonly trash: Trash;
  readonly tags: Tags;
  readonly gates: Gates;
  readonly files: LinkFiles;
  readonly passwords: LinkPasswords;
  readonly many: ManyLinks;
  readonly bulk: BulkPages;
  readonly batch: LinkBatch;
  readonly csv: CsvImport;
  readonly circles: Circles;
  readonly history: History;
  readonly existing: ExistingLinks;
}

/** What a deletion has done. */
export interface Removal {
  readonly shortCode: ShortCode;
  /** By which the link is recovered, in milliseconds since 1970 UTC; null: it is gone permanently. */
  readonly trashedAt: number | null;
}

/** Links that one query of an export reads. */
const PORTION = 500;

/** The operations on links. A link of another user and a missing one look the same: `not_found`. */
export class Links {
  readonly #database: Database;
  readonly #cache: LinkCache;
  readonly #rows: LinkRows;
  readonly #contents: LinkContent;
  readonly #clock: Clock;
  readonly #creation: LinkCreation;
  readonly #kinds: KindCounter;
  readonly #totals: TotalsCounter;

  /** Transfers links to another owner. */
  readonly transfer: LinkTransfer;
  /** Links that a links.toml declares. */
  readonly declared: DeclaredLinks;
  /** Links of a user's archive. */
  readonly restored: RestoredLinks;
  readonly restores: Restores;
  /** Links of another program. */
  readonly imported: ImportedLinks;
  readonly consistency: LinkConsistency;
  readonly optionConsistency: OptionConsistency;
  readonly trash: Trash;
  readonly tags: Tags;
  /** What links ask for before they open. */
  readonly gates: Gates;
  /** The files of links that have several. */
  readonly files: LinkFiles;
  readonly #passwords: LinkPasswords;
  /** Several changes of links in one transaction. */
  readonly batch: LinkBatch;
  /** One change of many links. */
  readonly many: ManyLinks;
  /** One of so many that it takes a while. */
  readonly bulk: BulkPages;
  /** Links from a CSV file. */
  readonly csv: CsvImport;
  /** Refuses links that lead back to themselves. */
  readonly circles: Circles;
  /** What links were before. */
  readonly history: History;
  /** Finds links by their destination. */
  readonly existing: ExistingLinks;

  constructor({ database, rows, contents, cache, clock, ...others }: LinksParts) {
    this.#creation = others.creation;
    this.transfer = others.transfer;
    this.declared = others.declared;
    this.restored = others.restored;
    this.restores = others.restores;
    this.imported = others.imported;
    this.consistency = others.consistency;
    this.optionConsistency = others.optionConsistency;
    this.trash = others.trash;
    this.tags = others.tags;
    this.gates = others.gates;
    this.files = others.files;
    this.#passwords = others.passwords;
    this.many = others.many;
    this.bulk = others.bulk;
    this.batch = others.batch;
    this.csv = others.csv;
    this.circles = others.circles;
    this.history = others.history;
    this.existing = others.existing;
    this.#database = database;
    this.#cache = cache;
    this.#rows = rows;
    this.#contents = contents;
    this.#clock = clock;
    this.#kinds = new KindCounter(database, clock);
    this.#totals = new TotalsCounter(database, clock);
  }

  /** Links in memory, for opening; `peek` never waits. */
  get cache(): LinkCache {
    return this.#cache;
  }

  /**
   * Creates a link under the short code that it asks for or an automatic one; `file` is the content of a kind that has
   * some, and belongs to the same owner.
   * @throws Problem `forbidden`, `invalid` on `short_code` when that is taken, `over_quota`, `busy`, `storage_full`
   */
  async create(
    actor: Actor,
    creation: Creation,
    input: NewLink,
    file: ReceivedFile | null = null,
  ): Promise<Link> {
    requireCreation(actor, { ownerId: creation.ownerId, kind: input.kind });
    const link = await hashed(input, this.#passwords);
    return await this.#creation.create(actor, creation, link, file);
  }

  /**
   * @param action what it is read for
   * @throws Problem `not_found`
   */
  async get(
    actor: Actor,
    shortCode: string,
    action: "link.see" | "stats.see" = "link.see",
  ): Promise<ListedLink> {
    if (!isStoredCode(shortCode)) throw noSuchLink();
    const query = selectByCode(this.#database.lookup, { shortCode });
    const row = await lookUp(this.#database, query);
    return visible(actor, action, row && listedFrom(row));
  }

  /** Those of several links that the actor may see, in the order of their codes. */
  async getMany(actor: Actor, codes: readonly string[]): Promise<ListedLink[]> {
    const known = codes.filter(isStoredCode);
    const query = selectListed(this.#database.read).orderBy("short_code");
    const rows =
      known.length === 0
        ? []
        : await query.where("short_code", "in", known).where("deleted_at", "is", null).execute();
    return rows.map(listedFrom).filter((link) => may(actor, "link.see", link));
  }

  /** Whether a new link of `ownerId` may have this code, as far as is known now. */
  async isFree(shortCode: ShortCode, ownerId: number): Promise<boolean> {
    return await this.#creation.isFree(shortCode, ownerId);
  }

  /**
   * One page of links. Of more than 10,000, the order by visits is as it was when ranks were last refreshed.
   * @throws Problem `forbidden` where the query reaches beyond the actor's own
   */
  async list(actor: Actor, query: LinkQuery): Promise<LinkPage> {
    requireList(actor, query.ownerId, query.kind);
    return await readPage(this.#database, query, this.#clock());
  }

  /**
   * The same without the number of all links.
   * @throws Problem `forbidden` where the query reaches beyond the actor's own
   */
  async listPart(actor: Actor, query: LinkQuery): Promise<LinkPart> {
    requireList(actor, query.ownerId, query.kind);
    return await readPart(this.#database, query, this.#clock());
  }

  /**
   * The links of a list as CSV, newest first, in pieces of many lines: a list of any length needs little memory.
   * @throws Problem `forbidden` where the filter reaches beyond the actor's own
   */
  exportCsv(actor: Actor, filter: ListFilter): AsyncGenerator<string> {
    requireList(actor, filter.ownerId, filter.kind);
    return this.#exportCsv(filter);
  }

  /** The same in portions. */
  readAll(actor: Actor, filter: ListFilter): AsyncGenerator<readonly ListedLink[]> {
    requireList(actor, filter.ownerId, filter.kind);
    return readPages(this.#database, filter, { limit: PORTION, now: this.#clock() });
  }

  async *#exportCsv(filter: ListFilter): AsyncGenerator<string> {
    const now = this.#clock();
    yield LINK_CSV_HEADING;
    for await (const links of readPages(this.#database, filter, { limit: PORTION, now }))
      if (links.length > 0) yield links.map((link) => linkCsvLine(link, now)).join("");
  }

  /**
   * How many links there are, how many of them are live, and their visits.
   * @throws Problem `forbidden` where that reaches beyond the actor's own
   */
  async totals(actor: Actor, ownerId?: number): Promise<LinkTotals> {
    requireList(actor, ownerId);
    return await this.#totals.of(ownerId);
  }

  /**
   * The newest links of an owner, or of all, with their totals.
   * @throws Problem `forbidden` where that reaches beyond the actor's own
   */
  async overview(actor: Actor, ownerId: number | undefined, newest: number): Promise<Overview> {
    requireList(actor, ownerId);
    return await this.#totals.withNewest(ownerId, newest);
  }

  /**
   * Counts links by kind. Counts of more than 1,000 links may be a minute old.
   * @throws Problem `forbidden` where that reaches beyond the actor's own
   */
  async countKinds(actor: Actor, ownerId?: number): Promise<KindCounts> {
    requireList(actor, ownerId);
    return await this.#kinds.of(ownerId);
  }

  /**
   * Changes a link; with a `file`, which belongs to its owner, also its content; with `files`, all that an HTML page has
   * beside it. A download under way ends with the old content.
   * @throws Problem `conflict` if the changes are of another revision, and the link has not got them already
   * @throws Problem `not_found`, `forbidden` where a links.toml declares it, `over_quota`, `busy`, `storage_full`
   */
  async edit(
    actor: Actor,
    shortCode: string,
    changes: LinkChanges,
    file: ReceivedFile | null = null,
    files: readonly NewLinkFile[] | null = null,
  ): Promise<Link> {
    const hashedChanges = await hashed(changes, this.#passwords);
    return await this.#contents.keepAll(files ?? [], (keptFiles) =>
      this.#contents.keep(changes.kind === "redirect" ? null : file, async (content) => {
        const kept = { content, files: files && keptFiles };
        const all = [...(content === null ? [] : [content]), ...keptFiles];
        const { link, isRepeated } = await this.#rows.write(actor, async (writer) => {
          const found = await this.#load(writer, actor, "link.edit", shortCode);
          requireKind(actor, found, changes.kind);
          if (all.some(({ blob }) => blob.ownerId !== found.ownerId)) throw transferred();
          if (isChangedSince(found, changes.revision)) {
            if (keptFiles.length > 0 || !hasAlready(found, changes, content))
              throw changedSince(found);
            return { link: found, isRepeated: true };
          }
          return {
            link: await this.#change(writer, found, hashedChanges, kept),
            isRepeated: false,
          };
        });
        // Outside the transaction: the computation is slow on purpose.
        if (isRepeated && !(await this.#hasPassword(link, changes))) throw changedSince(link);
        if (isRepeated) for (const each of all) await this.#contents.abandon(each);
        return link;
      }),
    );
  }

  /**
   * Deletes a link: puts it into the trash, if the site has one.
   * @param revision if the link has changed since, it stays
   * @throws Problem `conflict` if it has, `not_found`, `forbidden` where a links.toml declares it, `busy`, `storage_full`
   */
  async remove(actor: Actor, shortCode: string, revision?: number): Promise<Removal> {
    return await this.#rows.write(actor, async (writer) => {
      const link = await this.#load(writer, actor, "link.delete", shortCode);
      if (isChangedSince(link, revision)) throw changedSince(link);
      const trashedAt = await this.trash.takeOver(writer, [link]);
      return { shortCode: link.shortCode, trashedAt };
    });
  }

  /**
   * Deletes a link permanently, past the trash.
   * @throws Problem as `remove`
   */
  async discard(actor: Actor, shortCode: string): Promise<void> {
    await this.#rows.write(actor, async (writer) => {
      await writer.remove([await this.#load(writer, actor, "link.delete", shortCode)]);
    });
  }

  /** Deletes idempotency keys that are remembered no longer, at most `limit`; returns how many. */
  async forgetKeys(limit: number): Promise<number> {
    return await forgetKeys(this.#database, this.#clock(), limit);
  }

  /** Updates the order by visits of very long lists, a few links at a time; returns how many changed. */
  refreshRanks(): Promise<number> {
    return refreshRanks(this.#database);
  }

  /**
   * Deletes links that expired more than `retentionDays` ago, at most `limit`, and returns how many. Those that a
   * links.toml declares stay.
   */
  async sweepExpired(retentionDays: number, limit: number): Promise<number> {
    const before = this.#clock() - retentionDays * 86_400_000;
    return await this.#rows.write(operator, (writer) => sweepExpired(writer, before, limit));
  }

  async #hasPassword({ passwordHash }: Link, { password }: LinkChanges): Promise<boolean> {
    if (password === undefined) return true;
    if (password === null || passwordHash === "") return password === null && passwordHash === "";
    return await this.#passwords.verify(password, passwordHash);
  }

  #change(writer: LinkWriter, link: Link, changes: HashedChanges, kept: NewBytes) {
    const parts = { contents: this.#contents, clock: this.#clock };
    return applyChanges(parts, writer, link, changes, kept);
  }

  async #load(
    writer: LinkWriter,
    actor: Actor,
    action: ResourceAction,
    shortCode: string,
  ): Promise<Link> {
    if (!isStoredCode(shortCode)) throw noSuchLink();
    const [link] = await writer.lock([shortCode]);
    const found = visible(actor, action, link);
    await refuseDeclared(writer.trx, [found]);
    return found;
  }
}

const selectByCode = prepare<{ shortCode: ShortCode }, ListedRow>((db, { shortCode }) =>
  selectListed(db).where("link.id", "=", idByCode(db, shortCode)).where("deleted_at", "is", null),
);
