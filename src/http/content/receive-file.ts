import { maxFileBytes } from "../../config/values/sizes.ts";
import type { BlobOwner, ReceivedFile } from "../../files/blobs.ts";
import type { UploadRoom } from "../../files/upload-room.ts";
import { MAX_READ } from "../../pages/pages.ts";
import type { Call } from "../call.ts";
import type { CountedUpload } from "./counted-upload.ts";

/** A file that was sent, and what its sender called it: a path, where it was in a folder. */
export interface SentFile extends ReceivedFile {
  readonly givenName: string;
}

/** Where a file goes. */
export interface Receiving {
  readonly owner: BlobOwner;
  readonly room: UploadRoom;
  readonly upload: CountedUpload;
}

interface Incoming {
  readonly name: string;
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Whether it is a document, of which as much is read as is ever rendered: it is not stored yet when it is checked. */
  readonly isDocument: boolean;
}

/**
 * Receives a file, which counts as one upload of the caller.
 * @throws Problem `too_large`, `over_quota`, `storage_full`, `too_many`, and what its bytes throw; then nothing is left
 */
export async function receiveFile(
  { app, settings }: Call,
  { owner, room, upload }: Receiving,
  { name, bytes, isDocument }: Incoming,
): Promise<SentFile> {
  upload.begin();
  const headBytes = isDocument ? MAX_READ : 0;
  const maxBytes = maxFileBytes(settings);
  const received = await app.files.blobs.receive(owner, { name, bytes, headBytes }, maxBytes, room);
  app.metrics.countUpload(received.size);
  return { ...received, givenName: name };
}
