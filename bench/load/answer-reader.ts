const HEAD_END = "\r\n\r\n";
const LAST_CHUNK = "0\r\n\r\n";

/** Reads the responses on one connection, one at a time, and parses no more of them than needed (RFC 9112, 6). */
export class AnswerReader {
  #head = "";
  #status = 0;
  /** Bytes of the body still missing; null with chunked encoding. */
  #left: number | null = 0;
  #tail = "";
  #isLast = false;

  /** Whether the server closes the connection after the last response. */
  get isLast(): boolean {
    return this.#isLast;
  }

  /** Whether a part of a response has arrived. */
  get hasBegun(): boolean {
    return this.#head !== "" || this.#status !== 0;
  }

  /** Returns the status when the response is complete, and null before. */
  take(bytes: Buffer): number | null {
    if (this.#status !== 0) return this.#takeBody(bytes);
    this.#head += bytes.toString("latin1");
    const end = this.#head.indexOf(HEAD_END);
    if (end < 0) return null;
    const body = this.#head.slice(end + HEAD_END.length);
    this.#readHead(this.#head.slice(0, end));
    return this.#takeBody(Buffer.from(body, "latin1"));
  }

  #readHead(head: string): void {
    this.#head = "";
    this.#tail = "";
    this.#status = Number(head.slice(9, 12));
    this.#isLast = /\r\nconnection: close/i.test(head);
    const hasBody = this.#status !== 204 && this.#status !== 304;
    const isChunked = hasBody && /^transfer-encoding: *chunked/im.test(head);
    const length = /^content-length: *(\d+)/im.exec(head)?.[1] ?? 0;
    this.#left = isChunked ? null : hasBody ? Number(length) : 0;
  }

  #takeBody(bytes: Buffer): number | null {
    return this.#left === null ? this.#takeChunks(bytes) : this.#takeLength(bytes, this.#left);
  }

  #takeLength(bytes: Buffer, left: number): number | null {
    this.#left = left - bytes.length;
    return this.#left <= 0 ? this.#finish() : null;
  }

  #takeChunks(bytes: Buffer): number | null {
    const end = bytes.subarray(-LAST_CHUNK.length).toString("latin1");
    this.#tail = (this.#tail + end).slice(-LAST_CHUNK.length);
    return this.#tail === LAST_CHUNK ? this.#finish() : null;
  }

  #finish(): number {
    const status = this.#status;
    this.#status = 0;
    return status;
  }
}
