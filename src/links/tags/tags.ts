import { sql } from "kysely";
import type { AuditAction } from "../../audit/audit-actions.ts";
import type { Database } from "../../database/database.ts";
import { type Actor, may, type ResourceAction } from "../../policy.ts";
import { invalid, Problem } from "../../problem.ts";
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

  /**
   * Renames a tag of all links that have it; returns how many have.
   * @throws Problem `not_found`, `invalid` on `to` where another tag has that name, `forbidden` where a links.toml
   * declares one of the links
   */
  async rename(actor: Actor, ownerId: number, from: string, to: string): Promise<number> {
    const name = renamingFields({ tags: "to" }, () => parseTag(to));
    return await this.#change(actor, ownerId, from, async (writer, tag) => {
      const folded = foldTag(name);
      const other = await find(writer, ownerId, folded);
      if (other !== undefined && other.id !== tag.id)
        throw invalid("to", text.tags.exists(other.name));
      const links = await writer.retagged(tag.id);
      await writer.trx.updateTable("tag").set({ name, folded }).where("id", "=", tag.id).execute();
      writer.events.push(eventOf("tag.renamed", { ownerId, tag, links, to: name }));
      return links;
    });
  }

  /**
   * Replaces one tag by another in all links that have it; returns how many had.
   * @throws Problem `not_found`, `invalid` on `to`, `forbidden` where a links.toml declares one of the links
   */
  async merge(actor: Actor, ownerId: number, from: string, into: string): Promise<number> {
    return await this.#change(actor, ownerId, from, async (writer, tag) => {
      const other = await find(writer, ownerId, foldTag(into));
      if (other === undefined) throw invalid("to", text.tags.noSuchTag(into));
      if (other.id === tag.id) throw invalid("to", text.tags.intoItself);
      const links = await writer.retagged(tag.id);
      await sql`insert into link_tag (link_id, tag_id)
        select link_id, cast(${other.id} as bigint) from link_tag where tag_id = ${tag.id}
        on conflict (link_id, tag_id) do nothing`.execute(writer.trx);
      await writer.trx.deleteFrom("tag").where("id", "=", tag.id).execute();
      writer.events.push(eventOf("tag.merged", { ownerId, tag, links, to: other.name }));
      return links;
    });
  }

  /**
   * Removes a tag from all links that have it; returns how many had.
   * @throws Problem `not_found`, `forbidden` where a links.toml declares one of the links
   */
  async remove(actor: Actor, ownerId: number, name: string): Promise<number> {
    return await this.#change(actor, ownerId, name, async (writer, tag) => {
      const links = await writer.retagged(tag.id);
      await writer.trx.deleteFrom("tag").where("id", "=", tag.id).execute();
      writer.events.push(eventOf("tag.removed", { ownerId, tag, links }));
      return links;
    });
  }

  async #change(
    actor: Actor,
    ownerId: number,
    name: string,
    work: (writer: LinkWriter, tag: StoredTag) => Promise<number>,
  ): Promise<number> {
    require(actor, "tag.change", ownerId);
    return await this.#rows.write(actor, async (writer) => {
      const tag = await find(writer, ownerId, foldTag(name));
      if (tag === undefined) throw new Problem("not_found", text.tags.noSuchTag(name));
      await refuseDeclaredTag(writer, tag);
      return await work(writer, tag);
    });
  }
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
