import { type Archive, refused } from "./archive.ts";
import type { ManifestEntry } from "./manifest.ts";
import { text } from "./text.en.ts";

/** Size and hash of the entries of an archive, by name; some may be unknown. */
export interface Expected {
  readonly entries: ReadonlyMap<string, ManifestEntry>;
}

/** Streams an entry's bytes. They match its hash if the stream ends without an error. */
export async function* verified(
  archive: Archive,
  { entries }: Expected,
  name: string,
): AsyncGenerator<Uint8Array> {
  const expected = entries.get(name)?.sha256;
  const hasher = new Bun.CryptoHasher("sha256");
  for await (const chunk of archive.read(name)) {
    if (expected !== undefined) hasher.update(chunk);
    yield chunk;
  }
  if (expected !== undefined && hasher.digest("hex") !== expected)
    throw refused(text.wrongHash(name));
}

/**
 * Reads an entry to its end.
 * @throws Problem `invalid` on `backup_file` if it does not match
 */
export async function verifyEntry(
  archive: Archive,
  expected: Expected,
  name: string,
): Promise<void> {
  for await (const _ of verified(archive, expected, name));
}
