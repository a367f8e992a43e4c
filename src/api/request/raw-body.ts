import { parse as parseDisposition } from "content-disposition";
import { z } from "zod";
import { maxFileBytes } from "../../config/values/sizes.ts";
import type { BlobOwner, ReceivedFile } from "../../files/blobs.ts";
import { fileTooLarge } from "../../files/receive.ts";
import type { Call } from "../../http/call.ts";
import { CountedUpload } from "../../http/content/counted-upload.ts";
import { receiveFile } from "../../http/content/receive-file.ts";
import { arrivingChunks } from "../../http/request/body.ts";
import type { ContentKind } from "../../links/link.ts";
import { Problem } from "../../problem.ts";
import { timed } from "../../telemetry/trace.ts";
import { text } from "../text.en.ts";
import type { BodyReader } from "./body.ts";

/** A body of any bytes, which the operation reads itself while it arrives. */
export const anyBytes: BodyReader<undefined> = {
  schema: z.unknown(),
  types: ["*/*"],
  read: async () => undefined,
};

/** How long a client may send nothing. */
const SILENCE_SECONDS = 60;

interface RawOptions {
  /** Null: as `Content-Disposition` says. */
  readonly name: string | null;
  readonly fallbackName: string;
  /** Bytes that are released when the file is used. */
  readonly replaced: number;
  readonly kind: ContentKind;
}

/**
 * Receives the body of a request as a file.
 * @throws Problem as `receiveFile`, and `unsupported_type` for a compressed one
 */
export async function receiveRaw(
  call: Call,
  owner: BlobOwner,
  { name, fallbackName, replaced, kind }: RawOptions,
): Promise<ReceivedFile> {
  const { request, app, settings } = call;
  if (request.headers.has("content-encoding"))
    throw new Problem("unsupported_type", text.file.encoded);
  const maxBytes = maxFileBytes(settings);
  if (Number(request.headers.get("content-length")) > maxBytes) throw fileTooLarge(maxBytes);
  using upload = new CountedUpload(call);
  const room = app.files.blobs.roomFor(owner, replaced);
  const file = {
    name: name ?? nameIn(request.headers) ?? fallbackName,
    bytes: arrivingBytes(call, { areFreed: true }),
    isDocument: kind === "markdown",
  };
  const receive = () => receiveFile(call, { owner, room, upload }, file);
  return await upload.receive(() => timed("body", receive));
}

/**
 * The bytes of a body that takes as long as it needs, as they arrive.
 * @param areFreed whether a chunk is gone when the next one is asked for
 */
export async function* arrivingBytes(
  { request, connection, app }: Call,
  { areFreed = false } = {},
): AsyncGenerator<Uint8Array> {
  const pace = app.bodies.pace();
  pace.allowUpload();
  for await (const chunk of arrivingChunks(request.body, pace)) {
    connection.allowSilence(request, SILENCE_SECONDS);
    yield chunk;
    if (areFreed) free(chunk);
  }
}

/** Frees the memory of a chunk that was used: the collector would leave as much as 100 MB of them. */
function free({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}

/** The file name in `Content-Disposition`; null where there is none. */
function nameIn(headers: Headers): string | null {
  const given = headers.get("content-disposition");
  if (given === null) return null;
  try {
    return parseDisposition(given).parameters.filename ?? null;
  } catch {
    return null;
  }
}
