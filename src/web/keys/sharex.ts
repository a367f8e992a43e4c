import type { Call } from "../../http/call.ts";
import type { Form } from "../../http/request/form.ts";
import { fileDisposition } from "../../http/response/file-disposition.ts";
import { bytes } from "../../http/response/response.ts";
import { href } from "../../http/urls.ts";
import { isKeyShaped } from "../../links/gate/gate-input.ts";
import { invalid } from "../../problem.ts";
import { text } from "./text.en.ts";

/** The kinds of custom uploaders for ShareX. */
export const uploaders = ["files", "links"] as const;

type Uploader = (typeof uploaders)[number];

/** ShareX refuses files of versions that it has replaced, and reads all newer ones. */
const VERSION = "18.0.0";

/**
 * Answers with the `.sxcu` file of a new key, which the form brings: the key is stored nowhere.
 * @throws Problem `invalid`
 */
export function sendUploader(call: Call, form: Form): Response {
  const key = form.text("key");
  if (!isKeyShaped(key)) throw invalid("key", text.sharex.noKey);
  const kind = uploaders.find((each) => each === form.text("uploader")) ?? "files";
  const { origin, host } = new URL(call.client.origin);
  const content = JSON.stringify(describe[kind]({ origin, host, key }), null, 2);
  const name = `${host.replaceAll(":", "-")}-${kind}.sxcu`;
  const disposition = fileDisposition(name, "attachment", "download");
  const headers = new Headers({ "content-disposition": disposition });
  return bytes(`${content}\n`, "application/octet-stream", { call, headers });
}

interface Facts {
  readonly origin: string;
  readonly host: string;
  readonly key: string;
}

const describe: Readonly<Record<Uploader, (facts: Facts) => object>> = {
  files: ({ origin, host, key }) => ({
    Version: VERSION,
    Name: text.sharex.names.files(host),
    DestinationType: ["ImageUploader", "TextUploader", "FileUploader"].join(", "),
    RequestMethod: "POST",
    RequestURL: origin + href("apiFiles"),
    Headers: { Authorization: `Bearer ${key}`, Accept: "application/json" },
    Body: "MultipartFormData",
    FileFormName: "file",
    URL: "{json:url}",
    ThumbnailURL: "{json:thumbnail_url}",
    DeletionURL: "{json:deletion_url}",
    ErrorMessage: "{json:detail}",
  }),
  links: ({ origin, host, key }) => ({
    Version: VERSION,
    Name: text.sharex.names.links(host),
    DestinationType: ["URLShortener", "URLSharingService"].join(", "),
    RequestMethod: "POST",
    RequestURL: origin + href("apiLinks"),
    Headers: { Authorization: `Bearer ${key}` },
    Body: "JSON",
    Data: JSON.stringify({ target: "{input}" }),
    URL: "{json:url}",
    ErrorMessage: "{json:detail}",
  }),
};
