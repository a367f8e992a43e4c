import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Coding } from "./accept-encoding.ts";

type Bytes = Uint8Array<ArrayBuffer>;

type KeptCoding = Exclude<Coding, "zstd">;

/** Compressing the largest theme takes a thread 20 ms at this quality, and 500 ms for a fifth less at the highest. */
const BROTLI_QUALITY = { params: { [constants.BROTLI_PARAM_QUALITY]: 6 } };

const compressors: Readonly<Record<KeptCoding, (bytes: Bytes) => Promise<Bytes>>> = {
  br: (bytes) => promisify(brotliCompress)(bytes, BROTLI_QUALITY),
  gzip: promisify(gzip),
};

/** Those whose bytes are compressed already, as fonts and pictures are, gain nothing. */
const COMPRESSIBLE = /^(text\/|image\/svg)/;

/** Bytes that are sent again and again: each compressed form of them is made when first asked for, and kept. */
export class PrecompressedBytes {
  readonly plain: Bytes;
  /** The forms there are beside the plain one, the smallest first. */
  readonly codings: readonly KeptCoding[];
  readonly #made = new Map<KeptCoding, Promise<Bytes>>();

  /** @param type their media type */
  constructor(plain: Bytes, type: string) {
    this.plain = plain;
    this.codings = COMPRESSIBLE.test(type) ? ["br", "gzip"] : [];
  }

  /** The bytes in one form; a thread compresses them. */
  as(coding: KeptCoding | null): Bytes | Promise<Bytes> {
    if (coding === null) return this.plain;
    const known = this.#made.get(coding);
    if (known !== undefined) return known;
    const fresh = compressors[coding](this.plain);
    this.#made.set(coding, fresh);
    return fresh;
  }
}
