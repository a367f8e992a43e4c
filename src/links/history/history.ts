import type { Clock } from "../../clock.ts";
import type { Database } from "../../database/database.ts";
import type { Actor } from "../../policy.ts";
import { invalid, Problem } from "../../problem.ts";
import { type InputContext, parseLinkChanges } from "../input/link-schema.ts";
import { changedSince, isChangedSince } from "../input/revision.ts";
import type { Content, Kind, Link } from "../link.ts";
import type { LinkContent } from "../link-content.ts";
import type { LinkRows, LinkWriter } from "../link-rows.ts";
import { visible } from "../rows/access.ts";
import { refuseDeclared } from "../rows/declared.ts";
import { contentFrom, linkFrom, selectLinks } from "../rows/link-columns.ts";
import { isStoredCode } from "../short-code.ts";
import type { Circles } from "../target/circles.ts";
import type { Target } from "../target/target.ts";
import { text } from "../text.en.ts";
import { versionAfter } from "./link-versions.ts";

/** What a link is or was. */
export interface LinkVersion {
  /** From 1 on; the current one has the greatest. */
  readonly number: number;
  readonly isCurrent: boolean;
  /** Since when the link had it, in milliseconds since 1970 UTC. */
  readonly at: number;
  /** The name of the user; "command line" for the operator; empty: not known. */
  readonly by: string;
  readonly kind: Kind;
  readonly target: Target | "";
  readonly content: Content | null;
}

export interface HistoryParts {
  readonly database: Database;
  readonly rows: LinkRows;
  readonly contents: LinkContent;
  readonly circles: Circles;
  readonly clock: Clock;
}

/** Which version of a link is restored. */
export interface Restoration {
  readonly number: number;
  /** If the link has changed since, it stays as it is. */
  readonly revision?: number | undefined;
}

/** The former destinations and texts of links. */
export class History {
  readonly #parts: HistoryParts;

  constructor(parts: HistoryParts) {
    this.#parts = parts;
  }

  /** What a link was, the newest first; the first is what it is. */
  async of(link: Link): Promise<LinkVersion[]> {
    return await readVersions(this.#parts.database.read, link);
  }

  /** @throws Problem `not_found` where it is not kept */
  async find(link: Link, number: number): Promise<LinkVersion> {
    return findIn(await this.of(link), number);
  }

  /**
   * Makes a link what it was; what it is becomes a version.
   * @throws Problem `not_found`; `invalid` where that is the current version, or the site's rules refuse its destination
   * today; `conflict`, `forbidden` where a links.toml declares the link, `busy`, `storage_full`
   */
  async restore(
    actor: Actor,
    shortCode: string,
    { number, revision }: Restoration,
    context: InputContext,
  ): Promise<Link> {
    await this.#refuseCircle(shortCode, number, context);
    return await this.#parts.rows.write(actor, async (writer) => {
      const [found] = isStoredCode(shortCode) ? await writer.lock([shortCode]) : [];
      const link = visible(actor, "link.edit", found);
      await refuseDeclared(writer.trx, [link]);
      if (isChangedSince(link, revision)) throw changedSince(link);
      const version = findIn(await readVersions(writer.trx, link), number);
      if (version.isCurrent) throw invalid("version", text.history.isCurrent(number));
      return await this.#restore(writer, link, version, context);
    });
  }

  /** Before the transaction, as other links are read. */
  async #refuseCircle(shortCode: string, number: number, context: InputContext): Promise<void> {
    if (!isStoredCode(shortCode)) return;
    const query = selectLinks(this.#parts.database.read).where("short_code", "=", shortCode);
    const row = await query.executeTakeFirst();
    if (row === undefined) return;
    const link = linkFrom(row);
    const version = (await this.of(link)).find((one) => one.number === number);
    if (version === undefined || version.target === "") return;
    await this.#parts.circles.refuseChanges(link, { target: version.target }, context.ownOrigins);
  }

  async #restore(
    writer: LinkWriter,
    link: Link,
    { number, kind, target: stored, content: former }: LinkVersion,
    context: InputContext,
  ): Promise<Link> {
    const { contents, clock } = this.#parts;
    const details = { version: number };
    if (former !== null) {
      const content = await contents.bringBack(writer, link, former);
      const changes = { kind, target: "", content, updatedAt: clock() } as const;
      return await writer.update(link, changes, details);
    }
    const { target = link.target } = parseLinkChanges({ kind, target: stored }, link, context);
    const content = await contents.replace(writer, link, kind, null);
    return await writer.update(link, { kind, target, content, updatedAt: clock() }, details);
  }
}

async function readVersions(db: Database["read"], link: Link): Promise<LinkVersion[]> {
  const rows = await db
    .selectFrom("link_version")
    .leftJoin("blob", "blob.id", "link_version.blob_id")
    .select(["number", "began_at", "author", "replaced_at", "replaced_by", "kind", "target"])
    .select(["blob_id", "file_name", "media_type", "blob.path", "blob.size", "blob.sha256"])
    .where("link_id", "=", link.id)
    .orderBy("number", "desc")
    .execute();
  const { kind, target, content } = link;
  const current = { ...versionAfter(rows[0], link), isCurrent: true, kind, target, content };
  const former = rows.map((row) => ({
    number: row.number,
    isCurrent: false,
    at: row.began_at,
    by: row.author,
    kind: row.kind,
    target: row.target,
    content: contentFrom({ ...row, content_at: row.began_at }),
  }));
  return [current, ...former];
}

function findIn(versions: readonly LinkVersion[], number: number): LinkVersion {
  const found = versions.find((version) => version.number === number);
  if (found !== undefined) return found;
  throw new Problem("not_found", text.history.noSuchVersion(number));
}
