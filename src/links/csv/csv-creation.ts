import type { NewAuditEvent } from "../../audit/audit-event.ts";
import type { Clock, Random } from "../../clock.ts";
import type { Database, Trx } from "../../database/database.ts";
import { isMissingReference } from "../../database/database-errors.ts";
import type { Actor } from "../../policy.ts";
import { Problem } from "../../problem.ts";
import { codesAskedFor, findTaken } from "../aliases/aliases.ts";
import { hashed, type LinkPasswords, newGate } from "../gate/link-gate.ts";
import type { NewLink } from "../input/link-schema.ts";
import type { Link } from "../link.ts";
import type { LinkRows, LinkWriter } from "../link-rows.ts";
import type { UnsavedLink } from "../rows/link-columns.ts";
import { makeShortCode, type ShortCode } from "../short-code.ts";
import { text } from "../text.en.ts";
import type { ReadRow, RowFault } from "./read-row.ts";

/** What became of a portion. */
export interface AddedLinks {
  readonly created: readonly Link[];
  readonly faults: readonly RowFault[];
}

export interface CsvCreationParts {
  readonly rows: LinkRows;
  readonly clock: Clock;
  readonly random: Random;
  readonly passwords: LinkPasswords;
}

/** Passwords that are hashed at the same time. */
const HASHED = 4;

/** Creates the links of rows. */
export class CsvCreation {
  readonly #parts: CsvCreationParts;

  constructor(parts: CsvCreationParts) {
    this.#parts = parts;
  }

  /**
   * Creates links in one transaction, in which `also` runs last. Those whose short code is taken are left out.
   * @throws Problem `busy`, `storage_full`; then nothing is created
   */
  async add(
    actor: Actor,
    ownerId: number,
    rows: readonly ReadRow[],
    also: (trx: Trx, added: AddedLinks) => Promise<void>,
  ): Promise<AddedLinks> {
    const hashes = await this.#hash(rows);
    try {
      return await this.#parts.rows.write(actor, async (writer) => {
        const added = await this.#insert(writer, ownerId, rows, hashes);
        await also(writer.trx, added);
        return added;
      });
    } catch (error) {
      throw isMissingReference(error) ? changedMeanwhile() : error;
    }
  }

  /**
   * Separates rows whose short codes are free from the others.
   * @param earlier hashes of the short codes of rows before these, to which those of these are added
   */
  async sort(
    db: Database["read"],
    ownerId: number,
    rows: readonly ReadRow[],
    earlier: Set<number>,
  ): Promise<{ readonly free: readonly ReadRow[]; readonly refused: readonly RowFault[] }> {
    const taken = await findUnavailable(
      db,
      ownerId,
      rows.flatMap(({ input }) => codesAskedFor(input)),
    );
    const free: ReadRow[] = [];
    const refused: RowFault[] = [];
    for (const row of rows) {
      const fields = refusedCodes(row.input, taken, earlier);
      if (fields !== null) refused.push({ line: row.line, cells: row.cells, fields });
      else free.push(row);
      if (fields === null) for (const code of codesAskedFor(row.input)) earlier.add(hashOf(code));
    }
    return { free, refused };
  }

  async #insert(
    writer: LinkWriter,
    ownerId: number,
    rows: readonly ReadRow[],
    hashes: ReadonlyMap<ReadRow, string>,
  ): Promise<AddedLinks> {
    if (rows.some(({ input }) => input.aliases.length > 0)) await writer.holdCodes();
    const { free, refused } = await this.sort(writer.trx, ownerId, rows, new Set());
    const links = free.map((row) => this.#linkOf(ownerId, row, hashes.get(row) ?? ""));
    const created = await writer.insert(links, (inserted) => eventsOf(ownerId, inserted));
    // Others took a short code, or an automatic one was taken: the portion is tried again.
    if (created.length < links.length) throw changedMeanwhile();
    return { created, faults: refused };
  }

  #linkOf(ownerId: number, { input }: ReadRow, passwordHash: string): UnsavedLink {
    const now = this.#parts.clock();
    const { password: _, shortCode, ...fields } = input;
    return {
      ...fields,
      ...newGate({ ...input, passwordHash }),
      shortCode: shortCode ?? makeShortCode(this.#parts.random),
      ownerId,
      content: null,
      declared: false,
      createdAt: now,
      updatedAt: now,
    };
  }

  async #hash(rows: readonly ReadRow[]): Promise<ReadonlyMap<ReadRow, string>> {
    const hashes = new Map<ReadRow, string>();
    const locked = rows.filter(({ input }) => input.password !== null);
    for (let at = 0; at < locked.length; at += HASHED)
      await Promise.all(
        locked.slice(at, at + HASHED).map(async (row) => {
          const { passwordHash = "" } = await hashed(row.input, this.#parts.passwords);
          hashes.set(row, passwordHash);
        }),
      );
    return hashes;
  }
}

/** Of a million codes, two have the same with a probability of 1 in 18,000. A set of codes would need ten times the memory. */
function hashOf(code: ShortCode): number {
  return Number(Bun.hash(code) as bigint & 0x1f_ffff_ffff_ffffn);
}

/** Null: the codes of a link are free. */
function refusedCodes(
  link: NewLink,
  taken: ReadonlySet<string>,
  earlier: ReadonlySet<number>,
): RowFault["fields"] | null {
  const isUsed = (code: ShortCode) => taken.has(code) || earlier.has(hashOf(code));
  const code = codesAskedFor(link).find(isUsed);
  if (code === undefined) return null;
  const why = earlier.has(hashOf(code)) ? text.csv.repeatedCode(code) : text.shortCode.taken(code);
  return { [code === link.shortCode ? "short_code" : "aliases"]: why };
}

/** Short codes that a new link of `ownerId` cannot have; those in their own trash are free. */
async function findUnavailable(
  db: Database["read"],
  ownerId: number,
  codes: readonly ShortCode[],
): Promise<ReadonlySet<string>> {
  const taken = await findTaken(db, codes);
  if (taken.size === 0) return taken;
  const trashed = await db
    .selectFrom("link")
    .select("short_code")
    .where("short_code", "in", [...taken])
    .where("owner_id", "=", ownerId)
    .where("deleted_at", "is not", null)
    .execute();
  const own = new Set(trashed.map((row) => row.short_code));
  return new Set([...taken].filter((code) => !own.has(code)));
}

function eventsOf(ownerId: number, { length: links }: readonly Link[]): readonly NewAuditEvent[] {
  if (links === 0) return [];
  return [{ action: "links.moved_in", resource: "", ownerId, details: { links } }];
}

function changedMeanwhile(): Problem {
  return new Problem("busy", text.shortCode.takenMeanwhile, { retryAfterSeconds: 1 });
}
