import { ByteSource } from "./byte-source.ts";
import { cleanJpeg } from "./jpeg.ts";
import { cleanPng } from "./png.ts";
import { cleanWebp } from "./webp.ts";

type Cleaner = (source: ByteSource) => AsyncGenerator<Uint8Array>;

/** By media type. */
const cleaners: Readonly<Record<string, Cleaner>> = {
  "image/jpeg": cleanJpeg,
  "image/png": cleanPng,
  "image/webp": cleanWebp,
};

/**
 * The bytes of an image without place, time, camera, author and comments, previews and whatever follows the image. The
 * image itself stays as it is, with its colours and how it is to be turned. Null for a type that is not known.
 * @throws Problem `invalid` on `file` while the bytes are read, where an image is not as its format has it
 */
export function removeMetadata(
  type: string,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> | null {
  const cleaner = cleaners[type];
  return cleaner === undefined ? null : cleaned(cleaner, bytes);
}

async function* cleaned(
  cleaner: Cleaner,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  await using source = new ByteSource(bytes);
  yield* cleaner(source);
}
