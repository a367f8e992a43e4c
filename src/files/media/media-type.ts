import { extensionOf } from "../file-name.ts";

/** Media type of a file, and whether it is inert. */
export interface MediaType {
  /** The value of Content-Type. */
  readonly type: string;
  /** Whether browsers may show it: it cannot run scripts on our origin. */
  readonly inert: boolean;
}

/** Number of first bytes of a file that identify its type. */
export const HEAD_BYTES = 4096;

/** Type of files that are unknown, contradict their name, or could run: browsers only download them. */
const UNKNOWN: MediaType = { type: "application/octet-stream", inert: false };

type Check = (head: Uint8Array) => boolean;

interface Row {
  readonly extensions: string;
  readonly type: string;
  readonly inert?: true;
  readonly check: Check;
}

/** Checks for bytes at an offset, given as Latin-1 text. */
function has(signature: string, at = 0): Check {
  return (head) => latin1(head, at, at + signature.length) === signature;
}

function any(...checks: readonly Check[]): Check {
  return (head) => checks.some((check) => check(head));
}

function all(...checks: readonly Check[]): Check {
  return (head) => checks.every((check) => check(head));
}

/** Checks for an ISO media file (MP4, AVIF) of one of these brands. */
function brand(...brands: readonly string[]): Check {
  return all(has("ftyp", 4), (head) => brands.includes(latin1(head, 8, 12)));
}

const CONTROLS = /[^\P{Cc}\t\n\f\r]/u;

/** Decodes UTF-8 text; null if it is invalid or has control characters. `isCut`: its last character may be incomplete. */
export function textOf(bytes: Uint8Array, isCut: boolean): string | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: isCut });
    return CONTROLS.test(text) ? null : text;
  } catch {
    return null;
  }
}

const isText: Check = (head) => textOf(head, head.byteLength === HEAD_BYTES) !== null;

const isSvg: Check = all(isText, (head) => /<svg[\s>]/.test(new TextDecoder().decode(head)));
const isMpegAudio: Check = any(has("ID3"), (head) => head[0] === 0xff && mpegLayer(head) !== 0);
const isZip = any(has("PK\x03\x04"), has("PK\x05\x06"));
const isOldOffice = has("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
const isOgg = has("OggS");
const isMatroska = has("\x1a\x45\xdf\xa3");

const OFFICE = "application/vnd.openxmlformats-officedocument";
const OPEN_DOCUMENT = "application/vnd.oasis.opendocument";

/** Types that could run scripts have no row, except where pages need the type and it is harmless. */
const rows: readonly Row[] = [
  { extensions: "jpg jpeg", type: "image/jpeg", inert: true, check: has("\xff\xd8\xff") },
  { extensions: "png", type: "image/png", inert: true, check: has("\x89PNG\r\n\x1a\n") },
  { extensions: "gif", type: "image/gif", inert: true, check: any(has("GIF87a"), has("GIF89a")) },
  {
    extensions: "webp",
    type: "image/webp",
    inert: true,
    check: all(has("RIFF"), has("WEBP", 8)),
  },
  { extensions: "avif", type: "image/avif", inert: true, check: brand("avif", "avis") },
  { extensions: "bmp", type: "image/bmp", inert: true, check: has("BM") },
  { extensions: "ico", type: "image/x-icon", inert: true, check: has("\0\0\x01\0") },
  { extensions: "mp3", type: "audio/mpeg", inert: true, check: isMpegAudio },
  {
    extensions: "wav",
    type: "audio/wav",
    inert: true,
    check: all(has("RIFF"), has("WAVE", 8)),
  },
  { extensions: "flac", type: "audio/flac", inert: true, check: has("fLaC") },
  { extensions: "ogg oga opus", type: "audio/ogg", inert: true, check: isOgg },
  { extensions: "m4a", type: "audio/mp4", inert: true, check: has("ftyp", 4) },
  { extensions: "mp4 m4v", type: "video/mp4", inert: true, check: has("ftyp", 4) },
  {
    extensions: "mov",
    type: "video/quicktime",
    inert: true,
    check: any(has("ftyp", 4), has("moov", 4), has("mdat", 4), has("wide", 4), has("free", 4)),
  },
  { extensions: "webm", type: "video/webm", inert: true, check: isMatroska },
  { extensions: "ogv", type: "video/ogg", inert: true, check: isOgg },
  { extensions: "mkv", type: "video/x-matroska", check: isMatroska },
  {
    extensions: "avi",
    type: "video/x-msvideo",
    check: all(has("RIFF"), has("AVI ", 8)),
  },
  { extensions: "pdf", type: "application/pdf", inert: true, check: has("%PDF-") },
  {
    extensions:
      "txt md markdown csv tsv log json toml yaml yml ini conf py rb go rs sh sql diff patch",
    type: "text/plain; charset=utf-8",
    inert: true,
    check: isText,
  },
  { extensions: "css", type: "text/css; charset=utf-8", check: isText },
  // An <img> runs nothing; opened by itself it is saved, or sandboxed by the policy that files carry.
  { extensions: "svg", type: "image/svg+xml", check: isSvg },
  { extensions: "woff", type: "font/woff", check: has("wOFF") },
  { extensions: "woff2", type: "font/woff2", check: has("wOF2") },
  { extensions: "ttf", type: "font/ttf", check: any(has("\0\x01\0\0"), has("true")) },
  { extensions: "otf", type: "font/otf", check: has("OTTO") },
  { extensions: "zip", type: "application/zip", check: isZip },
  { extensions: "gz tgz", type: "application/gzip", check: has("\x1f\x8b") },
  { extensions: "7z", type: "application/x-7z-compressed", check: has("7z\xbc\xaf\x27\x1c") },
  { extensions: "rar", type: "application/vnd.rar", check: has("Rar!\x1a\x07") },
  { extensions: "tar", type: "application/x-tar", check: has("ustar", 257) },
  { extensions: "rtf", type: "application/rtf", check: has("{\\rtf") },
  { extensions: "epub", type: "application/epub+zip", check: isZip },
  { extensions: "doc", type: "application/msword", check: isOldOffice },
  { extensions: "xls", type: "application/vnd.ms-excel", check: isOldOffice },
  { extensions: "ppt", type: "application/vnd.ms-powerpoint", check: isOldOffice },
  { extensions: "docx", type: `${OFFICE}.wordprocessingml.document`, check: isZip },
  { extensions: "xlsx", type: `${OFFICE}.spreadsheetml.sheet`, check: isZip },
  { extensions: "pptx", type: `${OFFICE}.presentationml.presentation`, check: isZip },
  { extensions: "odt", type: `${OPEN_DOCUMENT}.text`, check: isZip },
  { extensions: "ods", type: `${OPEN_DOCUMENT}.spreadsheet`, check: isZip },
  { extensions: "odp", type: `${OPEN_DOCUMENT}.presentation`, check: isZip },
];

const rowOf: ReadonlyMap<string, Row> = new Map(
  rows.flatMap((row) => row.extensions.split(" ").map((extension) => [extension, row] as const)),
);

/** Returns the media type for the extension of a name, if the first HEAD_BYTES bytes agree with it. */
export function mediaTypeOf(name: string, head: Uint8Array): MediaType {
  const row = rowOf.get(extensionOf(name));
  if (row === undefined || !row.check(head)) return UNKNOWN;
  return { type: row.type, inert: row.inert ?? false };
}

const inertTypes: ReadonlySet<string> = new Set(
  rows.filter((row) => row.inert).map((row) => row.type),
);

/** Whether browsers may show a file of this type. */
export function isInert(type: string): boolean {
  return inertTypes.has(type);
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.subarray(start, end)).toString("latin1");
}

/** Returns the layer bits of an MPEG frame header; 0 without its sync bits. */
function mpegLayer(head: Uint8Array): number {
  const second = head[1] ?? 0;
  return (second & 0xe0) === 0xe0 ? (second >> 1) & 3 : 0;
}
