/** @jsxImportSource #markup */
import { maxFileBytes } from "../../../config/values/sizes.ts";
import { formatBytes } from "../../../text/format.ts";
import { type Entry, InputField } from "../../ui/post-form.tsx";
import { limitsOf, QuotaHint } from "../form/file-input.tsx";
import type { KindProps } from "../form/source-fields.tsx";
import { text } from "./text.en.ts";

type FileListProps = Pick<KindProps, "settings" | "usage"> & { readonly entry: Entry };

/** Files to choose, or a folder; with a script (assets/files.js) also to drop or paste. */
export function FileList({ entry, settings, usage }: FileListProps) {
  const limit = maxFileBytes(settings);
  const { accept } = limitsOf({ settings, usage, content: null });
  return (
    <>
      <InputField
        entry={entry}
        name="files"
        label={text.files}
        type="file"
        multiple
        {...(accept !== undefined && { accept })}
        help={
          <>
            {entry.refusal && `${text.chooseAgain} `}
            {limit !== Infinity && `${text.atMost(formatBytes(limit))} `}
            <QuotaHint usage={usage} />
          </>
        }
      />
      <div class="mb-3">
        <label class="form-label" for="folder">
          {text.folder}
        </label>
        <input class="form-control" id="folder" type="file" name="files" webkitdirectory multiple />
      </div>
    </>
  );
}
