/** @jsxImportSource #markup */

import type { Call, Handler } from "../../../http/call.ts";
import { ownOrigins } from "../../../http/caller/own-origins.ts";
import { zoneOf } from "../../../http/caller/zone-of.ts";
import { prefersJson } from "../../../http/request/accept.ts";
import type { Form } from "../../../http/request/form.ts";
import { readUpload, type Upload } from "../../../http/request/multipart.ts";
import { json, seeOther } from "../../../http/response/response.ts";
import { href } from "../../../http/urls.ts";
import { type CsvPreview, previewCsv } from "../../../import/csv/preview-csv.ts";
import { runCsvImport } from "../../../import/csv/run-csv-import.ts";
import { MAX_CSV_BYTES } from "../../../links/csv/csv-import.ts";
import { inputContext } from "../../../links/input/link-schema.ts";
import { NOT_BEGUN } from "../../../links/restores/restore-record.ts";
import { text as linkText } from "../../../links/text.en.ts";
import { invalid, Problem } from "../../../problem.ts";
import { formatBytes } from "../../../text/format.ts";
import { runNow } from "../../../user-backup/restores/restore-queue.ts";
import {
  findArchive,
  receiveArchive,
  requireDiskSpace,
  type UploadedArchive,
} from "../../../user-backup/uploaded-archives.ts";
import { signedIn } from "../../signed-in.ts";
import { show as showPage } from "../../ui/layout/layout.tsx";
import { type Entry, showForm, submit } from "../../ui/post-form.tsx";
import { ImportForm, ImportPreview } from "./import-forms.tsx";
import { describeImport } from "./import-progress-page.tsx";
import { text } from "./text.en.ts";

/** `/-/import`: creates links from a list of addresses or a CSV file, after a preview. */
export const importLinks = { show, run } satisfies Record<string, Handler>;

const FILE_FIELD = "file";

/** Of the pasted text, and of the fields beside it. */
const MAX_PASTED_BYTES = 4_194_304;

/** Largest file that is imported while its sender waits, if it has no passwords. */
const SMALL_BYTES = 32_768;

function show(call: Call): Promise<Response> {
  return showImportForm(call, { values: {} });
}

async function run(call: Call): Promise<Response> {
  await using sent = await readSent(call);
  // Reading the file may take longer than the usual timeout.
  call.connection.allowSilence(call.request, 0);
  const { form } = sent;
  return await submit(
    call,
    () => previewOrImport(call, sent),
    (refusal) => showImportForm(call, { values: { links: form.text("links") }, refusal }),
  );
}

async function readSent(call: Call): Promise<Upload<UploadedArchive>> {
  const { user } = signedIn(call);
  const announced = Number(call.request.headers.get("content-length"));
  if (announced <= MAX_CSV_BYTES) await requireDiskSpace(call.app, announced);
  return await readUpload(call, {
    fileFields: [FILE_FIELD],
    maxFileBytes: MAX_CSV_BYTES,
    maxFieldBytes: MAX_PASTED_BYTES,
    tooLarge,
    receive: ({ bytes }) => store(call, user, bytes),
  });
}

async function store(
  call: Call,
  user: Parameters<typeof receiveArchive>[1],
  bytes: AsyncIterable<Uint8Array>,
): Promise<UploadedArchive> {
  try {
    return await receiveArchive(call.app, user, bytes, MAX_CSV_BYTES, "csv");
  } catch (thrown) {
    throw thrown instanceof Problem && thrown.code === "too_large" ? tooLarge() : thrown;
  }
}

function tooLarge(): Problem {
  return new Problem("too_large", linkText.csv.tooLarge(formatBytes(MAX_CSV_BYTES)));
}

async function previewOrImport(
  call: Call,
  { form, files }: Upload<UploadedArchive>,
): Promise<Response> {
  await using sent = await sourceOf(call, form, files);
  const isImport = form.text("action") === "import";
  return isImport ? await startImport(call, sent) : await showPreview(call, form, sent);
}

/** @throws Problem `invalid` where nothing was sent */
async function sourceOf(
  call: Call,
  form: Form,
  files: ReadonlyMap<string, UploadedArchive>,
): Promise<UploadedArchive> {
  const { user } = signedIn(call);
  const file = files.get(FILE_FIELD);
  if (file !== undefined) return file;
  const token = form.text("sent");
  const earlier = token === "" ? null : await findArchive(call.app, user, token, "csv");
  if (earlier !== null) return earlier;
  const pasted = form.text("links");
  if (pasted.trim() !== "") return await store(call, user, oneChunk(Buffer.from(pasted)));
  if (token !== "") throw invalid(FILE_FIELD, text.form.fileGone);
  throw invalid("links", text.form.nothing);
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function showPreview(call: Call, form: Form, sent: UploadedArchive): Promise<Response> {
  const { user } = signedIn(call);
  const context = inputContext(call.app, ownOrigins(call), zoneOf(call));
  const preview = await previewCsv(call.app, { path: sent.path, ownerId: user.id }, context);
  sent.keep();
  if (prefersJson(call.request)) return json(describePreview(preview, sent), { call });
  const pasted = form.text("links");
  return await showPage(
    call,
    { title: text.preview.title },
    <ImportPreview preview={preview} sent={sent.token} pasted={pasted} />,
  );
}

function describePreview(preview: CsvPreview, { token }: UploadedArchive) {
  return {
    links: preview.linkCount,
    refused: preview.faultCount,
    faults: preview.faults.map((fault) => ({ line: fault.line, fields: fault.fields })),
    ignored: preview.ignored,
    sent: token,
  };
}

/** A small import has ended when its page is shown. */
async function startImport(call: Call, sent: UploadedArchive): Promise<Response> {
  const { app, actor } = call;
  const { user } = signedIn(call);
  const csv = {
    ...{ ownOrigins: ownOrigins(call), zone: zoneOf(call) },
    ...{ created: [], refused: [], refusedBytes: 0 },
  };
  const record = await app.links.restores.create(actor, {
    ...{ ownerId: user.id, mode: "csv", archive: sent.path, isSent: true },
    progress: { ...NOT_BEGUN, csv },
  });
  sent.keep();
  if (await isSmall(sent.path)) await runNow(app, record.id, { importCsv: runCsvImport });
  const location = href("importProgress", { id: String(record.id) });
  if (!prefersJson(call.request)) return seeOther(location, { call });
  const current = (await app.links.restores.find(record.id)) ?? record;
  return json(describeImport(current), { call, status: 202, headers: new Headers({ location }) });
}

async function isSmall(path: string): Promise<boolean> {
  const file = Bun.file(path);
  if (file.size > SMALL_BYTES) return false;
  return !/password/i.test(await file.slice(0, 4096).text());
}

async function showImportForm(call: Call, entry: Entry): Promise<Response> {
  const running = await call.app.links.restores.findRunning(signedIn(call).user.id, "import");
  return await showForm(
    call,
    { title: text.title, entry },
    <ImportForm entry={entry} running={running} />,
  );
}
