/** @jsxImportSource #markup */
import { formatBytes } from "../../../text/format.ts";
import { UPLOADS_FIELD } from "../form/sent-form.ts";
import type { KindProps } from "../form/source-fields.tsx";
import { FileList } from "./file-list.tsx";
import { text } from "./text.en.ts";

/** The files of a new collection; those of one that exists have a page of their own. */
export function CollectionFields({ entry, settings, usage, held = [] }: KindProps) {
  if (entry.values.revision !== undefined) return null;
  return (
    <>
      {held.length > 0 && <HeldFiles held={held} />}
      <FileList entry={entry} settings={settings} usage={usage} isNew={held.length === 0} />
    </>
  );
}

function HeldFiles({ held }: Required<Pick<KindProps, "held">>) {
  return (
    <div class="mb-3">
      <p class="form-label">{text.shared}</p>
      <ul>
        {held.map(({ id, name, size }) => (
          <li>
            <input type="hidden" name={UPLOADS_FIELD} value={id} />
            <span class="name">{name}</span> ({formatBytes(size)})
          </li>
        ))}
      </ul>
    </div>
  );
}
