import { maxFileBytes } from "../../../config/values/sizes.ts";
import type { BlobOwner, ReceivedFile } from "../../../files/blobs.ts";
import type { Call } from "../../../http/call.ts";
import { readUpload, type Upload } from "../../../http/request/multipart.ts";
import { MAX_READ } from "../../../pages/pages.ts";
import { toProblem } from "../../../problem.ts";
import { contentFields, fileFields, type SentFiles } from "./form-fields.ts";

/** The form of a link as it was sent. Disposing of it removes files that no link uses. */
export type SentForm = Upload<SentFile>;

export interface SentFile extends ReceivedFile {
  /** As much of a document as is ever rendered, while it is not stored yet; empty for other files. */
  readonly beginning: Uint8Array;
}

/** Upper bound of typed text in bytes: more than any document, and than a web page that is written by hand. */
export const MAX_TYPED_BYTES = 8_388_608;

/**
 * Reads the form of a link; its files are stored as `owner`'s.
 * @throws Problem `too_large`, `bad_request`, `unsupported_type`, `storage_full`
 */
export async function readSentForm(call: Call, owner: BlobOwner): Promise<SentForm> {
  try {
    return await readFiles(call, owner);
  } catch (thrown) {
    call.app.metrics.countUploadRefusal(toProblem(thrown).code);
    throw thrown;
  }
}

async function readFiles(call: Call, owner: BlobOwner): Promise<SentForm> {
  const maxBytes = maxFileBytes(call.settings);
  return await readUpload(call, {
    fileFields,
    maxFileBytes: maxBytes,
    maxFieldBytes: MAX_TYPED_BYTES,
    receive: async ({ field, name, bytes }) => {
      const beginning = new Beginning(field === contentFields.markdown.file ? MAX_READ : 0);
      const file = { name, bytes: beginning.of(bytes) };
      const received = await call.app.blobs.receive(owner, file, maxBytes);
      call.app.metrics.countUpload(received.size);
      return { ...received, beginning: beginning.bytes };
    },
  });
}

export function sentFiles({ files }: SentForm): SentFiles {
  return new Set(fileFields.filter((field) => files.has(field)));
}

/** Keeps the first bytes of a stream that passes. */
class Beginning {
  readonly #most: number;
  readonly #chunks: Uint8Array[] = [];
  #size = 0;

  constructor(most: number) {
    this.#most = most;
  }

  async *of(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) {
      const kept = chunk.slice(0, this.#most - this.#size);
      if (kept.byteLength > 0) this.#chunks.push(kept);
      this.#size += kept.byteLength;
      yield chunk;
    }
  }

  get bytes(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }
}

/** Tells the files of one form from those of another. */
export function fingerprintOf({ files }: SentForm): unknown {
  return [...files].map(([field, { name, sha256 }]) => [field, name, sha256]);
}
