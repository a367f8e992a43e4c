import type { z } from "zod";
import { siteOfFiles, takeContent } from "../../archive/site/new-site.ts";
import { maxFileBytes } from "../../config/values/sizes.ts";
import type { BlobOwner, ReceivedFile } from "../../files/blobs.ts";
import type { Call } from "../../http/call.ts";
import { CountedUpload } from "../../http/content/counted-upload.ts";
import { fileListOf } from "../../http/content/file-list.ts";
import { receiveFile, type SentFile } from "../../http/content/receive-file.ts";
import type { NewContent } from "../../http/content/store-text.ts";
import { hasBody } from "../../http/request/body.ts";
import type { Form } from "../../http/request/form.ts";
import { readUpload, type UploadedFile, type UploadOptions } from "../../http/request/multipart.ts";
import { type NewLink, parseNewLink } from "../../links/input/link-schema.ts";
import type { ListedLink } from "../../links/links.ts";
import { splitTags } from "../../links/tags/tag-names.ts";
import { keysFromJson } from "../../parse-input.ts";
import { invalid, Problem } from "../../problem.ts";
import { answerCreated, asNew, contextOf } from "../links/create-link.ts";
import { requireUser } from "../request/caller.ts";
import { joinPointer } from "../request/pointer.ts";
import { QueryReader } from "../request/query.ts";
import { receiveRaw } from "../request/raw-body.ts";
import { answerOnce, type Once } from "../request/repeated.ts";
import { text } from "../text.en.ts";
import { type FileOptions, fileFields, type fileQuery } from "./file-schema.ts";

const fieldReader = new QueryReader(fileFields, (name) => joinPointer([name]));

/** `POST /api/v1/files` */
export async function uploadFile(
  call: Call,
  { name, ...options }: z.output<typeof fileQuery>,
): Promise<Response> {
  const { request } = call;
  if (!hasBody(request)) throw new Problem("bad_request", text.file.missing);
  const type = request.headers.get("content-type") ?? "";
  if (/^multipart\/form-data\b/i.test(type)) return await uploadForm(call);
  await using file = await receiveBody(call, name ?? null, options);
  return await createWith(call, file, options);
}

/** Receives the body of a request as the file of a new link. */
export async function receiveBody(
  call: Call,
  name: string | null,
  { kind = "file" }: FileOptions,
): Promise<ReceivedFile> {
  if (kind === "collection") throw invalid("kind", text.file.formOnly);
  const raw = { name, fallbackName: text.file.unnamed, replaced: 0, kind };
  return await receiveRaw(call, requireUser(call), raw);
}

async function uploadForm(call: Call): Promise<Response> {
  await using sent = await readFileList(call, requireUser(call));
  const files = sent.lists.get("file") ?? [];
  const [file] = files;
  if (file === undefined) throw invalid("file", text.file.missing);
  const options = readOptions(sent.form);
  if (options.kind === "collection") return await createCollection(call, files, options);
  if (options.kind === "html" && files.length > 1) return await createSite(call, files, options);
  if (files.length > 1) throw invalid("file", text.file.onlyOne);
  return await createWith(call, file, options);
}

/** @throws Problem `invalid` with a message for each refused field */
export function readOptions(form: Form, ignored: readonly string[] = []): FileOptions {
  const pairs = form.names
    .filter((name) => !ignored.includes(name))
    .flatMap((name) => form.all(name).map((value): [string, string] => [name, value]));
  return fieldReader.read(new URLSearchParams(pairs));
}

/**
 * Reads a form with files.
 * @param fileFields fields that take a file; null: each field can have several
 */
export async function readFileForm(call: Call, fileFields: readonly string[] | null) {
  return await readFiles(call, requireUser(call), { fileFields });
}

/** A form with one or more files in the field `file`, which become `owner`'s. */
export async function readFileList(call: Call, owner: BlobOwner) {
  return await readFiles(call, owner, { fileFields: [], listFields: ["file"] });
}

type FileFields = Pick<UploadOptions<SentFile>, "fileFields" | "listFields">;

async function readFiles(call: Call, owner: BlobOwner, fields: FileFields) {
  using upload = new CountedUpload(call);
  const room = call.app.files.blobs.roomFor(owner);
  const receiving = { owner, room, upload };
  const options = {
    ...fields,
    maxFileBytes: maxFileBytes(call.settings),
    onDisk: () => upload.begin(),
    receive: ({ name, bytes }: UploadedFile) =>
      receiveFile(call, receiving, { name, bytes, isDocument: true }),
  };
  return await upload.receive(() => readUpload(call, options));
}

/**
 * The link of a file, or of several, as its options describe it.
 * @throws Problem `invalid` with a message for every refused option
 */
export async function parseFileOptions(
  call: Call,
  options: FileOptions,
  content = { hasContent: true, hasFiles: false },
): Promise<NewLink> {
  const context = contextOf(call);
  const input = parseNewLink(keysFromJson(jsonOf(options)), context, content);
  await call.app.links.circles.refuseNew(input, context.ownOrigins);
  return input;
}

function jsonOf({ kind = "file", tags, remove_metadata: _, ...options }: FileOptions) {
  return { ...options, kind, ...(tags && { tags: tags.flatMap(splitTags) }) };
}

/** Creates a collection of the files of a form. */
async function createCollection(
  call: Call,
  sent: readonly SentFile[],
  options: FileOptions,
): Promise<Response> {
  const owner = requireUser(call);
  const { remove_metadata: isCleaned = false } = options;
  const json = jsonOf(options);
  const input = await parseFileOptions(call, options, { hasContent: false, hasFiles: true });
  const { removedMetadata } = call.app.files;
  await using cleaned = await removedMetadata.cleanAll(fileListOf(call, sent, "file"), isCleaned);
  const { files } = cleaned;
  const named = files.map(({ path, file: { size, sha256 } }) => [path, size, sha256]);
  return await answerOnce(call, { ...json, files: named }, async (once) => {
    const creation = { ownerId: owner.id, ...once, files };
    const link = await call.app.links.create(call.actor, creation, input);
    return answerCreated(call, asNew(link, owner));
  });
}

/** Creates an HTML page of the files of a form. */
async function createSite(
  call: Call,
  sent: readonly SentFile[],
  options: FileOptions,
): Promise<Response> {
  const input = await parseFileOptions(call, options);
  await using content = siteOfFiles(call, sent, "file");
  const files = sent.map(({ givenName, size, sha256 }) => [givenName, size, sha256]);
  return await answerOnce(call, { ...jsonOf(options), files }, async (once) =>
    answerCreated(call, await createWithContent(call, content, input, once)),
  );
}

/** Creates the link of a file. */
async function createWith(call: Call, sent: ReceivedFile, options: FileOptions): Promise<Response> {
  const { remove_metadata: isCleaned = false } = options;
  const json = jsonOf(options);
  await using cleaned = await call.app.files.removedMetadata.clean(sent, isCleaned);
  await using checked = await checkNewFile(call, cleaned, options);
  const { name, size, sha256 } = cleaned;
  return await answerOnce(call, { ...json, name, size, sha256 }, async (once) =>
    answerCreated(call, await createWithContent(call, checked.content, checked.input, once)),
  );
}

/** A link that is about to be created. */
export interface CheckedFile extends AsyncDisposable {
  readonly input: NewLink;
  readonly content: NewContent;
}

/** @throws Problem `invalid` with a message for each refused field; `busy`, `over_quota`, `storage_full` */
export async function checkNewFile(
  call: Call,
  file: ReceivedFile,
  options: FileOptions,
): Promise<CheckedFile> {
  const { kind = "file" } = options;
  if (kind === "collection") throw invalid("kind", text.file.formOnly);
  const input = await parseFileOptions(call, options);
  const content = await takeContent(call, { file, kind, field: "file" });
  return { input, content, [Symbol.asyncDispose]: () => content[Symbol.asyncDispose]() };
}

/** Creates the link of a file of the caller's. */
export async function createWithContent(
  call: Call,
  { kind, file, files }: NewContent,
  input: NewLink,
  once: Once = {},
): Promise<ListedLink> {
  const owner = requireUser(call);
  const creation = { ownerId: owner.id, ...once, files: files ?? [] };
  return asNew(await call.app.links.create(call.actor, creation, { ...input, kind }, file), owner);
}
