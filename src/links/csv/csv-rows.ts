import { setImmediate } from "node:timers/promises";
import { invalid } from "../../problem.ts";
import { markedEncoding } from "../../text/text-encoding.ts";
import { text as texts } from "../text.en.ts";
import { cellsOf, MAX_ROW, RowSplitter, type SplitRow, separatorOf } from "./row-splitter.ts";

/** A row of a CSV file. */
export interface CsvRow extends Omit<SplitRow, "text"> {
  readonly cells: readonly string[];
}

/** A file of rows, and what its first line says of them. */
export interface CsvFile {
  /** The cells of the first line that is not empty. */
  readonly first: readonly string[];
  /** All rows, the first one too, in portions of one piece of the file; a list of lines has rows of one cell. */
  rows(isList: boolean): AsyncGenerator<readonly CsvRow[]>;
}

/** Most characters that are decoded and split before the event loop gets a turn. */
const PIECE_BYTES = 65_536;

/**
 * Opens a CSV file: UTF-8, or UTF-16 where a byte order mark says so. It is read once, and never held whole.
 * @throws Problem `invalid` on `file` where it is no text
 */
export async function openCsv(bytes: AsyncIterable<Uint8Array>): Promise<CsvFile> {
  const pieces = decoded(bytes);
  let head = "";
  let isAll = false;
  while (!isAll && head.length <= MAX_ROW && !/^\s*\S[^\r\n]*[\r\n]/.test(head)) {
    const { done, value } = await pieces.next();
    if (done) isAll = true;
    else head += value;
  }
  const [line = ""] = head.trimStart().split(/[\r\n]/, 1);
  const separator = separatorOf(line);
  const rows = new RowSplitter(separator).push(`${head}\n`);
  const first = rows[0] === undefined ? [] : cellsOf(rows[0].text, separator);
  return { first, rows: (isList) => rowsOf(head, pieces, isList ? null : separator) };
}

async function* rowsOf(
  head: string,
  pieces: AsyncGenerator<string>,
  separator: string | null,
): AsyncGenerator<readonly CsvRow[]> {
  const splitter = new RowSplitter(separator);
  const rowFrom = ({ text, ...row }: SplitRow): CsvRow => {
    return { ...row, cells: separator === null ? [text] : cellsOf(text, separator) };
  };
  yield splitter.push(head).map(rowFrom);
  for await (const piece of pieces) yield splitter.push(piece).map(rowFrom);
  yield splitter.end().map(rowFrom);
}

/** @throws Problem `invalid` on `file` */
async function* decoded(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: TextDecoder | null = null;
  for await (const chunk of joined(bytes)) {
    for (let at = 0; at < chunk.byteLength; at += PIECE_BYTES) {
      const piece = chunk.subarray(at, at + PIECE_BYTES);
      decoder ??= new TextDecoder(markedEncoding(piece), { fatal: true });
      yield textOf(decoder, piece);
      await setImmediate();
    }
  }
  if (decoder !== null) yield textOf(decoder, null);
}

/** The first chunk has a whole byte order mark. */
async function* joined(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let first: Uint8Array | null = new Uint8Array();
  for await (const chunk of bytes) {
    if (first === null) yield chunk;
    else {
      first = Buffer.concat([first, chunk]);
      if (first.byteLength < 4) continue;
      yield first;
      first = null;
    }
  }
  if (first !== null && first.byteLength > 0) yield first;
}

function textOf(decoder: TextDecoder, piece: Uint8Array | null): string {
  let text: string;
  try {
    text = piece === null ? decoder.decode() : decoder.decode(piece, { stream: true });
  } catch {
    throw invalid("file", texts.csv.notUnicode);
  }
  if (text.includes("\0")) throw invalid("file", texts.csv.noText);
  return text;
}
