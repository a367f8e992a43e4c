import { refused } from "./archive.ts";
import { text } from "./text.en.ts";

/** A member of the object in a JSON text; where its value is an array, one element of it. */
export interface JsonPart {
  readonly key: string;
  /** The index of an element; null for a member whose value is no array. */
  readonly index: number | null;
  readonly value: unknown;
}

/** Most bytes of one part: a link of ours with all its texts has 50,000. */
const MAX_PART_BYTES = 1_048_576;

/**
 * Reads the object of a JSON text part by part, so that a long text takes no more memory than its longest part, and a
 * fault ends it where it is. An empty array has no part.
 * @throws Problem `invalid` on `backup_file` if it is not JSON; its bytes may go on after a fault
 */
export async function* jsonParts(
  bytes: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<JsonPart> {
  const scanner = new Scanner(name);
  for await (const chunk of bytes) yield* scanner.scan(chunk);
  scanner.end();
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/** Splits the text where parts end; what is between is left to `JSON.parse`. */
class Scanner {
  readonly #name: string;
  /** Bytes of the current part from earlier chunks. */
  #pieces: Uint8Array[] = [];
  #pieceBytes = 0;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #isOver = false;
  /** The key whose array is being read. */
  #key: string | null = null;
  #index = 0;
  /** Whether a member has ended, so that only a comma or the end may follow. */
  #isAfterArray = false;
  #members = 0;

  constructor(name: string) {
    this.#name = name;
  }

  *scan(chunk: Uint8Array): Generator<JsonPart> {
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (this.#isInString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === BACKSLASH) this.#isEscaped = true;
        else if (byte === QUOTE) this.#isInString = false;
        continue;
      }
      if (byte === QUOTE) this.#isInString = true;
      else if (this.#isBoundary(byte)) {
        const piece = this.#take(chunk.subarray(from, at));
        from = at + 1;
        yield* this.#pass(byte, piece);
      }
    }
    this.#keep(chunk.subarray(from));
  }

  /** @throws Problem if the text has ended too early */
  end(): void {
    const isBlank = this.#take(new Uint8Array()).trim() === "";
    if (!this.#isOver || !isBlank) throw this.#refusal();
  }

  /** Follows the depth; whether a part ends, or the object or an array of it begins or ends, at this byte. */
  #isBoundary(byte: number): boolean {
    const inner = this.#key === null ? 1 : 2;
    switch (byte) {
      case COMMA:
        return this.#depth === inner;
      case BRACKET:
        return this.#depth++ < 2 && this.#key === null;
      case BRACE:
        return this.#depth++ === 0;
      case CLOSING_BRACKET:
      case CLOSING_BRACE:
        return this.#depth-- <= inner;
      default:
        return false;
    }
  }

  *#pass(byte: number, piece: string): Generator<JsonPart> {
    if (this.#isOver) throw this.#refusal();
    if (byte === BRACKET || byte === BRACE) return this.#open(byte, piece);
    if (byte !== COMMA && (byte === CLOSING_BRACKET) !== (this.#key !== null))
      throw this.#refusal();
    if (this.#key !== null) {
      const isEmpty = piece.trim() === "" && byte !== COMMA && this.#index === 0;
      if (!isEmpty) {
        const value = this.#parse(piece);
        yield { key: this.#key, index: this.#index++, value };
      }
      if (byte !== COMMA) this.#closeArray();
      return;
    }
    yield* this.#member(byte, piece);
  }

  #open(byte: number, piece: string): void {
    if (this.#depth === 1) {
      if (byte === BRACKET || piece.trim() !== "") throw this.#refusal();
      return;
    }
    const start = piece.trim();
    if (this.#isAfterArray || start.charCodeAt(start.length - 1) !== COLON) throw this.#refusal();
    const key = this.#parse(start.slice(0, -1));
    if (typeof key !== "string") throw this.#refusal();
    this.#key = key;
    this.#index = 0;
  }

  #closeArray(): void {
    this.#key = null;
    this.#isAfterArray = true;
    this.#members++;
  }

  *#member(byte: number, piece: string): Generator<JsonPart> {
    const isLast = byte !== COMMA;
    if (isLast) this.#isOver = true;
    if (this.#isAfterArray) {
      if (piece.trim() !== "") throw this.#refusal();
      this.#isAfterArray = false;
      return;
    }
    if (piece.trim() === "" && isLast && this.#members === 0) return;
    this.#members++;
    const parsed = Object.entries(this.#parse(`{${piece}}`) as object);
    if (parsed.length !== 1) throw this.#refusal();
    for (const [key, value] of parsed) yield { key, index: null, value };
  }

  #take(last: Uint8Array): string {
    this.#keep(last);
    const bytes = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#pieceBytes = 0;
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      throw refused(text.notUtf8(this.#name));
    }
  }

  #keep(bytes: Uint8Array): void {
    this.#pieceBytes += bytes.length;
    if (this.#pieceBytes > MAX_PART_BYTES) throw this.#refusal();
    if (bytes.length > 0) this.#pieces.push(bytes);
  }

  #parse(json: string): unknown {
    try {
      return JSON.parse(json);
    } catch {
      throw this.#refusal();
    }
  }

  #refusal() {
    return refused(
      text.badJson(this.#name, this.#key === null ? "" : `${this.#key}.${this.#index}`),
    );
  }
}
