/** @jsxImportSource #markup */

import type { Settings } from "../../../config/settings.ts";
import { BYTES_A_MB, maxFileBytes } from "../../../config/values/sizes.ts";
import type { Usage } from "../../../files/quota.ts";
import { text as files } from "../../../files/text.en.ts";
import { href } from "../../../http/urls.ts";
import type { Content } from "../../../links/link.ts";
import { formatBytes, formatList } from "../../../text/format.ts";
import { text as scriptText } from "../../static/text.en.ts";
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

/** Marks it for assets/portions.js, too, which sends a large file in portions. */
export function inPortions(settings: Settings) {
  return {
    "data-portions": href("apiUploads"),
    "data-chunk": String(settings["files.chunk_mb"] * BYTES_A_MB),
  };
}

interface UploadLimits {
  readonly settings: Settings;
  readonly usage: Usage;
  /** The content that the file replaces; null if there is none. */
  readonly content: KeptFile | null;
}

type KeptFile = Pick<Content, "name" | "size">;

interface FileInputProps extends UploadLimits {
  readonly entry: Entry;
  readonly name: FileField;
  readonly label: string;
  /** Whether a text may be sent instead. */
  readonly optional?: boolean;
}

/** A file to choose, or with scripts to drop or paste. */
export function FileInput({
  entry,
  name,
  label,
  settings,
  usage,
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
      {...limitsOf({ settings, usage, content })}
      help={
        <>
          {entry.refusal && `${text.source.chooseAgain} `}
          {content && <Kept content={content} />}
          {limit !== Infinity && `${text.source.atMost(formatBytes(limit))} `}
          <QuotaHint usage={usage} />
          <span class="needs-script">
            {text.source.drop} <output data-upload-chosen="" />
          </span>
        </>
      }
    />
  );
}

/** How much of a storage quota is used; nothing where it is unlimited. */
export function QuotaHint({ usage: { bytes, quota } }: { readonly usage: Usage }) {
  if (quota === 0) return null;
  return <>{`${text.source.quota(formatBytes(bytes), formatBytes(quota))} `}</>;
}

function Kept({ content: { name, size } }: { content: KeptFile }) {
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
export function limitsOf({ settings, usage: { bytes, quota }, content }: UploadLimits) {
  const left = quota === 0 ? Infinity : Math.max(0, quota - bytes);
  const maxFile = maxFileBytes(settings);
  const maxBytes = Math.min(maxFile, left + (content?.size ?? 0));
  const allowed = settings["files.allowed_extensions"];
  return {
    ...(maxBytes !== Infinity && {
      "data-max-bytes": String(maxBytes),
      "data-too-large":
        maxBytes < maxFile
          ? files.quotaExceeded(formatBytes(left))
          : text.limits.tooLarge(formatBytes(maxBytes)),
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
          <button class="btn btn-quiet" type="button" data-upload-pause="" hidden>
            {scriptText.upload.pause}
          </button>
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
