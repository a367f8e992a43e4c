import type { Database } from "../../database/database.ts";
import type { Actor } from "../../policy.ts";
import { invalid, isInvalid, Problem } from "../../problem.ts";
import { formatBytes } from "../../text/format.ts";
import { type InputContext, parseNewLink } from "../input/link-schema.ts";
import { requireCreation } from "../rows/access.ts";
import type { Circles } from "../target/circles.ts";
import { PlannedLinks } from "../target/planned-links.ts";
import { ownCodesIn } from "../target/target.ts";
import { text } from "../text.en.ts";
import { type CsvColumns, columnOf, inputFrom, readColumns } from "./csv-columns.ts";
import type { AddedLinks, CsvCreation } from "./csv-creation.ts";
import { type CsvRow, openCsv } from "./csv-rows.ts";
import type { ReadRow, RowFault } from "./read-row.ts";

/** Most links of one import, and most bytes of its file. */
export const MAX_CSV_ROWS = 1_000_000;
export const MAX_CSV_BYTES = 52_428_800;

/** Links that one transaction creates. */
const PORTION = 500;

/** Links of a file among which circles are looked for. */
const MOST_PLANNED = 100_000;

/** Some rows of a file, in their order. */
export interface ReadPortion {
  /** Rows of the file up to here. */
  readonly place: number;
  readonly links: readonly ReadRow[];
  readonly faults: readonly RowFault[];
}

/** A file of links that is being read. */
export interface ReadCsv {
  readonly columns: CsvColumns;
  readonly portions: AsyncGenerator<ReadPortion>;
}

export interface CsvImportParts {
  readonly database: Database;
  readonly creation: CsvCreation;
  readonly circles: Circles;
}

/** Links from a CSV file, or from a list of addresses: read and created some at a time. */
export class CsvImport {
  readonly #parts: CsvImportParts;

  constructor(parts: CsvImportParts) {
    this.#parts = parts;
  }

  /**
   * Reads links, and says what is wrong with the others, but not which short codes are taken.
   * @throws Problem `invalid` on `file` where no column has destinations, it is no text, or has too many rows;
   *   `too_large`
   */
  async read(bytes: AsyncIterable<Uint8Array>, context: InputContext): Promise<ReadCsv> {
    const file = await openCsv(limited(bytes));
    const columns = readColumns(file.first);
    const rules = { ...context, mayHaveExpired: columns.isExport };
    const portions = readPortions(file.rows(columns.isList), columns, rules);
    return { columns, portions: this.#withoutCircles(portions, context.ownOrigins) };
  }

  /** Counts the rows that `read` reads. */
  async count(bytes: AsyncIterable<Uint8Array>): Promise<number> {
    const file = await openCsv(limited(bytes));
    const { isList } = readColumns(file.first);
    let count = isList ? 0 : -1;
    for await (const rows of file.rows(isList)) count = bounded(count + rows.length);
    return count;
  }

  /**
   * The same for a preview: also short codes are checked, that `ownerId` cannot have.
   * @throws Problem as `read`
   */
  async check(
    bytes: AsyncIterable<Uint8Array>,
    ownerId: number,
    context: InputContext,
  ): Promise<ReadCsv> {
    const { columns, portions } = await this.read(bytes, context);
    return { columns, portions: this.#checked(portions, ownerId) };
  }

  /**
   * Creates a portion of links in one transaction; those whose short code is taken are left out, and returned with the
   * reason.
   * @throws Problem `forbidden`, `busy`, `storage_full`
   */
  async add(
    actor: Actor,
    ownerId: number,
    rows: readonly ReadRow[],
    also: Parameters<CsvCreation["add"]>[3] = async () => undefined,
  ): Promise<AddedLinks> {
    requireCreation(actor, { ownerId, kind: "redirect" });
    return await this.#parts.creation.add(actor, ownerId, rows, also);
  }

  /** Refuses rows that would lead back to themselves, also over rows before them. */
  async *#withoutCircles(
    portions: AsyncGenerator<ReadPortion>,
    origins: readonly string[],
  ): AsyncGenerator<ReadPortion> {
    const planned = new PlannedLinks([], MOST_PLANNED);
    for await (const { place, ...read } of portions) {
      const links: ReadRow[] = [];
      const faults = [...read.faults];
      for (const row of read.links) {
        const fields = await this.#circleOf(row, origins, planned);
        if (fields === null) links.push(row);
        else faults.push({ line: row.line, cells: row.cells, fields });
      }
      yield { place, links, faults: faults.sort((a, b) => a.line - b.line) };
    }
  }

  /** Null: it leads in no circle. */
  async #circleOf(
    { input }: ReadRow,
    origins: readonly string[],
    planned: PlannedLinks,
  ): Promise<RowFault["fields"] | null> {
    if (!leadsInto([input.target, input.fallbackUrl], origins)) return null;
    try {
      await this.#parts.circles.refuseNew(input, origins, planned);
    } catch (thrown) {
      return fieldsOf(thrown);
    }
    planned.add(input);
    return null;
  }

  async *#checked(
    portions: AsyncGenerator<ReadPortion>,
    ownerId: number,
  ): AsyncGenerator<ReadPortion> {
    const { database, creation } = this.#parts;
    const earlier = new Set<number>();
    for await (const { place, links, faults } of portions) {
      const { free, refused } = await creation.sort(database.read, ownerId, links, earlier);
      yield { place, links: free, faults: [...faults, ...refused].sort((a, b) => a.line - b.line) };
    }
  }
}

async function* readPortions(
  pieces: AsyncGenerator<readonly CsvRow[]>,
  columns: CsvColumns,
  context: InputContext,
): AsyncGenerator<ReadPortion> {
  // The first row names the columns, unless the file is a list.
  let place = columns.isList ? 0 : -1;
  let portion: CsvRow[] = [];
  for await (const rows of pieces) {
    for (const row of rows) {
      if (place >= 0) portion.push(row);
      place = bounded(place + 1);
      if (portion.length < PORTION) continue;
      yield { place, ...readRows(portion, columns, context) };
      portion = [];
    }
  }
  if (portion.length > 0) yield { place, ...readRows(portion, columns, context) };
}

/** @throws Problem `invalid` on `file` */
function bounded(rows: number): number {
  if (rows > MAX_CSV_ROWS) throw invalid("file", text.csv.tooMany(MAX_CSV_ROWS));
  return rows;
}

function readRows(rows: readonly CsvRow[], columns: CsvColumns, context: InputContext) {
  const links: ReadRow[] = [];
  const faults: RowFault[] = [];
  for (const { line, last, cells, fault } of rows) {
    try {
      if (fault === "too_long") throw invalid("", text.csv.rowTooLong);
      if (fault === "unclosed") throw invalid("", text.csv.unclosed(last));
      links.push({ line, cells, input: parseNewLink(inputFrom(cells, columns), context) });
    } catch (thrown) {
      faults.push({ line, cells, fields: fieldsOf(thrown) });
    }
  }
  return { links, faults };
}

/** Whether one of the addresses is of this site. */
function leadsInto(addresses: readonly string[], origins: readonly string[]): boolean {
  return addresses.some((address) => address !== "" && ownCodesIn(address, origins).length > 0);
}

/** @throws what is no refusal of this row */
function fieldsOf(thrown: unknown): RowFault["fields"] {
  if (!isInvalid(thrown)) throw thrown;
  const fields = Object.entries(thrown.fields).map(([name, why]) => [columnOf(name), why]);
  return Object.fromEntries(fields);
}

/** @throws Problem `too_large` */
async function* limited(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.byteLength;
    if (size > MAX_CSV_BYTES)
      throw new Problem("too_large", text.csv.tooLarge(formatBytes(MAX_CSV_BYTES)));
    yield chunk;
  }
}
