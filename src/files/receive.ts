import { Problem } from "../problem.ts";
import { formatBytes } from "../text/format.ts";
import type { Draft, StoredBytes } from "./blob.ts";

/** What was learned of bytes while they passed. */
export interface Measured extends StoredBytes {
  /** The first `headBytes` of them. */
  readonly head: Uint8Array;
}

/**
 * Writes `bytes` to a draft as they come, measuring them; waits for the draft, so that the sender does too.
 * @throws Problem `too_large` past `maxBytes`, `storage_full`, and whatever `bytes` throw
 */
export async function takeIn(
  bytes: AsyncIterable<Uint8Array>,
  draft: Draft,
  { maxBytes, headBytes }: { readonly maxBytes: number; readonly headBytes: number },
): Promise<Measured> {
  const hasher = new Bun.CryptoHasher("sha256");
  const head: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    if (size + chunk.byteLength > maxBytes) throw fileTooLarge(maxBytes);
    if (size < headBytes) head.push(new Uint8Array(chunk.subarray(0, headBytes - size)));
    size += chunk.byteLength;
    hasher.update(chunk);
    await draft.write(chunk);
  }
  return { size, sha256: hasher.digest("hex"), head: Buffer.concat(head) };
}

/** The refusal of a file that has more than `maxBytes`. */
export function fileTooLarge(maxBytes: number): Problem {
  return new Problem("too_large", `A file may have at most ${formatBytes(maxBytes)}.`);
}
