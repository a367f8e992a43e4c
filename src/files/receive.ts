import { Problem } from "../problem.ts";
import { formatBytes } from "../text/format.ts";
import type { Draft, StoredBytes } from "./blob.ts";
import { HEAD_BYTES } from "./media/media-type.ts";

/** What was learned of bytes while they passed. */
export interface Measured extends StoredBytes {
  /** The first HEAD_BYTES of them. */
  readonly head: Uint8Array;
}

/**
 * Writes `bytes` to a draft as they come, measuring them; waits for the draft, so that the sender does too.
 * @throws Problem `too_large` past `maxBytes`, `storage_full`, and whatever `bytes` throw
 */
export async function takeIn(
  bytes: AsyncIterable<Uint8Array>,
  draft: Draft,
  maxBytes: number,
): Promise<Measured> {
  const hasher = new Bun.CryptoHasher("sha256");
  const head = Buffer.alloc(HEAD_BYTES);
  let size = 0;
  for await (const chunk of bytes) {
    if (size + chunk.byteLength > maxBytes) throw fileTooLarge(maxBytes);
    if (size < HEAD_BYTES) head.set(chunk.subarray(0, HEAD_BYTES - size), size);
    size += chunk.byteLength;
    hasher.update(chunk);
    await draft.write(chunk);
  }
  return { size, sha256: hasher.digest("hex"), head: head.subarray(0, size) };
}

/** The refusal of a file that has more than `maxBytes`. */
export function fileTooLarge(maxBytes: number): Problem {
  return new Problem("too_large", `A file may have at most ${formatBytes(maxBytes)}.`);
}
