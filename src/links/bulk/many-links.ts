import type { Audit, ChangePlace, LinkChangeEvent } from "../../audit/audit.ts";
import type { AuditDetails } from "../../audit/audit-event.ts";
import type { Clock } from "../../clock.ts";
import type { Database, Trx } from "../../database/database.ts";
import { type Actor, may, type ResourceAction } from "../../policy.ts";
import { invalid } from "../../problem.ts";
import { rfc3339 } from "../../text/rfc3339.ts";
import type { Link } from "../link.ts";
import type { LinkRows, LinkWriter } from "../link-rows.ts";
import { countMatches, readPage, readPages, readPart, requireList } from "../list/list-page.ts";
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
import { changeStatus, changeTagsOf, type SameChange } from "./change-alike.ts";
import { inPortions } from "./portions.ts";

/** Most links that one operation changes. */
const MOST_AT_ONCE = 100_000;

/** Links that are changed while the sender waits. */
const MOST_WAITED = 1000;

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

/** What is done to links. */
export type LinksAction =
  | { readonly change: SameChange }
  | { readonly tags: TagChanges }
  /** The user name of their new owner. */
  | { readonly to: string }
  | { readonly deletes: true };

/** An action, and the moment it began, by which it is undone. */
export interface MarkedAction {
  readonly action: LinksAction;
  readonly batch: number;
}

/** Written in the transaction that has changed so many links. */
export type Also = (trx: Trx, count: number) => Promise<void>;

/** A page of what an action has changed. */
interface ChangedTogether {
  /** Those that `takeBack` takes back with the same statements, in portions. */
  readonly alike: readonly (readonly LinkChangeEvent[])[];
  /** Null on the last page. */
  readonly next: ChangePlace | null;
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

  /** The first links of a list that has more than one request should change. */
  async first(actor: Actor, filter: ListFilter): Promise<ShortCode[]> {
    const { database, clock } = this.#parts;
    requireList(actor, filter.ownerId, filter.kind);
    const { links } = await readPart(database, { ...filter, limit: MOST_WAITED }, clock());
    return links.filter(({ declared }) => !declared).map(({ shortCode }) => shortCode);
  }

  /** How many links a list has, however many they are. */
  async count(actor: Actor, filter: ListFilter): Promise<number> {
    const { database, clock } = this.#parts;
    requireList(actor, filter.ownerId, filter.kind);
    return await countMatches(database, filter, clock());
  }

  /** Whether a list has more links than one request should change. */
  async isLong(actor: Actor, filter: ListFilter): Promise<boolean> {
    const { database, clock } = this.#parts;
    requireList(actor, filter.ownerId, filter.kind);
    const { total } = await readPage(database, { ...filter, limit: 1 }, clock());
    return total > MOST_WAITED;
  }

  /**
   * Changes links as an action says, a few at a time; those that are so already are left out.
   * @throws Problem as `apply`
   */
  async run(actor: Actor, codes: readonly string[], action: LinksAction): Promise<Done> {
    const batch = this.#parts.clock();
    await this.check(actor, action);
    const count = await inPortions(known(codes), (portion) =>
      this.apply(actor, portion, { action, batch }),
    );
    return { count, undo: count > 0 && this.isUndoable(action) ? batch : null };
  }

  /**
   * Refuses an action that can change no link.
   * @throws Problem `forbidden`, `invalid` on `to`
   */
  async check(actor: Actor, action: LinksAction): Promise<void> {
    if ("to" in action) await this.#parts.transfer.check(actor, action.to);
  }

  /** A deletion cannot be taken back where there is no trash. */
  isUndoable(action: LinksAction): boolean {
    return !("deletes" in action) || this.#parts.trash.isKept();
  }

  /**
   * Changes a few links in one transaction, and returns how many were not so already. A deletion puts them into the
   * trash, if the site has one, as of `batch`.
   * @throws Problem `forbidden` where a links.toml declares one of them, `busy`, `storage_full`; `invalid` on `tags`
   * where a link would have too many; as `LinkTransfer.transfer`
   */
  async apply(
    actor: Actor,
    codes: readonly ShortCode[],
    { action, batch }: MarkedAction,
    also?: Also,
  ): Promise<number> {
    const { rows, transfer, trash, clock } = this.#parts;
    if ("to" in action) return await transfer.transfer(actor, codes, action.to, { batch, also });
    return await rows.write(actor, async (writer) => {
      const verb = "deletes" in action ? "link.delete" : "link.edit";
      const links = await this.#load(writer, actor, verb, codes);
      const changed = await changeLoaded(writer, links, { action, batch, now: clock(), trash });
      await also?.(writer.trx, changed);
      return changed;
    });
  }

  /**
   * Takes back a change that the actor has made within the last hour, of those links that have not changed since; returns
   * how many.
   * @param undo as `Done.undo`
   */
  async undo(actor: Actor, undo: number): Promise<number> {
    let count = 0;
    for (let after: ChangePlace | null = null; ; ) {
      const page = await this.madeTogether(actor, undo, after);
      for (const events of page.alike)
        count += await inPortions(events, (portion) => this.takeBack(actor, portion));
      if (page.next === null) return count;
      after = page.next;
    }
  }

  /** Whether taking a change back takes longer than one request should. */
  async isLongUndo(actor: Actor, undo: number): Promise<boolean> {
    return (await this.countMadeTogether(actor, undo)) > MOST_WAITED;
  }

  /** How many links were changed together, as far as that can be taken back. */
  async countMadeTogether(actor: Actor, undo: number): Promise<number> {
    return this.isRecent(undo) ? await this.#parts.audit.countChangesBy(actor, undo) : 0;
  }

  /** A page of what was changed together, after another. */
  async madeTogether(
    actor: Actor,
    undo: number,
    after: ChangePlace | null,
  ): Promise<ChangedTogether> {
    if (after === null && !this.isRecent(undo)) return { alike: [], next: null };
    const events = await this.#parts.audit.changesBy(actor, undo, after, PAGE);
    const ofBatch = events.filter(({ details }) => details.batch === undo);
    const alike = [...Map.groupBy(ofBatch, ({ details }) => changedIn(details)).values()];
    return { alike, next: events.length === PAGE ? (events.at(-1) ?? null) : null };
  }

  /** Sets back, or transfers back, the links of a portion in one transaction; returns how many. */
  async takeBack(actor: Actor, portion: readonly LinkChangeEvent[], also?: Also): Promise<number> {
    const { rows, transfer, clock } = this.#parts;
    const former: Former = new Map(portion.map(({ resource, details }) => [resource, details]));
    const codes = known([...former.keys()]);
    const isMeant = (link: Link) => isUnchangedSince(link, former);
    const from = portion[0]?.details.from;
    if (typeof from === "string")
      return await transfer.transfer(actor, codes, from, { isMeant, also });
    return await rows.write(actor, async (writer) => {
      const links = (await this.#load(writer, actor, "link.edit", codes)).filter(isMeant);
      await setBack(writer, links, former, clock());
      await also?.(writer.trx, links.length);
      return links.length;
    });
  }

  /** Whether what has begun then can still be undone. */
  isRecent(undo: number): boolean {
    return undo > this.#parts.clock() - UNDONE_MS;
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

interface LoadedAction extends MarkedAction {
  readonly now: number;
  readonly trash: Trash;
}

/** Changes locked links but for those that are so already; returns how many. */
async function changeLoaded(
  writer: LinkWriter,
  links: readonly Link[],
  { action, batch, now, trash }: LoadedAction,
): Promise<number> {
  if ("deletes" in action) {
    await trash.takeOver(writer, links, batch);
    return links.length;
  }
  if ("tags" in action) {
    const changed = links
      .map((link) => ({ link, change: { tags: changeTags(link.tags, action.tags) } }))
      .filter(({ link, change }) => !areSameTags(change.tags, link.tags));
    await changeTagsOf(writer, changed, now, (link) => ({
      ...{ tags: joinTags(link.tags), batch },
      revision: link.revision + 1,
    }));
    return changed.length;
  }
  if (!("change" in action)) return 0;
  const { change } = action;
  const others = links.filter((link) => !isSo(link, change)).map((link) => ({ link, change }));
  await changeStatus(writer, others, now, (link) => formerOf(link, change, batch));
  return others.length;
}

/** Sets locked links back to the values that they had; all have changed the same field. */
async function setBack(
  writer: LinkWriter,
  links: readonly Link[],
  former: Former,
  now: number,
): Promise<void> {
  const detailsOf = (link: Link) => former.get(link.shortCode) ?? {};
  const tagged = links.flatMap((link) => {
    const { tags } = detailsOf(link);
    return typeof tags === "string" ? [{ link, change: { tags: splitTags(tags) } }] : [];
  });
  if (tagged.length > 0) return await changeTagsOf(writer, tagged, now);
  await changeStatus(
    writer,
    links.map((link) => ({ link, change: formerStatus(detailsOf(link)) })),
    now,
  );
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

/** What a change has changed: links that were alike in it are set back by the same statements. */
function changedIn({ from, tags, was }: AuditDetails): string {
  if (typeof from === "string") return `owner ${from}`;
  if (typeof tags === "string") return "tags";
  return typeof was === "boolean" ? "disabled" : "expiry";
}

function formerStatus({ was = null }: AuditDetails): SameChange {
  if (typeof was === "boolean") return { disabled: was };
  return { expiresAt: was === null ? null : Date.parse(String(was)) };
}
