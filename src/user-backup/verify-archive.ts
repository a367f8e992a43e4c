import { type Archive, refused } from "../archive/archive.ts";
import type { ManifestEntry } from "../archive/manifest.ts";
import type { RestorePlan } from "./restore-plan.ts";

/** What the entries of an archive must be, by their names; an archive may say nothing of some. */
export interface Expected {
  readonly entries: ReadonlyMap<string, ManifestEntry>;
}

/** An entry's bytes; whoever reads to the end knows that they are what the archive says of them. */
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
    throw refused(`"${name}" in the archive is not what the archive says of it.`);
  }
}

/**
 * Reads every byte that the archive speaks of, or that a plan needs.
 * @throws Problem `invalid` on `backup_file` where one is not as it must be
 */
export async function checkBytes({ archive, contents, links }: RestorePlan): Promise<void> {
  const names = new Set(contents.entries.keys());
  for (const { content } of links) {
    if (content !== null && "entry" in content.source) names.add(content.source.entry);
  }
  for (const name of names) await checkEntry(archive, contents, name);
}

/** @throws Problem `invalid` on `backup_file` where an entry is not as it must be */
export async function checkEntry(archive: Archive, expected: Expected, name: string) {
  for await (const _ of verified(archive, expected, name));
}
