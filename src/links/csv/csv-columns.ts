import { fieldNameOf } from "../../parse-input.ts";
import { invalid } from "../../problem.ts";
import { textOfCell } from "../../text/csv-line.ts";
import { formatList } from "../../text/format.ts";
import type { NewLinkInput } from "../input/link-schema.ts";
import { splitTags } from "../tags/tag-names.ts";
import { text } from "../text.en.ts";

type Field = keyof NewLinkInput | "hasPassword";

/** The columns that are read, by their names in lower case. */
const fields: Readonly<Record<string, Field>> = {
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
  aliases: "aliases",
  visit_limit: "visitLimit",
  password: "password",
  has_password: "hasPassword",
  disabled: "disabled",
};

/** What the columns of a file mean. */
export interface CsvColumns {
  /** The names of the columns, as they are written; of a list of addresses, one. */
  readonly names: readonly string[];
  readonly fields: readonly (Field | undefined)[];
  readonly isList: boolean;
  /** Columns that are not read. */
  readonly ignored: readonly string[];
  /** Whether links that have expired are taken over: in a file that an export wrote. */
  readonly isExport: boolean;
}

/**
 * Reads the first line of a file. One without names of columns makes it a list of addresses.
 * @throws Problem `invalid` on `file` where no column has destinations, or two have the same
 */
export function readColumns(first: readonly string[]): CsvColumns {
  const names = first.map((cell) => cell.trim());
  const found = names.map((name) =>
    Object.hasOwn(fields, name.toLowerCase()) ? fields[name.toLowerCase()] : undefined,
  );
  if (found.every((field) => field === undefined)) {
    if (names.length > 1 && !isAddress(names[0] ?? ""))
      throw invalid("file", text.csv.noDestination);
    return {
      names: ["destination"],
      fields: ["target"],
      isList: true,
      ignored: [],
      isExport: false,
    };
  }
  if (!found.includes("target")) throw invalid("file", text.csv.noDestination);
  const repeated = names.filter(
    (_, at) => found[at] !== undefined && found.indexOf(found[at]) !== found.lastIndexOf(found[at]),
  );
  if (repeated.length > 0) throw invalid("file", text.csv.repeatedColumns(formatList(repeated)));
  const ignored = names.filter((name, at) => found[at] === undefined && name !== "");
  const isExport = names.includes("status") && names.includes("created_at");
  return { names, fields: found, isList: false, ignored, isExport };
}

function isAddress(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:/i.test(text) || /^[^\s/]+\.[^\s/]/.test(text);
}

/**
 * The cells of a row as a new link.
 * @throws Problem `invalid` on `kind` or `password`
 */
export function inputFrom(cells: readonly string[], columns: CsvColumns): NewLinkInput {
  const input: Partial<Record<Field, unknown>> = {};
  for (const [at, field] of columns.fields.entries()) {
    const cell = textOfCell(cells[at] ?? "");
    if (field !== undefined && cell.trim() !== "") input[field] = parseCell(field, cell);
  }
  const { hasPassword = false, ...link } = input;
  if ((link.kind ?? "redirect") !== "redirect") throw invalid("kind", text.csv.noFiles);
  if (hasPassword !== false && link.password === undefined)
    throw invalid("password", text.csv.passwordLeftOut);
  return link as NewLinkInput;
}

function parseCell(field: Field, given: string): unknown {
  const cell = given.trim();
  switch (field) {
    case "password":
      return given;
    case "tags":
      return splitTags(cell);
    case "aliases":
      return cell.split(/[\s,]+/);
    case "redirectStatus":
    case "visitLimit":
      return Number(cell);
    case "disabled":
    case "forwardQuery":
    case "hasPassword":
      return booleans[cell.toLowerCase()] ?? cell;
    default:
      return cell;
  }
}

const booleans: Readonly<Record<string, boolean>> = { true: true, false: false, 1: true, 0: false };

/** The name of a field as the columns call it. */
export function columnOf(field: string): string {
  return field === "target" ? "destination" : fieldNameOf(field);
}
