/** @jsxImportSource #markup */
import { maxFileBytes } from "../../../config/values/sizes.ts";
import { href } from "../../../http/urls.ts";
import { formatBytes } from "../../../text/format.ts";
import { text as scriptText } from "../../static/text.en.ts";
import { type Entry, InputField } from "../../ui/post-form.tsx";
import { inPortions, limitsOf, QuotaHint } from "../form/file-input.tsx";
import type { KindProps } from "../form/source-fields.tsx";
import { MetadataField } from "./metadata-field.tsx";
import { text } from "./text.en.ts";

type FileListProps = Pick<KindProps, "settings" | "usage"> & {
  readonly entry: Entry;
  /** Whether each file may become a link of its own. */
  readonly isNew?: boolean;
};

/** Files to choose, or a folder; with a script (assets/files.js) also to drop or paste. */
export function FileList({ entry, settings, usage, isNew = false }: FileListProps) {
  const limit = maxFileBytes(settings);
  const { accept } = limitsOf({ settings, usage, content: null });
  return (
    <div
      data-files=""
      {...inPortions(settings)}
      data-texts={JSON.stringify({ ...text.script, ...uploadText() })}
      data-list={href("links")}
      data-more={href("linkFiles", { shortCode: "CODE" }).replace("CODE", "{code}")}
      {...(limit !== Infinity && { "data-max-bytes": String(limit) })}
    >
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
            <span class="needs-script">{text.drop}</span>
          </>
        }
      />
      <div class="mb-3">
        <label class="form-label" for="folder">
          {text.folder}
        </label>
        <input class="form-control" id="folder" type="file" name="files" webkitdirectory multiple />
      </div>
      {isNew && (
        <fieldset class="needs-script mb-3">
          <legend class="form-label fs-6">{text.each.label}</legend>
          {(["one", "each"] as const).map((choice) => (
            <div class="form-check form-check-inline">
              <input
                class="form-check-input"
                type="radio"
                id={`each-${choice}`}
                name="each"
                value={choice}
                checked={choice === "one"}
              />
              <label class="form-check-label" for={`each-${choice}`}>
                {text.each[choice]}
              </label>
            </div>
          ))}
        </fieldset>
      )}
      <MetadataField entry={entry} settings={settings} />
      <p role="status" data-files-status="" />
      <p role="alert" data-files-problem="" />
    </div>
  );
}

function uploadText() {
  const { connectionLost, refusedByProxy } = scriptText.upload;
  return { connectionLost, refusedByProxy };
}
