import { isUtf8 } from "node:buffer";
import { Problem } from "../../problem.ts";
import { percentDecoded } from "../../text/text-encoding.ts";
import { text } from "../text.en.ts";

/** The head of a part of a form. */
export interface PartHead {
  /** Name of the field; "" if it has none. */
  readonly name: string;
  /** Name of the file as the client calls it; "" for none. */
  readonly fileName: string;
  /** Whether it is a file, also one without a name. */
  readonly isFile: boolean;
  /** Character encoding of a text. */
  readonly charset: string;
}

/**
 * Parses the head of a part, each byte a character; null for a part that is no field of a form.
 * @throws Problem `bad_request`
 */
export function parsePartHead(head: string): PartHead | null {
  const headers = parseHeaders(head);
  const [kind, disposition] = parseValue(headers.get("content-disposition") ?? "");
  if (kind !== "form-data") return null;
  const [type, { charset = "utf-8" }] = parseValue(headers.get("content-type") ?? "");
  const extended = decodeExtended(disposition["filename*"] ?? "");
  const fileName = extended ?? readName(disposition.filename ?? "");
  return {
    name: decodeParameter(disposition.name ?? ""),
    fileName,
    isFile: fileName !== "" || type === "application/octet-stream",
    charset,
  };
}

function parseHeaders(head: string): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (const line of head.replace(/\r\n[ \t]/g, " ").split("\r\n")) {
    if (line === "") continue;
    const [, name, value] =
      /^([!#$%&'*+.^_\x60|~\w-]+):([\t\x20-\x7e\x80-\xff]*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) throw malformed();
    if (!headers.has(name.toLowerCase())) headers.set(name.toLowerCase(), value.trim());
  }
  return headers;
}

/** Refusal of a form that is not as RFC 7578 says. */
export function malformed(): Problem {
  return new Problem("bad_request", text.form.unreadable);
}

type Parameters = Readonly<Record<string, string>>;

const PARAMETER = /;[ \t]*([!#$%&'*+.^_\x60|~\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))/gs;

/** A value with parameters, as `form-data; name="a"`. Of a backslash, browsers escape nothing but quotes and itself. */
function parseValue(value: string): readonly [kind: string, parameters: Parameters] {
  const parameters: Record<string, string> = Object.create(null);
  for (const [, name = "", quoted, token = ""] of value.matchAll(PARAMETER))
    parameters[name.toLowerCase()] ??= quoted?.replace(/\\(["\\])/g, "$1") ?? token;
  const [kind = ""] = value.split(";", 1);
  return [kind.trim().toLowerCase(), parameters];
}

/** Browsers write a quote in a file's name as %22, and leave a % as it is. */
function readName(fileName: string): string {
  return decodeParameter(fileName).replaceAll("%22", '"');
}

const PLAIN = /^[\x20-\x7e]*$/;

/** Decodes UTF-8, or the Windows-1252 of old programs. */
function decodeParameter(bytes: string): string {
  if (PLAIN.test(bytes)) return bytes;
  const raw = Buffer.from(bytes, "latin1");
  return new TextDecoder(isUtf8(raw) ? "utf-8" : "windows-1252").decode(raw);
}

/** Decodes an extended parameter (RFC 8187), as `UTF-8''%C3%9C`; null for none and for a malformed one. */
function decodeExtended(value: string): string | null {
  const [, charset = "", encoded = ""] = /^([\w-]+)'[\w-]*'(.+)$/s.exec(value) ?? [];
  try {
    return decoderFor(charset).decode(percentDecoded(encoded)) || null;
  } catch {
    return null;
  }
}

/** Decodes a text in the encoding that its part names; in an unknown one, as UTF-8. */
export function decodeField(bytes: Uint8Array, charset: string): string {
  try {
    return decoderFor(charset).decode(bytes);
  } catch {
    return UTF_8.decode(bytes);
  }
}

const UTF_8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** @throws RangeError for an unknown encoding */
function decoderFor(charset: string): TextDecoder {
  if (charset === "utf-8") return UTF_8;
  type Label = ConstructorParameters<typeof TextDecoder>[0];
  return new TextDecoder(charset as Label, { ignoreBOM: true });
}
