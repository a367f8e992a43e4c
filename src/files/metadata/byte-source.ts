/** Bytes that arrive in chunks, read in pieces of a wanted size. */
export class ByteSource implements AsyncDisposable {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #held: Uint8Array = new Uint8Array();

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Reads so many bytes, or those until the end where there are fewer. */
  async take(size: number): Promise<Buffer> {
    return Buffer.concat(await Array.fromAsync(this.pass(size)));
  }

  /** Reads the next `size` bytes as they arrive. */
  async *pass(size: number): AsyncGenerator<Uint8Array> {
    for (let missing = size; missing > 0; ) {
      const chunk = await this.next();
      if (chunk === null) return;
      if (chunk.byteLength > missing) this.giveBack(chunk.subarray(missing));
      yield chunk.subarray(0, missing);
      missing -= Math.min(missing, chunk.byteLength);
    }
  }

  async skip(size: number): Promise<void> {
    for await (const _ of this.pass(size));
  }

  /** Whatever has arrived; null at the end. */
  async next(): Promise<Uint8Array | null> {
    if (this.#held.byteLength > 0) {
      const held = this.#held;
      this.#held = new Uint8Array();
      return held;
    }
    for (;;) {
      const { done, value } = await this.#chunks.next();
      if (done) return null;
      if (value.byteLength > 0) return value;
    }
  }

  /** Ends the reading, also before the end: what the bytes come from is closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#chunks.return?.();
  }

  /** Puts bytes of the last chunk back, to be read next. */
  giveBack(bytes: Uint8Array): void {
    this.#held = this.#held.byteLength === 0 ? bytes : Buffer.concat([bytes, this.#held]);
  }
}
