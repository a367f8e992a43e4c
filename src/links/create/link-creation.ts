import type { Audit } from "../../audit/audit.ts";
import type { Clock, Random } from "../../clock.ts";
import type { Database } from "../../database/database.ts";
import { isMissingReference } from "../../database/database-errors.ts";
import { lookUp, prepare } from "../../database/prepared.ts";
import type { ReceivedFile } from "../../files/blobs.ts";
import type { Actor } from "../../policy.ts";
import { invalid, Problem } from "../../problem.ts";
import { isAlias } from "../aliases/id-by-code.ts";
import type { KeptFile, KeptLinkFile } from "../files/kept-file.ts";
import type { NewLinkFile } from "../files/link-file.ts";
import { newGate } from "../gate/link-gate.ts";
import type { NewLink } from "../input/link-schema.ts";
import type { Link } from "../link.ts";
import type { LinkContent } from "../link-content.ts";
import type { LinkRows, LinkWriter } from "../link-rows.ts";
import { makeShortCode, type ShortCode } from "../short-code.ts";
import { text } from "../text.en.ts";
import { findByKey, type Once, once } from "./idempotency.ts";
import { insertTogether } from "./insert-together.ts";

/** Whose link is created, and under which idempotency key. */
export interface Creation {
  readonly ownerId: number;
  /** Calls with the same key in ten minutes create one link. */
  readonly key?: string | null;
  /** How long instead of ten minutes, in milliseconds. */
  readonly lifeMs?: number | undefined;
  /** The files of a link that has several. */
  readonly files?: readonly NewLinkFile[];
}

/** A new link with the hash of its password. */
export type HashedLink = Omit<NewLink, "password"> & Partial<Pick<Link, "passwordHash">>;

export interface LinkCreationParts {
  readonly database: Database;
  readonly rows: LinkRows;
  readonly contents: LinkContent;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly random: Random;
}

/** What a new link gets of stored bytes. */
interface Kept {
  readonly content: KeptFile | null;
  readonly files: readonly KeptLinkFile[];
}

const NOTHING_KEPT: Kept = { content: null, files: [] };

/** Automatic codes that are tried before giving up. */
const CODE_TRIES = 8;

/** Creates links: those without content and tags by one trip to the database, unless their code or their key is used. */
export class LinkCreation {
  readonly #parts: LinkCreationParts;
  readonly #rows: LinkRows;
  readonly #contents: LinkContent;
  readonly #clock: Clock;
  readonly #random: Random;

  constructor(parts: LinkCreationParts) {
    this.#parts = parts;
    this.#rows = parts.rows;
    this.#contents = parts.contents;
    this.#clock = parts.clock;
    this.#random = parts.random;
  }

  /** As `Links.create`, for an actor who may. */
  async create(
    actor: Actor,
    creation: Creation,
    input: HashedLink,
    file: ReceivedFile | null,
  ): Promise<Link> {
    const { ownerId, key = null, files = [] } = creation;
    const isPlain = input.tags.length + input.aliases.length + files.length === 0;
    if (isPlain && (file === null || input.kind === "redirect")) {
      const link = await this.#createAtOnce(actor, creation, input);
      if (link !== null) return link;
    }
    const earlier = key && (await findByKey(this.#parts.database.lookup, key, this.#clock()));
    if (earlier) return earlier;
    await this.#refuseTaken(ownerId, input, key);
    return await this.#contents.keepAll(files, (keptFiles) =>
      this.#contents.keep(input.kind === "redirect" ? null : file, async (content) => {
        const kept = { content, files: keptFiles };
        const { link, isRepeated } = await this.#insertOnce(actor, creation, input, kept);
        const all = [...(content === null ? [] : [content]), ...keptFiles];
        if (isRepeated) for (const each of all) await this.#contents.abandon(each);
        return link;
      }),
    );
  }

  /** Whether a new link of `ownerId` may have this code, as far as is known now. */
  async isFree(shortCode: ShortCode, ownerId: number): Promise<boolean> {
    const { database } = this.#parts;
    const found = await lookUp(database, findCode(database.lookup, { shortCode }));
    if (found === undefined) return !(await isAlias(database, shortCode));
    return found.deleted_at !== null && found.owner_id === ownerId;
  }

  /** Creates a link without content; null where that takes another look: its short code is taken, or its key used. */
  async #createAtOnce(
    actor: Actor,
    { ownerId, key = null, lifeMs }: Creation,
    { shortCode, ...input }: HashedLink,
  ): Promise<Link | null> {
    const now = this.#clock();
    const code = shortCode ?? makeShortCode(this.#random);
    const times = { createdAt: now, updatedAt: now };
    const made = { ...input, ...newGate(input), ...times };
    const link = { ...made, shortCode: code, ownerId, content: null, declared: false };
    try {
      return await insertTogether(this.#parts, actor, link, key ? { key, now, lifeMs } : null);
    } catch (error) {
      throw isMissingReference(error) ? ownerIsGone() : error;
    }
  }

  /** Early, before content is stored. A key may have created the very link meanwhile: then the transaction decides. */
  async #refuseTaken(
    ownerId: number,
    { shortCode }: HashedLink,
    key: string | null,
  ): Promise<void> {
    if (key === null && shortCode !== null && !(await this.isFree(shortCode, ownerId)))
      throw taken(shortCode);
  }

  async #insertOnce(
    actor: Actor,
    creation: Creation,
    input: HashedLink,
    kept: Kept,
  ): Promise<Once> {
    try {
      return await this.#rows.write(actor, (writer) =>
        this.#insertIn(writer, creation, input, kept),
      );
    } catch (error) {
      throw isMissingReference(error) ? ownerIsGone() : error;
    }
  }

  /** Creates a link without content in a transaction of another module. */
  async createIn(writer: LinkWriter, creation: Creation, input: HashedLink): Promise<Link> {
    return (await this.#insertIn(writer, creation, input, NOTHING_KEPT)).link;
  }

  async #insertIn(
    writer: LinkWriter,
    { ownerId, key = null, lifeMs }: Creation,
    input: HashedLink,
    kept: Kept,
  ): Promise<Once> {
    const { trx } = writer;
    const insert = async () => {
      const content = kept.content && (await this.#contents.use(trx, kept.content));
      const link = await this.#insert(writer, { ...input, ownerId, content });
      await this.#contents.addFiles(trx, link, kept.files);
      return link;
    };
    if (key === null) return { link: await insert(), isRepeated: false };
    return await once(writer.trx, { key, now: this.#clock(), lifeMs }, insert);
  }

  /** Inserts a link under its short code, or else under the first automatic one that is free. */
  async #insert(
    writer: LinkWriter,
    { shortCode, ...input }: HashedLink & Pick<Link, "ownerId" | "content">,
  ): Promise<Link> {
    const now = this.#clock();
    const times = { createdAt: now, updatedAt: now };
    const link = { ...input, ...newGate(input), ...times, declared: false };
    for (let tries = 0; tries < CODE_TRIES; tries++) {
      const code = shortCode ?? makeShortCode(this.#random);
      const [inserted] = await writer.insert([{ ...link, shortCode: code }]);
      if (inserted !== undefined) return inserted;
      if (shortCode !== null) throw taken(shortCode);
    }
    throw new Problem("busy", text.shortCode.noneFree, { retryAfterSeconds: 1 });
  }
}

const findCode = prepare((db, { shortCode }: Pick<Link, "shortCode">) =>
  db.selectFrom("link").select(["owner_id", "deleted_at"]).where("short_code", "=", shortCode),
);

/** The account was deleted while the link was being created. */
function ownerIsGone(): Problem {
  return new Problem("forbidden", text.access.accountDeleted);
}

function taken(shortCode: ShortCode): Problem {
  return invalid("short_code", text.shortCode.taken(shortCode));
}
