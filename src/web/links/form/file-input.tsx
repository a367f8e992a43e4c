/** @jsxImportSource hono/jsx */

import type { Settings } from "../../../config/settings.ts";
import { maxFileBytes } from "../../../config/values/sizes.ts";
import { href } from "../../../http/urls.ts";
import type { Content } from "../../../links/link.ts";
import { formatBytes, formatList } from "../../../text/format.ts";
import { uploadTexts } from "../../static/upload-texts.ts";
import { fillText } from "../../ui/fill-text.tsx";
import { type Entry, InputField } from "../../ui/post-form.tsx";
import type { FileField } from "./form-fields.ts";
import { text } from "./text.en.ts";

/** Marks a form for assets/upload.js, which sends its file with a progress bar. */
export const uploading = {
  enctype: "multipart/form-data",
  "data-upload": "",
} as const;

interface FileInputProps {
  readonly entry: Entry;
  readonly name: FileField;
  readonly label: string;
  readonly settings: Settings;
  /** The content so far, kept where no file is chosen; null if one is needed. */
  readonly content: Content | null;
  /** Whether a text may be sent instead. */
  readonly optional?: boolean;
}

/** A file to choose, or with scripts to drop or paste. */
export function FileInput({
  entry,
  name,
  label,
  settings,
  content,
  optional = false,
}: FileInputProps) {
  const limit = maxFileBytes(settings);
  return (
    <InputField
      entry={entry}
      name={name}
      label={label}
      type="file"
      required={content === null && !optional}
      {...limitsOf(settings)}
      help={
        <>
          {entry.refusal && `${text.source.chooseAgain} `}
          {content && <Kept content={content} />}
          {limit !== Infinity && `${text.source.atMost(formatBytes(limit))} `}
          <span class="needs-script">
            {text.source.drop} <output data-upload-chosen="" />
          </span>
        </>
      }
    />
  );
}

function Kept({ content: { name, size } }: { content: Content }) {
  return (
    <>
      {fillText(text.source.keep, {
        file: <span class="name">{name}</span>,
        size: formatBytes(size),
      })}{" "}
    </>
  );
}

/** Limits that assets/upload.js checks before sending, each with the message for a file beyond it. */
export function limitsOf(settings: Settings) {
  const maxBytes = maxFileBytes(settings);
  const allowed = settings["files.allowed_extensions"];
  return {
    ...(maxBytes !== Infinity && {
      "data-max-bytes": String(maxBytes),
      "data-too-large": text.limits.tooLarge(formatBytes(maxBytes)),
    }),
    ...(!allowed.includes("*") && {
      accept: allowed.map((extension) => `.${extension}`).join(","),
      "data-not-allowed": text.limits.notAllowed(formatList(allowed)),
    }),
  };
}

/** Shown by assets/upload.js: the progress of an upload, and why it failed. */
export function UploadProgress() {
  return (
    <>
      <section
        class="mt-3"
        data-upload-progress=""
        data-texts={uploadTexts()}
        aria-label={text.upload.label}
        hidden
      >
        <progress class="upload-bar" max="100" value="0" aria-label={text.upload.progress} />
        <div class="upload-line">
          <span class="upload-figures" data-upload-figures="" />
          <button class="btn btn-quiet" type="button" data-upload-cancel="">
            {text.upload.cancel}
          </button>
        </div>
      </section>
      <div role="alert" data-upload-problem="" />
      <template data-upload-refused="">
        <p class="callout border-danger mt-3" />
      </template>
      <template data-upload-signed-out="">
        <p class="callout border-danger mt-3">
          {fillText(text.upload.signedOut, {
            signIn: (
              <a href={href("signIn")} target="_blank" rel="noopener">
                {text.upload.signIn}
              </a>
            ),
          })}
        </p>
      </template>
    </>
  );
}
