import type { Archive } from "./archive.ts";
import type { ManifestEntry } from "./manifest.ts";

/** Hashes of the entries of an archive, by name; some may be unknown. */
export interface Expected {
  readonly entries: ReadonlyMap<string, Pick<ManifestEntry, "sha256">>;
}

/** Streams an entry's bytes. They match its hash if the stream ends without an error. */
export function verified(
  archive: Archive,
  { entries }: Expected,
  name: string,
): AsyncGenerator<Uint8Array> {
  return archive.read(name, entries.get(name)?.sha256 ?? null);
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
