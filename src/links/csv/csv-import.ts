import { type Actor, may } from "../../policy.ts";
import { invalid, Problem } from "../../problem.ts";
import { textOfCell } from "../../text/csv-line.ts";
import type { LinkCreation } from "../create/link-creation.ts";
import {
  type InputContext,
  type NewLink,
  type NewLinkInput,
  parseNewLink,
} from "../input/link-schema.ts";
import type { ShortCode } from "../short-code.ts";
import { splitTags } from "../tags/tag-names.ts";
import { text } from "../text.en.ts";
import { addressRows, type CsvRow, csvRows } from "./csv-rows.ts";

/** Most links of one import. */
const MAX_ROWS = 100_000;

/** Links that are created at the same time. */
const PORTION = 200;

/** A row that can become a link, with its line in the file. */
export interface ReadRow {
  readonly line: number;
  readonly input: NewLink;
}

/** Why a row cannot become a link. */
export interface RowFault {
  readonly line: number;
  readonly message: string;
}

export interface ReadLinks {
  readonly links: readonly ReadRow[];
  readonly faults: readonly RowFault[];
}

/** The columns that are read; the others are left out. */
const columns: Readonly<Record<string, keyof NewLinkInput>> = {
  destination: "target",
  url: "target",
  target: "target",
  short_code: "shortCode",
  code: "shortCode",
  kind: "kind",
  title: "title",
  note: "note",
  tags: "tags",
  redirect_status: "redirectStatus",
  starts_at: "startsAt",
  expires_at: "expiresAt",
  expires: "expiresAt",
  fallback_url: "fallbackUrl",
  forward_query: "forwardQuery",
  disabled: "disabled",
};

/** Links from a CSV file, or from a list of addresses. */
export class CsvImport {
  readonly #creation: LinkCreation;

  constructor(creation: LinkCreation) {
    this.#creation = creation;
  }

  /**
   * Reads links of `ownerId`, and says what is wrong with the others. A first line without names of columns makes it a list
   * of addresses.
   * @throws Problem `invalid` on `file` where no column has addresses, or there are too many rows
   */
  async read(csv: string, ownerId: number, context: InputContext): Promise<ReadLinks> {
    const [first] = csvRows(csv);
    const heads = first?.cells.map((cell) => columns[cell.trim().toLowerCase()]) ?? [];
    const isList = heads.every((head) => head === undefined);
    if (!isList && !heads.includes("target")) throw invalid("file", text.csv.noDestination);
    const rows = isList ? atMost(addressRows(csv)) : atMost(csvRows(csv)).slice(1);
    const links: ReadRow[] = [];
    const faults: RowFault[] = [];
    const codes = new Set<ShortCode>();
    for (const { line, cells } of rows) {
      try {
        const input = parseNewLink(inputFrom(cells, isList ? ["target"] : heads), context);
        await this.#requireFree(input, ownerId, codes);
        links.push({ line, input });
      } catch (thrown) {
        faults.push({ line, message: faultOf(thrown) });
      }
    }
    return { links, faults };
  }

  /**
   * Creates links, some at a time. Those that cannot be created any more are returned with the reason.
   * @param report is called with how many are done
   * @throws Problem `forbidden`, `busy`, `storage_full`
   */
  async add(
    actor: Actor,
    ownerId: number,
    links: readonly ReadRow[],
    report: (done: number) => void = () => undefined,
  ): Promise<RowFault[]> {
    if (!may(actor, "link.create", { ownerId }))
      throw new Problem("forbidden", text.access.mayNotCreate);
    const faults: RowFault[] = [];
    const create = async ({ line, input }: ReadRow) => {
      try {
        await this.#creation.create(actor, { ownerId }, input, null);
      } catch (thrown) {
        faults.push({ line, message: faultOf(thrown) });
      }
    };
    for (let at = 0; at < links.length; at += PORTION) {
      await Promise.all(links.slice(at, at + PORTION).map(create));
      report(Math.min(at + PORTION, links.length));
    }
    return faults;
  }

  async #requireFree({ shortCode }: NewLink, ownerId: number, codes: Set<ShortCode>) {
    if (shortCode === null) return;
    if (codes.has(shortCode) || !(await this.#creation.isFree(shortCode, ownerId)))
      throw invalid("short_code", text.shortCode.taken(shortCode));
    codes.add(shortCode);
  }
}

function atMost(given: Iterable<CsvRow>): CsvRow[] {
  const rows: CsvRow[] = [];
  for (const row of given) {
    // One more is the heading.
    if (rows.length > MAX_ROWS) throw invalid("file", text.csv.tooMany(MAX_ROWS));
    rows.push(row);
  }
  return rows;
}

function inputFrom(
  cells: readonly string[],
  heads: readonly (keyof NewLinkInput | undefined)[],
): NewLinkInput {
  const input: Record<string, unknown> = {};
  for (const [at, head] of heads.entries()) {
    const cell = textOfCell(cells[at] ?? "").trim();
    if (head !== undefined && cell !== "") input[head] = parseCell(head, cell);
  }
  if ((input.kind ?? "redirect") !== "redirect") throw invalid("kind", text.csv.noFiles);
  return input;
}

function parseCell(head: keyof NewLinkInput, cell: string): unknown {
  switch (head) {
    case "tags":
      return splitTags(cell);
    case "redirectStatus":
      return Number(cell);
    case "disabled":
    case "forwardQuery":
      return booleans[cell.toLowerCase()] ?? cell;
    default:
      return cell;
  }
}

const booleans: Readonly<Record<string, boolean>> = { true: true, false: false, 1: true, 0: false };

/** @throws what is no refusal of this row */
function faultOf(thrown: unknown): string {
  if (!(thrown instanceof Problem) || thrown.code !== "invalid") throw thrown;
  const fields = Object.entries(thrown.fields).map(
    ([name, why]) => `${name === "target" ? "destination" : name}: ${why}`,
  );
  return fields.join(" ");
}
