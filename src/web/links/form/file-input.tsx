/** @jsxImportSource hono/jsx */

import type { Settings } from "../../../config/settings.ts";
import { maxFileBytes } from "../../../config/values/sizes.ts";
import { href } from "../../../http/urls.ts";
import type { Content } from "../../../links/link.ts";
import type { FileField } from "../../../links/link-input.ts";
import { formatBytes } from "../../../text/format.ts";
import { type Entry, InputField } from "../../ui/post-form.tsx";

/** What assets/upload.js finds a form by: it sends the form's file with a moving bar. */
export const uploading = {
  enctype: "multipart/form-data",
  "data-upload": "",
} as const;

interface FileInputProps {
  readonly entry: Entry;
  readonly name: FileField;
  readonly label: string;
  readonly settings: Settings;
  /** What the link hands out so far, and goes on to where no file is chosen; null if it needs one. */
  readonly content: Content | null;
  /** Whether something else may come instead. */
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
          {entry.refusal && "Choose the file again. "}
          {content && <Kept content={content} />}
          {limit !== Infinity && `At most ${formatBytes(limit)}. `}
          <span class="needs-script">
            Drop it anywhere on this page, or paste a picture. <output data-upload-chosen="" />
          </span>
        </>
      }
    />
  );
}

function Kept({ content: { name, size } }: { content: Content }) {
  return (
    <>
      Leave this empty to keep <span class="name">{name}</span> ({formatBytes(size)}).{" "}
    </>
  );
}

/** What is checked before anything is sent, each limit with the words for a file beyond it. */
export function limitsOf(settings: Settings) {
  const maxBytes = maxFileBytes(settings);
  const allowed = settings["files.allowed_extensions"];
  return {
    ...(maxBytes !== Infinity && {
      "data-max-bytes": String(maxBytes),
      "data-too-large": `A file may have at most ${formatBytes(maxBytes)}.`,
    }),
    ...(!allowed.includes("*") && {
      accept: allowed.map((extension) => `.${extension}`).join(","),
      "data-not-allowed": `Only these files are allowed here: ${allowed.join(", ")}.`,
    }),
  };
}

/** What assets/upload.js shows of a file on its way, and why it did not arrive. */
export function UploadProgress() {
  return (
    <>
      <section class="mt-3" data-upload-progress="" aria-label="Upload" hidden>
        <progress class="upload-bar" max="100" value="0" aria-label="Sent so far" />
        <div class="upload-line">
          <span class="upload-figures" data-upload-figures="" />
          <button class="btn btn-quiet" type="button" data-upload-cancel="">
            Cancel the upload
          </button>
        </div>
      </section>
      <div role="alert" data-upload-problem="" />
      <template data-upload-refused="">
        <p class="callout border-danger mt-3" />
      </template>
      <template data-upload-signed-out="">
        <p class="callout border-danger mt-3">
          You are signed out.{" "}
          <a href={href("signIn")} target="_blank" rel="noopener">
            Sign in
          </a>{" "}
          in another tab, then come back and send this again: nothing here is lost.
        </p>
      </template>
    </>
  );
}
