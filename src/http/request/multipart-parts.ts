import { malformed, type PartHead, parsePartHead } from "./part-head.ts";

/** One part of a multipart body. */
export interface Part extends PartHead {
  /** As they arrive; those that are not read are skipped. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Most bytes of the head of one part. */
const MAX_HEAD = 16_384;

const CRLF = "\r\n";
const HEAD_END = "\r\n\r\n";
const LAST = "--";

/**
 * Splits a body of multipart/form-data (RFC 7578) into its parts while it arrives, no faster than they are read. Parts
 * that are no fields of a form are left out.
 * @throws Problem `bad_request` for a malformed body, and what `chunks` throw
 */
export async function* splitParts(
  chunks: AsyncIterable<Uint8Array>,
  boundary: string,
): AsyncGenerator<Part> {
  const reader = new PartReader(chunks[Symbol.asyncIterator](), boundary);
  try {
    await reader.skip();
    for (let head = await reader.head(); head !== null; head = await reader.head()) {
      const part = parsePartHead(head);
      if (part !== null) yield { ...part, bytes: reader.bytes() };
      await reader.skip();
    }
    await reader.skipRest();
  } finally {
    await reader.close();
  }
}

/** One part of a body that has arrived. */
export interface ArrivedPart extends PartHead {
  readonly bytes: Uint8Array;
}

/**
 * The same of a body that has arrived: by the same rules, which test/http/request/multipart-parts.test.ts compares.
 * @throws Problem `bad_request` for a malformed body
 */
export function* splitArrived(body: Uint8Array, boundary: string): Generator<ArrivedPart> {
  // The first boundary may have no line before it.
  const bytes = Buffer.concat([Buffer.from(CRLF), body]);
  const delimiter = `${CRLF}--${boundary}`;
  let at = findDelimiter(bytes, delimiter, 0) + delimiter.length;
  while (bytes.toString("latin1", at, at + LAST.length) !== LAST) {
    const headEnd = bytes.indexOf(HEAD_END, at);
    if (headEnd < 0 || headEnd - at > MAX_HEAD) throw malformed();
    const head = parsePartHead(bytes.toString("latin1", at + CRLF.length, headEnd));
    const from = headEnd + HEAD_END.length;
    const to = findDelimiter(bytes, delimiter, from);
    if (head !== null) yield { ...head, bytes: bytes.subarray(from, to) };
    at = to + delimiter.length;
  }
}

/** What only begins like a delimiter is part of the bytes. */
function findDelimiter(bytes: Buffer, delimiter: string, from: number): number {
  for (let at = from; ; at += delimiter.length) {
    at = bytes.indexOf(delimiter, at, "latin1");
    const end = at + delimiter.length;
    if (at < 0 || end + LAST.length > bytes.length) throw malformed();
    const next = bytes.toString("latin1", end, end + LAST.length);
    if (next === LAST || next === CRLF) return at;
  }
}

/** Reads parts of a body, which begins and ends between two of them. */
class PartReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  /** A line break and the boundary: the break belongs to it, and not to the part before. */
  readonly #delimiter: Buffer;
  /** What has arrived and is not read yet; the first boundary may have no line before it. */
  #rest: Buffer = Buffer.from(CRLF);
  #isWithin = true;

  constructor(chunks: AsyncIterator<Uint8Array>, boundary: string) {
    this.#chunks = chunks;
    this.#delimiter = Buffer.from(`${CRLF}--${boundary}`, "latin1");
  }

  async *bytes(): AsyncGenerator<Uint8Array> {
    while (this.#isWithin) {
      const bytes = await this.#next();
      if (bytes !== null) yield bytes;
    }
  }

  /** Skips what is left of a part, with the boundary after it. */
  async skip(): Promise<void> {
    while (this.#isWithin) await this.#next();
  }

  /** The head of the next part; null after the last one. */
  async head(): Promise<string | null> {
    if (this.#startsWith(LAST)) return null;
    let end = this.#rest.indexOf(HEAD_END);
    while (end < 0) {
      if (this.#rest.length > MAX_HEAD) throw malformed();
      await this.#more();
      end = this.#rest.indexOf(HEAD_END);
    }
    if (end > MAX_HEAD) throw malformed();
    const head = this.#rest.toString("latin1", CRLF.length, end);
    this.#rest = this.#rest.subarray(end + HEAD_END.length);
    this.#isWithin = true;
    return head;
  }

  async skipRest(): Promise<void> {
    while (!(await this.#chunks.next()).done);
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  /** The next bytes of a part; null at its end. */
  async #next(): Promise<Uint8Array | null> {
    for (;;) {
      const at = this.#rest.indexOf(this.#delimiter);
      if (at === 0) return await this.#readDelimiter();
      const length = at > 0 ? at : this.#rest.length - this.#begun();
      if (length > 0) return this.#take(length);
      await this.#more();
    }
  }

  /** What only begins like a delimiter is part of the bytes. */
  async #readDelimiter(): Promise<Uint8Array | null> {
    const { length } = this.#delimiter;
    while (this.#rest.length < length + LAST.length) await this.#more();
    const before = this.#take(length);
    if (!this.#startsWith(LAST) && !this.#startsWith(CRLF)) return before;
    this.#isWithin = false;
    return null;
  }

  /** Bytes at the end that may be the beginning of a delimiter. */
  #begun(): number {
    const { length } = this.#rest;
    for (let at = Math.max(0, length - this.#delimiter.length + 1); at < length; at++) {
      const tail = this.#rest.subarray(at);
      if (tail.equals(this.#delimiter.subarray(0, tail.length))) return tail.length;
    }
    return 0;
  }

  #take(length: number): Uint8Array {
    const taken = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return taken;
  }

  #startsWith(text: string): boolean {
    return this.#rest.toString("latin1", 0, text.length) === text;
  }

  /** @throws Problem `bad_request` at the end of the body */
  async #more(): Promise<void> {
    const { done, value } = await this.#chunks.next();
    if (done) throw malformed();
    const chunk = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
  }
}
