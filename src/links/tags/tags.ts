import { type RawBuilder, sql } from "kysely";
import type { AuditAction } from "../../audit/audit-actions.ts";
import type { Database, Trx } from "../../database/database.ts";
import { type Actor, may, type ResourceAction } from "../../policy.ts";
import { invalid, Problem } from "../../problem.ts";
import { PortionSize } from "../bulk/portions.ts";
import { renamingFields } from "../input/parse-fields.ts";
import type { LinkRows, LinkWriter } from "../link-rows.ts";
import { refuseDeclared } from "../rows/declared.ts";
import { text } from "../text.en.ts";
import { foldTag, parseTag } from "./tag-names.ts";

export interface Tag {
  readonly name: string;
  /** How many links have it, without those in the trash. */
  readonly links: number;
}

export interface TagsParts {
  readonly database: Database;
  readonly rows: LinkRows;
}

/** An owner's tag, as the table has it. */
interface StoredTag {
  readonly id: number;
  readonly name: string;
}

/** A change of a tag in all links that have it. */
export interface TagOrder {
  readonly action: "rename" | "merge" | "delete";
  readonly ownerId: number;
  readonly tag: string;
  /** Another name, or the other tag. */
  readonly to: string;
}

/** A change of a tag that has begun. */
export interface BegunTag extends TagOrder {
  readonly id: number;
  /** As it was typed first. */
  readonly name: string;
  /** The tag that replaces it. */
  readonly into: number | null;
  /** Without those in the trash, which change, too. */
  readonly links: number;
  readonly withTrashed: number;
}

/** Links that are changed in one transaction, while the sender waits. */
const MOST_WAITED = 1000;

/** Tags that are listed at once, and that are suggested. */
export const LISTED = 200;
const SUGGESTED = 20;

/** Beyond every character. */
const END = "\u{10ffff}";

/** The operations on all links of a tag. Names are compared without case and accents. */
export class Tags {
  readonly #database: Database;
  readonly #rows: LinkRows;

  constructor({ database, rows }: TagsParts) {
    this.#database = database;
    this.#rows = rows;
  }

  /**
   * The tags of an owner, by name, with the number of their links: 200 at most, from the one `after` on.
   * @throws Problem `forbidden`
   */
  async list(actor: Actor, ownerId: number, after = ""): Promise<Tag[]> {
    require(actor, "tag.list", ownerId);
    const { read } = this.#database;
    const counted = sql<StoredTag & Tag>`
      select id, name, (select count(*) from link_tag where tag_id = tag.id) as links
      from tag where owner_id = ${ownerId} and folded > ${foldTag(after)}
      order by folded limit ${LISTED}`;
    const inTrash = read
      .selectFrom("link")
      .innerJoin("link_tag", "link_tag.link_id", "link.id")
      .select((eb) => ["tag_id", eb.fn.countAll<number>().as("links")])
      .where("owner_id", "=", ownerId)
      .where("deleted_at", "is not", null)
      .groupBy("tag_id");
    const [{ rows }, trashed] = await Promise.all([counted.execute(read), inTrash.execute()]);
    const hidden = new Map(trashed.map((row) => [row.tag_id, Number(row.links)]));
    return rows.map(({ id, name, links }) => ({
      name,
      links: Number(links) - (hidden.get(id) ?? 0),
    }));
  }

  /**
   * Some tags of an owner whose names begin like this.
   * @throws Problem `forbidden`
   */
  async suggest(actor: Actor, ownerId: number, prefix: string): Promise<string[]> {
    require(actor, "tag.list", ownerId);
    const from = foldTag(prefix);
    const query = this.#database.read
      .selectFrom("tag")
      .select("name")
      .where("owner_id", "=", ownerId)
      .where("folded", ">=", from)
      .where("folded", "<", from + END);
    const rows = await query.orderBy("folded").limit(SUGGESTED).execute();
    return rows.map(({ name }) => name);
  }

  /** Whether a change of a tag concerns more links than one request should change. */
  async isLong(ownerId: number, name: string): Promise<boolean> {
    const { rows } = await sql`select 1 from link_tag
      where tag_id = (select id from tag where owner_id = ${ownerId} and folded = ${foldTag(name)})
      limit 1 offset ${MOST_WAITED}`.execute(this.#database.read);
    return rows.length > 0;
  }

  /**
   * Renames a tag of all links that have it; returns how many have.
   * @throws Problem `not_found`, `invalid` on `to` where another tag has that name, `forbidden` where a links.toml
   * declares one of the links
   */
  async rename(actor: Actor, ownerId: number, tag: string, to: string): Promise<number> {
    return await this.#changeAtOnce(actor, { action: "rename", ownerId, tag, to });
  }

  /**
   * Replaces one tag by another in all links that have it; returns how many had.
   * @throws Problem `not_found`, `invalid` on `to`, `forbidden` where a links.toml declares one of the links
   */
  async merge(actor: Actor, ownerId: number, tag: string, to: string): Promise<number> {
    return await this.#changeAtOnce(actor, { action: "merge", ownerId, tag, to });
  }

  /**
   * Removes a tag from all links that have it; returns how many had.
   * @throws Problem `not_found`, `forbidden` where a links.toml declares one of the links
   */
  async remove(actor: Actor, ownerId: number, tag: string): Promise<number> {
    return await this.#changeAtOnce(actor, { action: "delete", ownerId, tag, to: "" });
  }

  async #changeAtOnce(actor: Actor, order: TagOrder): Promise<number> {
    require(actor, "tag.change", order.ownerId);
    const begun = await this.#rows.write(actor, async (writer) => {
      const begun = await begin(writer, order);
      if (begun.withTrashed > MOST_WAITED) return begun;
      await retag(writer, begun, { after: 0, until: LAST });
      await finish(writer, begun);
      return begun;
    });
    if (begun.withTrashed > MOST_WAITED) await this.#changeInPortions(actor, begun);
    return begun.links;
  }

  async #changeInPortions(actor: Actor, begun: BegunTag): Promise<void> {
    const { links } = new PortionSize();
    for (let after: number | null = 0; after !== null; ) {
      const portion: TagPortion = await this.nextPortion(begun, after, links);
      await this.changePortion(actor, begun, portion);
      after = portion.next;
    }
    await this.finish(actor, begun);
  }

  /**
   * Begins a change that is made in portions: `changePortion` until no links are left, and then `finish`.
   * @throws Problem as `rename` and `merge`
   */
  async begin(actor: Actor, order: TagOrder, also: AlsoWith<BegunTag>): Promise<BegunTag> {
    require(actor, "tag.change", order.ownerId);
    return await this.#rows.write(actor, async (writer) => {
      const begun = await begin(writer, order);
      await also(writer.trx, begun);
      return begun;
    });
  }

  /** Which links, `most` of them, one transaction changes after a link, and how many they are. */
  async nextPortion({ id }: BegunTag, after: number, most: number): Promise<TagPortion> {
    const { rows } = await sql<{ last: number | null; links: number }>`
      select max(link_id) as last, count(*) as links from (select link_id from link_tag
        where tag_id = ${id} and link_id > ${after} order by link_id limit ${most}) as portion`.execute(
      this.#database.read,
    );
    const size = Number(rows[0]?.links ?? 0);
    const next = size < most ? null : Number(rows[0]?.last);
    return { after, until: next ?? LAST, size, next };
  }

  /** Changes some links in one transaction. */
  async changePortion(
    actor: Actor,
    begun: BegunTag,
    range: IdRange,
    also?: AlsoWith<number>,
  ): Promise<void> {
    await this.#rows.write(actor, async (writer) => {
      const count = await retag(writer, begun, range);
      await also?.(writer.trx, count);
    });
  }

  /** Ends a change that has been made in all links. */
  async finish(actor: Actor, begun: BegunTag): Promise<void> {
    await this.#rows.write(actor, (writer) => finish(writer, begun));
  }
}

/** Written in the transaction that has had this outcome. */
type AlsoWith<Outcome> = (trx: Trx, outcome: Outcome) => Promise<void>;

/** The links after one id, up to another. */
interface IdRange {
  readonly after: number;
  readonly until: number;
}

/** The links that one transaction changes. */
interface TagPortion extends IdRange {
  /** How many they are. */
  readonly size: number;
  /** After which the next portion begins; null: this is the last one. */
  readonly next: number | null;
}

/** Larger than every id. */
const LAST = Number.MAX_SAFE_INTEGER;

/** Checks a change. A tag is renamed at once; links follow, so that their revisions tell of it. */
async function begin(writer: LinkWriter, order: TagOrder): Promise<BegunTag> {
  const { action, ownerId } = order;
  const to =
    action === "rename" ? renamingFields({ tags: "to" }, () => parseTag(order.to)) : order.to;
  const tag = await find(writer, ownerId, foldTag(order.tag));
  if (tag === undefined) throw new Problem("not_found", text.tags.noSuchTag(order.tag));
  await refuseDeclaredTag(writer, tag);
  const other = action === "delete" ? undefined : await find(writer, ownerId, foldTag(to));
  const had = sql`select link_id from link_tag where tag_id = ${tag.id}`;
  const counts = await countLinks(writer.trx, had);
  const begun = { ...order, to, id: tag.id, name: tag.name, into: null, ...counts };
  if (action === "rename") {
    if (other !== undefined && other.id !== tag.id)
      throw invalid("to", text.tags.exists(other.name));
    const named = { name: to, folded: foldTag(to) };
    await writer.trx.updateTable("tag").set(named).where("id", "=", tag.id).execute();
    writer.events.push(eventOf("tag.renamed", { ownerId, tag, links: begun.links, to }));
  }
  if (action !== "merge") return begun;
  if (other === undefined) throw invalid("to", text.tags.noSuchTag(to));
  if (other.id === tag.id) throw invalid("to", text.tags.intoItself);
  return { ...begun, to: other.name, into: other.id };
}

/** How many links some ids are, without those in the trash and with them. */
async function countLinks(
  trx: Trx,
  ids: RawBuilder<unknown>,
): Promise<Pick<BegunTag, "links" | "withTrashed">> {
  const { rows } = await sql<{ links: number; all: number }>`
    select count(*) as "all", count(case when deleted_at is null then 1 end) as links
    from link where id in (${ids})`.execute(trx);
  return { links: Number(rows[0]?.links ?? 0), withTrashed: Number(rows[0]?.all ?? 0) };
}

/** Changes those links with a tag that are in a range of ids; returns how many, without those in the trash. */
async function retag(
  { trx }: LinkWriter,
  { id, into, action }: BegunTag,
  { after, until }: IdRange,
): Promise<number> {
  const isMeant = sql`tag_id = ${id} and link_id > ${after} and link_id <= ${until}`;
  const had = sql`select link_id from link_tag where ${isMeant}`;
  const { links } = await countLinks(trx, had);
  await sql`update link set revision = revision + 1 where id in (${had})`.execute(trx);
  if (into !== null)
    await sql`insert into link_tag (link_id, tag_id)
      select link_id, cast(${into} as bigint) from link_tag where ${isMeant}
      on conflict (link_id, tag_id) do nothing`.execute(trx);
  if (action !== "rename") await sql`delete from link_tag where ${isMeant}`.execute(trx);
  return links;
}

/** A tag that was merged or deleted is gone once no link has it. */
async function finish(writer: LinkWriter, begun: BegunTag): Promise<void> {
  const { action, id, name, ownerId, links, to } = begun;
  if (action === "rename") return;
  const deletion = writer.trx.deleteFrom("tag").where("id", "=", id);
  if ((await deletion.executeTakeFirst()).numDeletedRows === 0n) return;
  const about = { ownerId, tag: { id, name }, links };
  writer.events.push(
    action === "merge" ? eventOf("tag.merged", { ...about, to }) : eventOf("tag.removed", about),
  );
}

/** A file that declares a link declares its tags, too. */
async function refuseDeclaredTag(writer: LinkWriter, { id }: StoredTag): Promise<void> {
  const declared = await writer.trx
    .selectFrom("link_tag")
    .innerJoin("link", "link.id", "link_tag.link_id")
    .select("short_code")
    .where("tag_id", "=", id)
    .where("declared", "=", 1)
    .limit(1)
    .execute();
  const codes = declared.map((row) => row.short_code);
  if (codes.length > 0) await refuseDeclared(writer.trx, await writer.lock(codes));
}

async function find(
  { trx }: LinkWriter,
  ownerId: number,
  folded: string,
): Promise<StoredTag | undefined> {
  const query = trx.selectFrom("tag").select(["id", "name"]).where("owner_id", "=", ownerId);
  return await query.where("folded", "=", folded).executeTakeFirst();
}

interface About {
  readonly ownerId: number;
  readonly tag: StoredTag;
  readonly links: number;
  readonly to?: string;
}

function eventOf(
  action: Extract<AuditAction, `tag.${string}`>,
  { ownerId, tag, ...details }: About,
) {
  return { action, resource: tag.name, ownerId, details };
}

function require(actor: Actor, action: ResourceAction, ownerId: number): void {
  if (may(actor, action, { ownerId })) return;
  throw new Problem("forbidden", text.tags.mayNotChange);
}
