import { type Archive, refused } from "../archive/archive.ts";
import type { ManifestEntry } from "../archive/manifest.ts";
import { text } from "../archive/text.en.ts";
import type { RestorePlan } from "./restore-plan.ts";

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
  if (expected !== undefined && hasher.digest("hex") !== expected) {
    throw refused(text.wrongHash(name));
  }
}

/**
 * Reads every entry that the manifest lists, or that a plan needs.
 * @throws Problem `invalid` on `backup_file` if one does not match
 */
export async function checkBytes({ archive, contents, links }: RestorePlan): Promise<void> {
  const names = new Set(contents.entries.keys());
  for (const { content } of links) {
    if (content !== null && "entry" in content.source) names.add(content.source.entry);
  }
  for (const name of names) await checkEntry(archive, contents, name);
}

/** @throws Problem `invalid` on `backup_file` if the entry does not match */
export async function checkEntry(archive: Archive, expected: Expected, name: string) {
  for await (const _ of verified(archive, expected, name));
}
