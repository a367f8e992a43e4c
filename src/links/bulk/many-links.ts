import type { Audit } from "../../audit/audit.ts";
import type { AuditDetails } from "../../audit/audit-event.ts";
import type { Clock } from "../../clock.ts";
import type { Database } from "../../database/database.ts";
import { type Actor, may, type ResourceAction } from "../../policy.ts";
import { invalid } from "../../problem.ts";
import { rfc3339 } from "../../text/rfc3339.ts";
import type { Link } from "../link.ts";
import type { LinkRows, LinkWriter } from "../link-rows.ts";
import { readPages, requireList } from "../list/list-page.ts";
import type { ListFilter } from "../list/list-query.ts";
import { refuseDeclared } from "../rows/declared.ts";
import { isStoredCode, type ShortCode } from "../short-code.ts";
import {
  areSameTags,
  changeTags,
  joinTags,
  splitTags,
  type TagChanges,
} from "../tags/tag-names.ts";
import { text } from "../text.en.ts";
import type { LinkTransfer } from "../transfer/link-transfer.ts";
import type { Trash } from "../trash/trash.ts";
import { changeAlike, type SameChange } from "./change-alike.ts";
import { inPortions } from "./portions.ts";

/** Most links that one operation changes. */
const MOST_AT_ONCE = 100_000;

/** Links that are read at once. */
const PAGE = 1000;

/** How long a change can be undone, in milliseconds. */
const UNDONE_MS = 3_600_000;

/** The outcome of a change of several links. */
export interface Done {
  /** Links that have changed. */
  readonly count: number;
  /** By which it is undone, in milliseconds since 1970 UTC; null: it cannot be. */
  readonly undo: number | null;
}

export interface ManyLinksParts {
  readonly database: Database;
  readonly rows: LinkRows;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly transfer: LinkTransfer;
  readonly trash: Trash;
}

/**
 * One change of many links, in transactions of a few links each: a fault in between leaves those before changed.
 * Links that the actor may not change are left out.
 */
export class ManyLinks {
  readonly #parts: ManyLinksParts;

  constructor(parts: ManyLinksParts) {
    this.#parts = parts;
  }

  /**
   * The short codes of all links of a list but for those that a links.toml declares, which change with that file alone.
   * @throws Problem `forbidden`; `invalid` on `codes` where they are too many
   */
  async find(actor: Actor, filter: ListFilter): Promise<ShortCode[]> {
    const { database, clock } = this.#parts;
    requireList(actor, filter.ownerId, filter.kind);
    const codes: ShortCode[] = [];
    for await (const links of readPages(database, filter, { limit: PAGE, now: clock() })) {
      for (const link of links) if (!link.declared) codes.push(link.shortCode);
      if (codes.length > MOST_AT_ONCE) throw invalid("codes", text.bulk.tooMany(MOST_AT_ONCE));
    }
    return codes;
  }

  /**
   * Makes the same change to links; those that are so already are left out.
   * @throws Problem `forbidden` where a links.toml declares one of them, `busy`, `storage_full`
   */
  async change(actor: Actor, codes: readonly string[], change: SameChange): Promise<Done> {
    const undo = this.#parts.clock();
    const count = await inPortions(known(codes), (portion) =>
      this.#parts.rows.write(actor, async (writer) => {
        const links = await this.#load(writer, actor, "link.edit", portion);
        const others = links.filter((link) => !isSo(link, change));
        const now = this.#parts.clock();
        await changeAlike(writer, others, { change, now }, (link) => formerOf(link, change, undo));
        return others.length;
      }),
    );
    return { count, undo: count === 0 ? null : undo };
  }

  /**
   * Deletes links: puts them into the trash, if the site has one, as of one moment.
   * @throws Problem as `change`
   */
  async remove(actor: Actor, codes: readonly string[]): Promise<Done> {
    const { rows, trash, clock } = this.#parts;
    const now = clock();
    let undo: number | null = null;
    const count = await inPortions(known(codes), (portion) =>
      rows.write(actor, async (writer) => {
        const links = await this.#load(writer, actor, "link.delete", portion);
        undo = await trash.takeOver(writer, links, now);
        return links.length;
      }),
    );
    return { count, undo };
  }

  /**
   * Transfers links to the user called `to`.
   * @throws Problem as `LinkTransfer.transfer`
   */
  async transfer(actor: Actor, codes: readonly string[], to: string): Promise<Done> {
    const { transfer, clock } = this.#parts;
    const batch = clock();
    const count = await inPortions(known(codes), (portion) =>
      transfer.transfer(actor, portion, to, { batch }),
    );
    return { count, undo: count === 0 ? null : batch };
  }

  /**
   * Adds and removes tags of links; those that have them so already are left out.
   * @throws Problem as `change`; `invalid` on `tags` where a link would have too many
   */
  async tag(actor: Actor, codes: readonly string[], changes: TagChanges): Promise<Done> {
    const { rows, clock } = this.#parts;
    const batch = clock();
    const count = await inPortions(known(codes), (portion) =>
      rows.write(actor, async (writer) => {
        const links = await this.#load(writer, actor, "link.edit", portion);
        let changed = 0;
        for (const link of links) {
          const tags = changeTags(link.tags, changes);
          if (areSameTags(tags, link.tags)) continue;
          const details = { tags: joinTags(link.tags), batch, revision: link.revision + 1 };
          await writer.update(link, { tags, updatedAt: clock() }, details);
          changed++;
        }
        return changed;
      }),
    );
    return { count, undo: count === 0 ? null : batch };
  }

  /**
   * Takes back a change that the actor has made within the last hour, of those links that have not changed since; returns
   * how many.
   * @param undo as `Done.undo`
   */
  async undo(actor: Actor, undo: number): Promise<number> {
    const { audit, clock } = this.#parts;
    if (undo <= clock() - UNDONE_MS) return 0;
    const events = await audit.changesBy(actor, undo);
    const former: Former = new Map(
      events
        .filter(({ details }) => details.batch === undo)
        .map(({ resource, details }) => [resource, details]),
    );
    return (await this.#setBack(actor, former)) + (await this.#giveBack(actor, former));
  }

  async #setBack(actor: Actor, former: Former): Promise<number> {
    const { rows, clock } = this.#parts;
    const codes = [...former].flatMap(([code, { from }]) => (from === undefined ? [code] : []));
    return await inPortions(known(codes), (portion) =>
      rows.write(actor, async (writer) => {
        const links = await this.#load(writer, actor, "link.edit", portion);
        const same = links.filter((link) => isUnchangedSince(link, former));
        for (const link of same) {
          const change = formerValue(former.get(link.shortCode) ?? {});
          await writer.update(link, { ...change, updatedAt: clock() });
        }
        return same.length;
      }),
    );
  }

  /** Transfers links back to those who had them. */
  async #giveBack(actor: Actor, former: Former): Promise<number> {
    let count = 0;
    for (const [owner, given] of Map.groupBy(former, ([, { from }]) => from)) {
      if (typeof owner !== "string") continue;
      const codes = known(given.map(([code]) => code));
      count += await inPortions(codes, (portion) =>
        this.#parts.transfer.transfer(actor, portion, owner, {
          isMeant: (link) => isUnchangedSince(link, former),
        }),
      );
    }
    return count;
  }

  async #load(
    writer: LinkWriter,
    actor: Actor,
    action: ResourceAction,
    codes: readonly ShortCode[],
  ): Promise<Link[]> {
    const found = (await writer.lock(codes)).filter((link) => may(actor, action, link));
    await refuseDeclared(writer.trx, found);
    return found;
  }
}

/** What the audit event of a link says of how it was, so that it can be undone. */
function formerOf(link: Link, change: SameChange, batch: number): AuditDetails {
  const { disabled, expiresAt } = link;
  const was = "disabled" in change ? disabled : rfc3339(expiresAt);
  return { was, batch, revision: link.revision + 1 };
}

function known(codes: readonly string[]): ShortCode[] {
  return [...new Set(codes)].filter(isStoredCode);
}

function isSo(link: Link, change: SameChange): boolean {
  return "disabled" in change
    ? link.disabled === change.disabled
    : link.expiresAt === change.expiresAt;
}

/** What the audit events of a change say of each link, by its short code. */
type Former = ReadonlyMap<string, AuditDetails>;

function isUnchangedSince({ shortCode, revision }: Link, former: Former): boolean {
  return former.get(shortCode)?.revision === revision;
}

function formerValue({ tags, was = null }: AuditDetails): Partial<Link> {
  if (typeof tags === "string") return { tags: splitTags(tags) };
  if (typeof was === "boolean") return { disabled: was };
  return { expiresAt: was === null ? null : Date.parse(String(was)) };
}
