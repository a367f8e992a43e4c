import type { ReceivedFile } from "../../files/blobs.ts";
import type { Call } from "../../http/call.ts";
import { hasBody } from "../../http/request/body.ts";
import { MAX_URL_LENGTH } from "../../http/urls.ts";
import type { ListedLink } from "../../links/links.ts";
import { operator } from "../../policy.ts";
import { Problem } from "../../problem.ts";
import { type FileOptions, fileQuery } from "../files/file-schema.ts";
import {
  checkNewFile,
  createWithContent,
  readFileForm,
  receiveBody,
} from "../files/upload-file.ts";
import { createFromJson } from "../links/create-link.ts";
import { QueryReader } from "../request/query.ts";
import { answerLinks } from "./answer-links.ts";
import { addressFields, optionsIn, optionsInHeaders } from "./sent-options.ts";
import { text } from "./text.en.ts";

const queryReader = new QueryReader(fileQuery);

/** `POST /`: a link for each file of a form, and for each address to shorten. */
export async function sendFiles(call: Call): Promise<Response> {
  await using sent = await readFileForm(call, null);
  const options = optionsIn(call, sent.form);
  const files = [...sent.files.values()];
  const addresses = addressFields.flatMap((name) => sent.form.all(name));
  if (files.length + addresses.length === 0) throw new Problem("bad_request", text.nothingSent);
  if (addresses.some(({ length }) => length > MAX_URL_LENGTH))
    throw new Problem("uri_too_long", text.tooLong);
  const created: ListedLink[] = [];
  try {
    await createAll(call, { files, addresses, options }, created);
  } catch (thrown) {
    // Without an answer, the caller could not find them.
    for (const { shortCode } of created) await call.app.links.discard(operator, shortCode);
    throw thrown;
  }
  return answerLinks(call, created);
}

interface Sent {
  readonly files: readonly ReceivedFile[];
  readonly addresses: readonly string[];
  readonly options: FileOptions;
}

/** Creates all links into `created`, once every file is known to be fine. */
async function createAll(
  call: Call,
  { files, addresses, options }: Sent,
  created: ListedLink[],
): Promise<void> {
  await using held = new AsyncDisposableStack();
  const checked = [];
  for (const file of files) checked.push(held.use(await checkNewFile(call, file, options)));
  for (const { content, input } of checked)
    created.push(await createWithContent(call, content, input));
  const { kind: _, inline: __, ...ofRedirect } = options;
  for (const target of addresses)
    created.push(await createFromJson(call, { ...ofRedirect, target }));
}

/** `PUT /<name>`: the body is a file. */
export async function putFile(call: Call): Promise<Response> {
  const { name: named, ...given } = queryReader.read(call.url.searchParams);
  const options = { ...optionsInHeaders(call), ...given };
  if (!hasBody(call.request)) throw new Problem("bad_request", text.emptyFile);
  await using file = await receiveBody(call, named ?? call.params.fileName ?? null, options);
  if (file.size === 0) throw new Problem("bad_request", text.emptyFile);
  await using checked = await checkNewFile(call, file, options);
  return answerLinks(call, [await createWithContent(call, checked.content, checked.input)]);
}
