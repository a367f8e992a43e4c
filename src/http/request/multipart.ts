import { isUtf8 } from "node:buffer";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import busboy, { type Busboy, type FieldInfo, type FileInfo } from "busboy";
import { fileTooLarge } from "../../files/receive.ts";
import { invalid, Problem } from "../../problem.ts";
import { timed } from "../../telemetry/trace.ts";
import type { Call } from "../call.ts";
import { text } from "../text.en.ts";
import { Form, readForm, untilBroken } from "./form.ts";

/** A file on its way in. */
export interface UploadedFile {
  readonly field: string;
  /** As the client calls it: not to be believed. */
  readonly name: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

export interface UploadOptions<Kept extends AsyncDisposable> {
  /** Fields that take a file; each takes one. */
  readonly fileFields: readonly string[];
  /** What one file may have; Infinity for no limit. */
  readonly maxFileBytes: number;
  /** What all other fields may have together; default: 1 MiB. */
  readonly maxFieldBytes?: number;
  /** Takes a file in as it comes, and bears with fields that come after it. What it throws ends the upload. */
  receive(file: UploadedFile): Promise<Kept>;
}

/** A posted form with its files. Disposing of it disposes of whatever its files have become. */
export class Upload<Kept extends AsyncDisposable> implements AsyncDisposable {
  readonly form: Form;
  /** By field; one that was left empty is absent. */
  readonly files: ReadonlyMap<string, Kept>;

  constructor(form: Form, files: ReadonlyMap<string, Kept>) {
    this.form = form;
    this.files = files;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const kept of this.files.values()) await kept[Symbol.asyncDispose]();
  }
}

const MAX_PARTS = 100;
const FIELD_BYTES = 1_048_576;

/** How long a client may send nothing. Bun would also cut off one that sends slowly. */
const SILENCE_SECONDS = 60;

/** What the heads of parts may have. */
const HEADS_BYTES = 1_048_576;

/**
 * A form that may bring files, none of which is ever held in memory; a form without files is read as `readForm`
 * reads it. After a failure nothing is left of any file.
 * @throws Problem `too_large`, `bad_request`, `unsupported_type`, and whatever `receive` throws
 */
export async function readUpload<Kept extends AsyncDisposable>(
  { request, connection }: Pick<Call, "request" | "connection">,
  options: UploadOptions<Kept>,
): Promise<Upload<Kept>> {
  const { body, headers } = request;
  const { maxFieldBytes = FIELD_BYTES } = options;
  if (body === null || !isPlainMultipart(headers)) {
    return new Upload(await readForm(request, { maxBytes: maxFieldBytes }), new Map());
  }
  const maxBytes = options.maxFileBytes + maxFieldBytes + HEADS_BYTES;
  if (Number(headers.get("content-length")) > maxBytes) throw fileTooLarge(options.maxFileBytes);
  const onBytes = () => connection.allowSilence(request, SILENCE_SECONDS);
  const parser = parserFor(headers, maxFieldBytes);
  const reading = new MultipartReader(parser, { ...options, maxFieldBytes });
  return await timed("body", () => reading.read({ body, maxBytes, onBytes }));
}

/** A compressed one is for `readForm` to refuse. */
function isPlainMultipart(headers: Headers): boolean {
  const type = headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  return type === "multipart/form-data" && !headers.has("content-encoding");
}

function parserFor(headers: Headers, maxFieldBytes: number): Busboy {
  try {
    return busboy({
      headers: { "content-type": headers.get("content-type") ?? "" },
      // The bytes as they are, for `decodeParameter`.
      defParamCharset: "latin1",
      preservePath: true,
      limits: { parts: MAX_PARTS, fieldSize: maxFieldBytes },
    });
  } catch (cause) {
    throw unreadable(cause);
  }
}

interface Incoming {
  readonly body: ReadableStream<Uint8Array>;
  readonly maxBytes: number;
  readonly onBytes: () => void;
}

/** Reads one body. The first failure aborts it, wherever it occurs: in the body, the parser, or a receiver of a file. */
class MultipartReader<Kept extends AsyncDisposable> {
  readonly #parser: Busboy;
  readonly #options: Required<UploadOptions<Kept>>;
  readonly #aborting = new AbortController();
  readonly #fields: [name: string, value: string][] = [];
  #fieldBytes = 0;
  readonly #files = new Map<string, Promise<Kept>>();

  constructor(parser: Busboy, options: Required<UploadOptions<Kept>>) {
    this.#parser = parser;
    this.#options = options;
    parser.on("field", (...field) => this.#guard(() => this.#takeField(...field)));
    parser.on("file", (...file) => this.#guard(() => this.#takeFile(...file)));
    parser.on("partsLimit", () => this.#abort(tooManyParts()));
    parser.on("error", (cause) => this.#abort(asProblem(cause)));
  }

  async read(incoming: Incoming): Promise<Upload<Kept>> {
    try {
      await this.#parse(incoming);
      return new Upload(new Form(this.#fields), await this.#settledFiles());
    } catch (thrown) {
      // Ends the file streams, too.
      this.#parser.destroy();
      await this.#disposeAll();
      throw thrown;
    }
  }

  /**
   * Pipes the body into the parser, as fast as the files are received. An abort is not kept waiting for the body: its
   * client may be waiting for the response.
   * @throws the reason of the abort
   */
  async #parse(incoming: Incoming): Promise<void> {
    const { signal } = this.#aborting;
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    signal.addEventListener("abort", () => reject(signal.reason));
    const parsed = pipeline(this.#chunksOf(incoming), this.#parser, { signal });
    await Promise.race([aborted, parsed.catch((thrown) => this.#abort(asProblem(thrown)))]);
    signal.throwIfAborted();
  }

  async *#chunksOf({ body, maxBytes, onBytes }: Incoming): AsyncGenerator<Uint8Array> {
    let size = 0;
    for await (const chunk of untilBroken(body)) {
      onBytes();
      size += chunk.byteLength;
      if (size > maxBytes) throw fileTooLarge(this.#options.maxFileBytes);
      yield chunk;
    }
  }

  async #settledFiles(): Promise<Map<string, Kept>> {
    const kept = new Map<string, Kept>();
    for (const [field, file] of this.#files) kept.set(field, await file);
    return kept;
  }

  async #disposeAll(): Promise<void> {
    for (const file of await Promise.allSettled(this.#files.values())) {
      if (file.status === "fulfilled") await file.value[Symbol.asyncDispose]();
    }
  }

  #takeField(name: string | undefined, value: string, { valueTruncated }: FieldInfo): void {
    if (name === undefined) throw nameless();
    this.#fieldBytes += Buffer.byteLength(value);
    if (valueTruncated || this.#fieldBytes > this.#options.maxFieldBytes) throw tooLarge();
    this.#fields.push([decodeParameter(name), value]);
  }

  #takeFile(field: string | undefined, bytes: Readable, { filename }: FileInfo): void {
    // The receiver gets the failure, but may not read yet, or any more.
    bytes.on("error", () => {});
    if (field === undefined) throw nameless();
    if (!filename) {
      // An `<input type=file>` left empty is sent as a file of no name and no bytes.
      bytes.on("data", () => this.#abort(nameless()));
      return;
    }
    if (!this.#options.fileFields.includes(field)) throw unexpectedFile(decodeParameter(field));
    if (this.#files.has(field)) throw invalid(field, text.form.repeatedField(field));
    this.#receive({ field, name: readName(filename), bytes });
  }

  #receive(file: UploadedFile): void {
    const kept = this.#options.receive(file);
    kept.catch((error) => this.#abort(error));
    this.#files.set(file.field, kept);
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (problem) {
      this.#abort(problem);
    }
  }

  /** The first reason counts. */
  #abort(reason: unknown): void {
    this.#aborting.abort(reason);
  }
}

/** Browsers write a quote in a file's name as %22, and leave a % as it is. */
function readName(filename: string): string {
  return decodeParameter(filename).replaceAll("%22", '"');
}

/** Decodes UTF-8, or the Windows-1252 of old programs. An extended parameter (RFC 8187) is decoded already. */
function decodeParameter(bytes: string): string {
  if (/[^\p{ASCII}\x80-\xff]/u.test(bytes)) return bytes;
  const raw = Buffer.from(bytes, "latin1");
  const encoding = isUtf8(raw) ? "utf-8" : "windows-1252";
  return new TextDecoder(encoding).decode(raw);
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

function unreadable(cause: unknown): Problem {
  return new Problem("bad_request", text.form.unreadable, { cause });
}

/** What the parser throws is a fault of the form, unless it is a Problem of the body that passes through. */
function asProblem(thrown: unknown): Problem {
  return thrown instanceof Problem ? thrown : unreadable(thrown);
}
