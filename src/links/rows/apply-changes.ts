import type { Clock } from "../../clock.ts";
import { changedCodes } from "../aliases/aliases.ts";
import type { KeptFile } from "../files/kept-file.ts";
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

/** Changes a locked link, and its content where there is a file. */
export async function applyChanges(
  { contents, clock }: Parts,
  writer: LinkWriter,
  link: Link,
  changes: HashedChanges,
  kept: KeptFile | null = null,
): Promise<Link> {
  const { revision: _, keepAlias: __, ...fields } = changes;
  const kind = changes.kind ?? link.kind;
  const content = await contents.replace(writer, link, kind, kept);
  const codes = changedCodes(link, changes);
  return await writer.update(link, { ...fields, ...codes, content, updatedAt: clock() });
}
