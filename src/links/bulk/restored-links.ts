import type { NewAuditEvent } from "../../audit/audit-event.ts";
import type { Touch, Trx } from "../../database/database.ts";
import { isMissingReference } from "../../database/database-errors.ts";
import { type Actor, may, type Resource } from "../../policy.ts";
import { Problem } from "../../problem.ts";
import type { KeptFile, KeptLinkFile } from "../files/kept-file.ts";
import type { Link } from "../link.ts";
import type { LinkContent } from "../link-content.ts";
import { type LinkRows, type LinkWriter, unrecorded } from "../link-rows.ts";
import { refuseDeclared } from "../rows/declared.ts";
import type { UnsavedLink } from "../rows/link-columns.ts";
import type { ShortCode } from "../short-code.ts";
import { text } from "../text.en.ts";

/** A link as it was elsewhere, or before. */
export interface RestoredLink extends Omit<UnsavedLink, "ownerId" | "content" | "declared"> {
  readonly content: RestoredContent | null;
  /** Of a link that has several. */
  readonly files: readonly KeptLinkFile[];
}

export interface RestoredContent extends KeptFile {
  /** Milliseconds since 1970 UTC. */
  readonly modifiedAt: number;
}

/** The changes of one restore. */
export interface Restoring {
  readonly ownerId: number;
  readonly links: readonly RestoredLink[];
  /** Links of the owner that are deleted besides those that are replaced. */
  readonly removed: readonly ShortCode[];
  /** What else is restored in the same transaction, by the short codes and new ids of the links. */
  readonly also: (trx: Trx, touch: Touch, ids: ReadonlyMap<ShortCode, number>) => Promise<void>;
}

/** What a restore in portions comes to. */
export interface FinishedRestore {
  readonly ownerId: number;
  readonly restored: number;
  readonly removed: number;
  readonly also: (trx: Trx, touch: Touch) => Promise<void>;
}

export interface RestoredLinksParts {
  readonly rows: LinkRows;
  readonly contents: LinkContent;
}

/** Short codes that are locked with one statement. */
const BATCH = 200;

/** Restores links with everything that they had. */
export class RestoredLinks {
  readonly #rows: LinkRows;
  readonly #contents: LinkContent;

  constructor({ rows, contents }: RestoredLinksParts) {
    this.#rows = rows;
    this.#contents = contents;
  }

  /**
   * Replaces the links of an owner that have these short codes, in one transaction.
   * @throws Problem `not_found`; `busy` where a code was taken or declared meanwhile; `over_quota`, `storage_full`
   */
  async put(actor: Actor, restoring: Restoring): Promise<void> {
    await this.#write(actor, restoring, async (writer) => {
      await this.#putAll(writer, restoring);
      const { ownerId, links, removed } = restoring;
      writer.events.push(eventOf(ownerId, { restored: links.length, removed: removed.length }));
    });
  }

  /**
   * The same for a portion of a restore, which `finish` records as a whole.
   * @throws as `put`
   */
  async putPortion(actor: Actor, restoring: Restoring): Promise<void> {
    await this.#write(actor, restoring, (writer) => this.#putAll(writer, restoring));
  }

  /** Records a restore whose portions have all been written; `also` runs in the same transaction. */
  async finish(actor: Actor, { ownerId, restored, removed, also }: FinishedRestore): Promise<void> {
    await this.#write(actor, { ownerId }, async (writer) => {
      await also(writer.trx, writer.touch);
      if (restored + removed > 0) writer.events.push(eventOf(ownerId, { restored, removed }));
    });
  }

  async #write(
    actor: Actor,
    resource: Resource,
    work: (writer: LinkWriter) => Promise<void>,
  ): Promise<void> {
    if (!may(actor, "backup.restore", resource))
      throw new Problem("not_found", text.access.noSuchAccount);
    try {
      await this.#rows.write(actor, work);
    } catch (error) {
      throw isMissingReference(error) ? changedMeanwhile() : error;
    }
  }

  async #putAll(writer: LinkWriter, restoring: Restoring): Promise<void> {
    const { ownerId, links, removed, also } = restoring;
    const codes = [...links.map(({ shortCode }) => shortCode), ...removed];
    for (let at = 0; at < codes.length; at += BATCH)
      await this.#remove(writer, ownerId, codes.slice(at, at + BATCH));
    const restored: UnsavedLink[] = [];
    for (const { files: _, ...link } of links) {
      const content = await this.#use(writer.trx, link.content);
      restored.push({ ...link, content, ownerId, declared: false });
    }
    const wanted = await writer.releaseAliases(ownerId, restored);
    const inserted = await writer.insert(wanted, unrecorded);
    if (inserted.length < restored.length) throw changedMeanwhile();
    const ids = new Map(inserted.map(({ shortCode, id }) => [shortCode, id]));
    const byCode = new Map(inserted.map((link) => [link.shortCode, link]));
    for (const { shortCode, files } of links) {
      const link = byCode.get(shortCode);
      if (link !== undefined) await this.#contents.addFiles(writer.trx, link, files);
    }
    await also(writer.trx, writer.touch, ids);
  }

  async #remove(writer: LinkWriter, ownerId: number, codes: readonly ShortCode[]): Promise<void> {
    const links = await writer.lock(codes);
    if (links.some((link) => link.ownerId !== ownerId)) throw changedMeanwhile();
    await refuseDeclared(writer.trx, links);
    await writer.remove(links, unrecorded);
  }

  async #use(trx: Trx, content: RestoredContent | null): Promise<Link["content"]> {
    if (content === null) return null;
    return { ...(await this.#contents.use(trx, content)), modifiedAt: content.modifiedAt };
  }
}

function eventOf(
  ownerId: number,
  details: { readonly restored: number; readonly removed: number },
): NewAuditEvent {
  return { action: "links.restored", resource: "", ownerId, details };
}

function changedMeanwhile(): Problem {
  return new Problem("busy", text.changedMeanwhile.links, { retryAfterSeconds: 1 });
}
