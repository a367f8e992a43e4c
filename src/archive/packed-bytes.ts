import { createReadStream } from "node:fs";
import { pipeline, type Readable } from "node:stream";
import { crc32, createInflateRaw } from "node:zlib";

/** Where the bytes of an entry are in a zip, and what they unpack to. */
export interface PackedBytes {
  /** Offset of the first. */
  readonly at: number;
  readonly packed: number;
  readonly isDeflated: boolean;
  /** Unpacked. */
  readonly size: number;
  readonly crc: number;
  /** In hex; null if the archive does not say. */
  readonly sha256: string | null;
}

/** What is wrong with the bytes of an entry. */
export type BytesFault = "damaged" | "wrongHash";

/** Bytes of an entry are not what they should be. */
export class BytesError extends Error {
  readonly fault: BytesFault;

  constructor(fault: BytesFault, cause?: unknown) {
    super(fault, { cause });
    this.fault = fault;
  }
}

/**
 * Streams the unpacked bytes of an entry of the zip at `path`, never more than it should have. They are complete, and
 * match, if the stream ends without an error.
 * @throws BytesError
 */
export async function* unpack(path: string, expected: PackedBytes): AsyncGenerator<Uint8Array> {
  const hasher = expected.sha256 === null ? null : new Bun.CryptoHasher("sha256");
  let size = 0;
  let crc = 0;
  for await (const chunk of inflated(path, expected)) {
    size += chunk.byteLength;
    if (size > expected.size) break;
    crc = crc32(chunk, crc);
    hasher?.update(chunk);
    yield chunk;
  }
  if (size !== expected.size || crc !== expected.crc) throw new BytesError("damaged");
  if (hasher !== null && hasher.digest("hex") !== expected.sha256)
    throw new BytesError("wrongHash");
}

async function* inflated(path: string, bytes: PackedBytes): AsyncGenerator<Uint8Array> {
  if (bytes.packed === 0) return;
  try {
    yield* streamOf(path, bytes);
  } catch (cause) {
    throw new BytesError("damaged", cause);
  }
}

/** Read from the disk at a time. */
const CHUNK_BYTES = 262_144;

function streamOf(path: string, { at, packed, isDeflated }: PackedBytes): Readable {
  const range = { start: at, end: at + packed - 1, highWaterMark: CHUNK_BYTES };
  const file = createReadStream(path, range);
  if (!isDeflated) return file;
  // The error of either is that of the last.
  return pipeline(file, createInflateRaw({ chunkSize: CHUNK_BYTES }), () => {});
}
