import { Problem } from "../problem.ts";
import { formatBytes } from "../text/format.ts";
import type { Draft, StoredBytes } from "./blob.ts";
import { text } from "./text.en.ts";
import type { UploadRoom } from "./upload-room.ts";

/** Size, hash and first bytes of received bytes. */
export interface Measured extends StoredBytes {
  /** The first `headBytes` bytes. */
  readonly head: Uint8Array;
}

export interface ReceiveLimits {
  readonly maxBytes: number;
  readonly headBytes: number;
  /** Null: unlimited, as far as the disk takes them. */
  readonly room: Pick<UploadRoom, "grant"> | null;
}

/**
 * Writes `bytes` to a draft as they arrive, and measures them; back-pressure reaches the sender.
 * @throws Problem `too_large` beyond `maxBytes`, `over_quota`, `storage_full`, and what `bytes` throw
 */
export async function takeIn(
  bytes: AsyncIterable<Uint8Array>,
  draft: Draft,
  { maxBytes, headBytes, room }: ReceiveLimits,
): Promise<Measured> {
  const hasher = new Bun.CryptoHasher("sha256");
  const head: Uint8Array[] = [];
  let size = 0;
  let granted = room === null ? Infinity : 0;
  for await (const chunk of bytes) {
    if (size + chunk.byteLength > maxBytes) throw fileTooLarge(maxBytes);
    const over = size + chunk.byteLength - granted;
    if (over > 0 && room !== null) granted = size + (await room.grant(chunk.byteLength));
    if (size < headBytes) head.push(new Uint8Array(chunk.subarray(0, headBytes - size)));
    size += chunk.byteLength;
    hasher.update(chunk);
    await draft.write(chunk);
  }
  return { size, sha256: hasher.digest("hex"), head: Buffer.concat(head) };
}

/** Refusal of a file larger than `maxBytes`. */
export function fileTooLarge(maxBytes: number): Problem {
  return new Problem("too_large", text.tooLarge(formatBytes(maxBytes)));
}
