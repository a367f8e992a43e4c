/** @jsxImportSource #markup */
import type { KindProps } from "../form/source-fields.tsx";
import { FileList } from "./file-list.tsx";

/** The files of a new collection; those of one that exists have a page of their own. */
export function CollectionFields({ entry, settings, usage }: KindProps) {
  if (entry.values.revision !== undefined) return null;
  return <FileList entry={entry} settings={settings} usage={usage} isNew />;
}
