import { Problem } from "../../problem.ts";
import { text } from "../text.en.ts";
import { type BodyCall, type BodyLimits, hasBody, readBody } from "./body.ts";

/** The fields of a posted form. Of a repeated field, the first value counts. */
export class Form {
  readonly #values = new Map<string, string[]>();

  constructor(fields: Iterable<readonly [name: string, value: string]> = []) {
    for (const [name, value] of fields) {
      const values = this.#values.get(name);
      if (values === undefined) this.#values.set(name, [value]);
      else values.push(value);
    }
  }

  get names(): readonly string[] {
    return [...this.#values.keys()];
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** The field's value, "" if it is absent. */
  text(name: string): string {
    return this.#values.get(name)?.[0] ?? "";
  }

  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  /** Whether a checkbox is checked. */
  checked(name: string): boolean {
    return ["on", "true", "1"].includes(this.text(name));
  }
}

const MAX_BYTES = 1_048_576;
/** Parsing half a million empty fields would hold the thread for 0.3 s. */
const MAX_FIELDS = 1000;

/**
 * A small form without files, as `application/x-www-form-urlencoded` or `multipart/form-data`.
 * @throws Problem `unsupported_type`, `too_large`, `bad_request`, `timeout`, `busy` or `storage_full`
 */
export async function readForm(
  call: BodyCall,
  { maxBytes = MAX_BYTES, onDisk }: Partial<BodyLimits> = {},
): Promise<Form> {
  if (!hasBody(call.request)) return new Form();
  const parse = parserFor(call.request.headers);
  return await readBody(call, { maxBytes, onDisk }, async (bytes) => new Form(await parse(bytes)));
}

/** Whether a request's body is a form, and not of another type that may be ignored. */
export function hasForm({ headers }: Pick<Request, "headers">): boolean {
  return /^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(
    headers.get("content-type") ?? "",
  );
}

type Fields = Iterable<readonly [string, string]>;
type Bytes = Uint8Array<ArrayBuffer>;

function parserFor(headers: Headers): (bytes: Bytes) => Fields | Promise<Fields> {
  const type = headers.get("content-type") ?? "";
  if ((headers.get("content-encoding") ?? "identity") !== "identity") throw unsupported();
  switch (type.split(";")[0]?.trim().toLowerCase()) {
    case "application/x-www-form-urlencoded":
      return parseUrlencoded;
    case "multipart/form-data":
      return (bytes) => parseMultipart(bytes, type);
    default:
      throw unsupported();
  }
}

const AMPERSAND = "&".charCodeAt(0);

function parseUrlencoded(bytes: Bytes): Fields {
  let fields = 1;
  for (const byte of bytes) if (byte === AMPERSAND) fields++;
  if (fields > MAX_FIELDS) throw new Problem("bad_request", text.form.tooManyFields);
  return new URLSearchParams(new TextDecoder().decode(bytes));
}

async function parseMultipart(bytes: Bytes, type: string): Promise<Fields> {
  if (countParts(bytes, type) > MAX_FIELDS)
    throw new Problem("bad_request", text.form.tooManyFields);
  const parts = await decodeMultipart(bytes, type);
  return parts.flatMap(([name, value]) => {
    if (typeof value === "string") return [[name, value] as const];
    // An `<input type=file>` left empty is sent as a file of no name and no bytes.
    if (value.size === 0 && !value.name) return [];
    throw new Problem("bad_request", text.form.noFiles);
  });
}

/** Counts before parsing, up to one more than MAX_FIELDS. */
function countParts(bytes: Bytes, type: string): number {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]*)"|([^\s;]+))/i.exec(type) ?? [];
  const delimiter = `--${quoted ?? plain ?? ""}`;
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let delimiters = 0;
  let at = body.indexOf(delimiter);
  while (at >= 0 && delimiters < MAX_FIELDS + 2) {
    delimiters++;
    at = body.indexOf(delimiter, at + delimiter.length);
  }
  return delimiters - 1; // the last one ends the body
}

async function decodeMultipart(bytes: Bytes, type: string) {
  try {
    return [...(await new Response(bytes, { headers: { "content-type": type } }).formData())];
  } catch (cause) {
    throw new Problem("bad_request", text.form.unreadable, { cause });
  }
}

function unsupported(): Problem {
  return new Problem("unsupported_type", text.form.unsupported);
}
