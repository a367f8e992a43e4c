import type { Clock } from "../../clock.ts";
import { changedCodes } from "../aliases/aliases.ts";
import type { KeptFile, KeptLinkFile } from "../files/kept-file.ts";
import type { LinkChanges } from "../input/link-schema.ts";
import type { Link } from "../link.ts";
import type { LinkContent } from "../link-content.ts";
import type { LinkWriter } from "../link-rows.ts";

/** Changes of a link with the hash of its password. */
export type HashedChanges = Omit<LinkChanges, "password"> & Partial<Pick<Link, "passwordHash">>;

interface Parts {
  readonly contents: LinkContent;
  readonly clock: Clock;
}

/** What a changed link gets of stored bytes. */
export interface NewBytes {
  /** Null: what it has. */
  readonly content: KeptFile | null;
  /** Those that replace all its files beside its content; null: those that it has. */
  readonly files: readonly KeptLinkFile[] | null;
}

export const NO_BYTES: NewBytes = { content: null, files: null };

/** Changes a locked link, and its content and its files where there are new ones. */
export async function applyChanges(
  { contents, clock }: Parts,
  writer: LinkWriter,
  link: Link,
  changes: HashedChanges,
  { content: kept, files }: NewBytes = NO_BYTES,
): Promise<Link> {
  const { revision: _, keepAlias: __, ...fields } = changes;
  const kind = changes.kind ?? link.kind;
  const content = await contents.replace(writer, link, kind, kept);
  const codes = changedCodes(link, changes);
  if (files !== null) await contents.dropFiles(writer.trx, link);
  const changed = await writer.update(link, { ...fields, ...codes, content, updatedAt: clock() });
  if (files !== null) await contents.addFiles(writer.trx, link, files);
  return changed;
}
