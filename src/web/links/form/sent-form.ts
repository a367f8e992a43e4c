import { maxFileBytes } from "../../../config/values/sizes.ts";
import type { BlobOwner, ReceivedFile } from "../../../files/blobs.ts";
import type { Call } from "../../../http/call.ts";
import { readUpload, type Upload } from "../../../http/request/multipart.ts";
import { type CameFiles, type FileField, fileFieldOf } from "../../../links/link-input.ts";
import { MAX_READ } from "../../../pages/pages.ts";
import { toProblem } from "../../../problem.ts";

/** The form of a link, sent: disposed of, it leaves nothing of files that no link was made of. */
export type SentForm = Upload<SentFile>;

export interface SentFile extends ReceivedFile {
  /** As much of a document as is ever read, while it is not stored yet; empty for other files. */
  readonly beginning: Uint8Array;
}

/** What is typed may have, in bytes: more than any document, and a web page that somebody writes by hand. */
const MAX_TYPED_BYTES = 8_388_608;

const fileFields: readonly FileField[] = Object.values(fileFieldOf);

/**
 * Reads the form of a link; files that come with it are taken in as `owner`'s.
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
      const beginning = new Beginning(field === fileFieldOf.markdown ? MAX_READ : 0);
      const file = { name, bytes: beginning.of(bytes) };
      const received = await call.app.blobs.receive(owner, file, maxBytes);
      call.app.metrics.countUpload(received.size);
      return { ...received, beginning: beginning.bytes };
    },
  });
}

export function cameIn({ files }: SentForm): CameFiles {
  return new Set(fileFields.filter((field) => files.has(field)));
}

/** The first bytes of a file that passes. */
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

/** What tells the files of one sending from those of another. */
export function fingerprintOf({ files }: SentForm): unknown {
  return [...files].map(([field, { name, sha256 }]) => [field, name, sha256]);
}
