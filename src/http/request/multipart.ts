import { fileTooLarge } from "../../files/receive.ts";
import type { Pace } from "../../limits/request-bodies.ts";
import type { Spool } from "../../limits/spool.ts";
import { invalid, Problem } from "../../problem.ts";
import { timed } from "../../telemetry/trace.ts";
import { text } from "../text.en.ts";
import { arrivingChunks, type BodyCall, hasBody, isSmallBody, readSmallBody } from "./body.ts";
import { Form, readForm } from "./form.ts";
import { type ArrivedPart, type Part, splitArrived, splitParts } from "./multipart-parts.ts";
import { decodeField, malformed } from "./part-head.ts";

/** A file on its way in. */
export interface UploadedFile {
  readonly field: string;
  /** As the client calls it: not to be believed. */
  readonly name: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

export interface UploadOptions<Kept extends AsyncDisposable> {
  /** Fields that take a file; each takes one. Null: all take any number. */
  readonly fileFields: readonly string[] | null;
  /** Fields that take any number of files, in lists of their own. */
  readonly listFields?: readonly string[];
  /** What one file may have; Infinity for no limit. */
  readonly maxFileBytes: number;
  /** Returns the reason for refusing a file beyond that; default: it is too large. */
  readonly tooLarge?: () => Problem;
  /** What all other fields may have together; default: 1 MiB. */
  readonly maxFieldBytes?: number;
  /** Called before the first byte of a form goes to disk, in a field; what it throws ends the upload. */
  readonly onDisk?: () => void;
  /** Receives a file as it arrives. What it throws ends the upload. */
  receive(file: UploadedFile): Promise<Kept>;
}

/** A posted form with its files. Disposing of it disposes of them, and of its fields' share of the memory. */
export class Upload<Kept extends AsyncDisposable> implements AsyncDisposable {
  readonly form: Form;
  /** By field, or where all fields take files by number; one that was left empty is absent. */
  readonly files: Map<string, Kept>;
  /** Of fields that take any number, in their order. */
  readonly lists: Map<string, readonly Kept[]>;
  readonly #spool: Spool | null;

  constructor(form: Form, { files, lists }: SentFiles<Kept>, spool: Spool | null) {
    this.form = form;
    this.files = files;
    this.lists = lists;
    this.#spool = spool;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#spool?.[Symbol.asyncDispose]();
    await disposeAll(this);
  }
}

/** The files of a form by their fields. */
interface SentFiles<Kept> {
  readonly files: Map<string, Kept>;
  readonly lists: Map<string, readonly Kept[]>;
}

async function disposeAll({ files, lists }: SentFiles<AsyncDisposable>): Promise<void> {
  for (const kept of [...files.values(), ...[...lists.values()].flat()])
    await kept[Symbol.asyncDispose]();
}

const MAX_PARTS = 100;
const MAX_LISTED = 1000;
const FIELD_BYTES = 1_048_576;

/** How long a client may send nothing. Bun would also cut off one that sends slowly. */
const SILENCE_SECONDS = 60;

/** What the heads of parts may have. */
const HEADS_BYTES = 1_048_576;

/**
 * A form that may bring files, none of which is ever held in memory, nor are long fields while they arrive; a form
 * without files is read as `readForm` reads it. After a failure nothing is left of any file.
 * @throws Problem `too_large`, `bad_request`, `unsupported_type`, `timeout`, `busy`, `storage_full`, and whatever
 *   `receive` throws
 */
export async function readUpload<Kept extends AsyncDisposable>(
  call: BodyCall,
  options: UploadOptions<Kept>,
): Promise<Upload<Kept>> {
  const { request, connection, app } = call;
  const { maxFileBytes, maxFieldBytes = FIELD_BYTES, onDisk } = options;
  if (!isPlainMultipart(request.headers) || !hasBody(request)) {
    const form = await readForm(call, { maxBytes: maxFieldBytes, onDisk });
    return new Upload(form, { files: new Map(), lists: new Map() }, null);
  }
  const { tooLarge = () => fileTooLarge(maxFileBytes) } = options;
  const maxBytes =
    options.fileFields === null ? Infinity : maxFileBytes + maxFieldBytes + HEADS_BYTES;
  if (Number(request.headers.get("content-length")) > maxBytes) throw tooLarge();
  const pace = app.bodies.pace();
  const spool = app.bodies.spool(onDisk);
  const reading = new FormReader({ ...options, maxFieldBytes }, spool, pace);
  const boundary = boundaryIn(request.headers);
  if (isSmallBody(request))
    return await reading.readArrived(splitArrived(await readSmallBody(request, pace), boundary));
  const onBytes = () => connection.allowSilence(request, SILENCE_SECONDS);
  const chunks = bounded(arrivingChunks(request.body, pace), { maxBytes, tooLarge, onBytes });
  return await timed("body", () => reading.read(splitParts(chunks, boundary)));
}

/** A compressed one is for `readForm` to refuse. */
function isPlainMultipart(headers: Headers): boolean {
  const type = headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  return type === "multipart/form-data" && !headers.has("content-encoding");
}

/** @throws Problem `bad_request` */
function boundaryIn(headers: Headers): string {
  const type = headers.get("content-type") ?? "";
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i.exec(type) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) throw malformed();
  return boundary;
}

interface Bounds {
  readonly maxBytes: number;
  readonly tooLarge: () => Problem;
  readonly onBytes: () => void;
}

async function* bounded(
  chunks: AsyncIterable<Uint8Array>,
  { maxBytes, tooLarge, onBytes }: Bounds,
): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const chunk of chunks) {
    onBytes();
    size += chunk.byteLength;
    if (size > maxBytes) throw tooLarge();
    yield chunk;
  }
}

/** A field whose value is among the spooled bytes. */
interface SpooledField {
  readonly name: string;
  readonly charset: string;
  readonly from: number;
  readonly to: number;
}

/** Reads the parts of one form, each when the one before is stored. */
class FormReader<Kept extends AsyncDisposable> {
  readonly #options: UploadOptions<Kept> & { readonly maxFieldBytes: number };
  readonly #spool: Spool;
  readonly #pace: Pace;
  readonly #fields: SpooledField[] = [];
  readonly #files = new Map<string, Kept>();
  readonly #lists = new Map<string, Kept[]>();
  #parts = 0;
  #listed = 0;

  constructor(
    options: UploadOptions<Kept> & { readonly maxFieldBytes: number },
    spool: Spool,
    pace: Pace,
  ) {
    this.#options = options;
    this.#spool = spool;
    this.#pace = pace;
  }

  async read(parts: AsyncIterable<Part>): Promise<Upload<Kept>> {
    try {
      for await (const part of parts) {
        this.#count(part);
        await (part.isFile ? this.#takeFile(part) : this.#takeField(part));
      }
      return new Upload(await this.#form(), this.#sent, this.#spool);
    } catch (thrown) {
      await this.#abandon();
      throw thrown;
    }
  }

  /** The same of parts that have arrived, whose fields need no spool. */
  async readArrived(parts: Iterable<ArrivedPart>): Promise<Upload<Kept>> {
    const fields: [name: string, value: string][] = [];
    let size = 0;
    try {
      for (const part of parts) {
        this.#count(part);
        if (part.isFile) await this.#takeFile({ ...part, bytes: oneChunk(part.bytes) });
        else fields.push([part.name, decodeField(part.bytes, part.charset)]);
        size += part.isFile ? 0 : part.bytes.byteLength;
        if (size > this.#options.maxFieldBytes) throw tooLarge();
      }
      return new Upload(new Form(fields), this.#sent, null);
    } catch (thrown) {
      await this.#abandon();
      throw thrown;
    }
  }

  get #sent(): SentFiles<Kept> {
    return { files: this.#files, lists: this.#lists };
  }

  #count({ name }: Pick<Part, "name">): void {
    const isListed = this.#options.listFields?.includes(name) === true;
    if (isListed ? ++this.#listed > MAX_LISTED : ++this.#parts > MAX_PARTS) throw tooManyParts();
    if (name === "") throw nameless();
  }

  async #abandon(): Promise<void> {
    await this.#spool[Symbol.asyncDispose]();
    await disposeAll(this.#sent);
  }

  async #form(): Promise<Form> {
    const bytes = await this.#spool.read();
    return new Form(
      this.#fields.map(({ name, charset, from, to }) => [
        name,
        decodeField(bytes.subarray(from, to), charset),
      ]),
    );
  }

  async #takeField({ name, charset, bytes }: Part): Promise<void> {
    const from = this.#spool.size;
    for await (const chunk of bytes) {
      if (this.#spool.size + chunk.byteLength > this.#options.maxFieldBytes) throw tooLarge();
      await this.#spool.write(chunk);
    }
    this.#fields.push({ name, charset, from, to: this.#spool.size });
  }

  async #takeFile({ name: field, fileName: name, bytes }: Part): Promise<void> {
    if (name === "") {
      // An `<input type=file>` left empty is sent as a file of no name and no bytes.
      for await (const _ of bytes) throw nameless();
      return;
    }
    const { listFields = [], receive } = this.#options;
    const isListed = listFields.includes(field);
    const key = isListed ? field : this.#keyOf(field);
    this.#pace.allowUpload();
    const list = this.#lists.get(field) ?? [];
    if (isListed) this.#lists.set(field, list);
    const kept = await receive({ field, name, bytes });
    if (isListed) list.push(kept);
    else this.#files.set(key, kept);
  }

  #keyOf(field: string): string {
    const { fileFields } = this.#options;
    if (fileFields === null) return String(this.#files.size);
    if (!fileFields.includes(field)) throw unexpectedFile(field);
    if (this.#files.has(field)) throw invalid(field, text.form.repeatedField(field));
    return field;
  }
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes.byteLength > 0) yield bytes;
}

function tooLarge(): Problem {
  return new Problem("too_large", text.form.uploadTooLarge);
}

function tooManyParts(): Problem {
  return new Problem("bad_request", text.form.tooManyParts);
}

function nameless(): Problem {
  return new Problem("bad_request", text.form.namelessPart);
}

function unexpectedFile(field: string): Problem {
  return new Problem("bad_request", text.form.unexpectedFile(field));
}
