import type { NewAuditEvent } from "../../audit/audit-event.ts";
import type { Clock } from "../../clock.ts";
import type { Trx } from "../../database/database.ts";
import { isMissingReference } from "../../database/database-errors.ts";
import type { Adoption, FoundBytes } from "../../files/adoption.ts";
import { type Actor, operator } from "../../policy.ts";
import { Problem } from "../../problem.ts";
import type { Content, Link } from "../link.ts";
import type { LinkRows, LinkWriter } from "../link-rows.ts";
import { requireCreation } from "../rows/access.ts";
import type { UnsavedLink } from "../rows/link-columns.ts";
import type { ShortCode } from "../short-code.ts";
import { text } from "../text.en.ts";

/** The stored content of a link before the link is imported: durable already, and the owner's. */
export interface ImportedContent extends Omit<FoundBytes, "ownerId"> {
  readonly name: string;
  readonly type: string;
  /** Milliseconds since 1970 UTC. */
  readonly modifiedAt: number;
}

/** A link from another site. Without content, a kind that needs some is a link whose file is missing. */
export interface ImportedLink extends Omit<UnsavedLink, "content" | "declared"> {
  readonly content: ImportedContent | null;
}

export interface ImportedLinksParts {
  readonly rows: LinkRows;
  readonly adoption: Adoption;
  readonly clock: Clock;
}

/** Links from another site. */
export class ImportedLinks {
  readonly #rows: LinkRows;
  readonly #adoption: Adoption;
  readonly #clock: Clock;

  constructor({ rows, adoption, clock }: ImportedLinksParts) {
    this.#rows = rows;
    this.#adoption = adoption;
    this.#clock = clock;
  }

  /**
   * Adds links, a few hundred at most, in one transaction and in their order, and returns those added, by
   * short code. Links whose short code is taken are left out.
   * @throws Problem `forbidden`; `busy` where a code is taken or an owner deleted at the same time; `storage_full`
   */
  async add(actor: Actor, links: readonly ImportedLink[]): Promise<ReadonlyMap<ShortCode, Link>> {
    for (const link of links) requireCreation(actor, link);
    try {
      return await this.#rows.write(actor, (writer) => this.#addAll(writer, links));
    } catch (error) {
      throw isMissingReference(error) ? changedMeanwhile() : error;
    }
  }

  /** Makes ordinary links of those that the links.toml of these owners declares. */
  async undeclare(ownerIds: readonly number[]): Promise<void> {
    const now = this.#clock();
    await this.#rows.write(operator, async (writer) => {
      for (const ownerId of ownerIds) await writer.undeclare(ownerId, now);
    });
  }

  async #addAll(
    writer: LinkWriter,
    links: readonly ImportedLink[],
  ): Promise<ReadonlyMap<ShortCode, Link>> {
    const taken = await writer.lock(links.map(({ shortCode }) => shortCode));
    const takenCodes = new Set(taken.map(({ shortCode }) => shortCode));
    const added: UnsavedLink[] = [];
    for (const link of links) {
      if (takenCodes.has(link.shortCode)) continue;
      added.push({ ...link, content: await this.#adopt(writer.trx, link), declared: false });
    }
    const inserted = await writer.insert(added, eventPerOwner);
    if (inserted.length < added.length) throw changedMeanwhile();
    return new Map(inserted.map((link) => [link.shortCode, link]));
  }

  async #adopt(trx: Trx, { content, ownerId }: ImportedLink): Promise<Content | null> {
    if (content === null) return null;
    const { size, sha256, name, type, modifiedAt } = content;
    const { id, path } = await this.#adoption.adopt(trx, { ...content, ownerId });
    return { blobId: id, path, size, sha256, name, type, modifiedAt };
  }
}

function eventPerOwner(links: readonly Link[]): NewAuditEvent[] {
  const owners = Map.groupBy(links, ({ ownerId }) => ownerId);
  return [...owners].map(([ownerId, { length: links }]) => {
    return { action: "links.moved_in", resource: "", ownerId, details: { links } } as const;
  });
}

function changedMeanwhile(): Problem {
  return new Problem("busy", text.changedMeanwhile.codeOrAccount, { retryAfterSeconds: 1 });
}
