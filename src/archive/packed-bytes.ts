import { read } from "node:fs";
import { pipeline, Readable } from "node:stream";
import { promisify } from "node:util";
import { crc32, createInflateRaw, inflateRawSync } from "node:zlib";

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
 * Streams the unpacked bytes of an entry of an open zip, never more than it should have. They are complete, and match,
 * if the stream ends without an error.
 * @throws BytesError
 */
export async function* unpack(file: number, expected: PackedBytes): AsyncGenerator<Uint8Array> {
  const hasher = expected.sha256 === null ? null : new Bun.CryptoHasher("sha256");
  let size = 0;
  let crc = 0;
  for await (const chunk of inflated(file, expected)) {
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

async function* inflated(file: number, bytes: PackedBytes): AsyncGenerator<Uint8Array> {
  if (bytes.packed === 0) return;
  try {
    if (bytes.isDeflated) yield* inflate(file, bytes);
    else yield* packedChunks(file, bytes);
  } catch (cause) {
    throw new BytesError("damaged", cause);
  }
}

/** Read from the disk at a time. */
const CHUNK_BYTES = 262_144;

/** What is unpacked in one step: a stream takes longer to set up than to run for less. */
const SMALL_BYTES = 65_536;

async function* inflate(file: number, bytes: PackedBytes): AsyncGenerator<Uint8Array> {
  const packed = packedChunks(file, bytes);
  if (bytes.size > SMALL_BYTES || bytes.packed > SMALL_BYTES) {
    // The error of either is that of the last.
    const inflater = createInflateRaw({ chunkSize: CHUNK_BYTES });
    yield* pipeline(Readable.from(packed), inflater, () => {});
  } else {
    for await (const chunk of packed)
      yield inflateRawSync(chunk, { maxOutputLength: bytes.size + 1 });
  }
}

const readAt = promisify(read);

async function* packedChunks(
  file: number,
  { at, packed }: PackedBytes,
): AsyncGenerator<Uint8Array> {
  for (let done = 0; done < packed; ) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, packed - done));
    const { bytesRead } = await readAt(file, chunk, 0, chunk.length, at + done);
    if (bytesRead === 0) return;
    done += bytesRead;
    yield chunk.subarray(0, bytesRead);
  }
}
