import { encodingOfText, type TextEncoding, textOf } from "../../text/text-encoding.ts";
import { extensionOf } from "../file-name.ts";
import { type FileFormat, formatOf, framedAudio } from "./file-format.ts";

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
const UNKNOWN = "application/octet-stream";

interface Row {
  readonly type: string;
  readonly inert?: true;
  /** Extensions that name this format. */
  readonly extensions: string;
  /** Types of what is made of this format, by extension: bytes alone do not distinguish them. */
  readonly kinds?: Readonly<Record<string, string>>;
}

const OFFICE = "application/vnd.openxmlformats-officedocument";
const OPEN_DOCUMENT = "application/vnd.oasis.opendocument";

/** Images and videos that only some browsers can show are not inert: the others would download them anyway. */
const rows: Readonly<Record<FileFormat, Row>> = {
  jpeg: { type: "image/jpeg", inert: true, extensions: "jpg jpeg jpe jfif" },
  png: { type: "image/png", inert: true, extensions: "png apng" },
  gif: { type: "image/gif", inert: true, extensions: "gif" },
  webp: { type: "image/webp", inert: true, extensions: "webp" },
  avif: { type: "image/avif", inert: true, extensions: "avif" },
  heif: { type: "image/heic", extensions: "heic heif hif" },
  jxl: { type: "image/jxl", extensions: "jxl" },
  tiff: { type: "image/tiff", extensions: "tif tiff" },
  bmp: { type: "image/bmp", inert: true, extensions: "bmp" },
  icon: { type: "image/x-icon", inert: true, extensions: "ico cur" },
  "mpeg-audio": { type: "audio/mpeg", inert: true, extensions: "mp3 mp2" },
  aac: { type: "audio/aac", inert: true, extensions: "aac" },
  wav: { type: "audio/wav", inert: true, extensions: "wav" },
  flac: { type: "audio/flac", inert: true, extensions: "flac" },
  aiff: { type: "audio/aiff", extensions: "aif aiff" },
  midi: { type: "audio/midi", extensions: "mid midi" },
  "ogg-audio": {
    type: "audio/ogg",
    inert: true,
    extensions: "ogg oga opus spx",
    kinds: { ogv: "video/ogg" },
  },
  "ogg-video": { type: "video/ogg", inert: true, extensions: "ogv" },
  mp4: {
    type: "video/mp4",
    inert: true,
    extensions: "mp4 m4v",
    kinds: { m4a: "audio/mp4", m4b: "audio/mp4" },
  },
  "mp4-audio": { type: "audio/mp4", inert: true, extensions: "m4a m4b" },
  "3gpp": { type: "video/3gpp", extensions: "3gp 3g2" },
  quicktime: {
    type: "video/quicktime",
    inert: true,
    extensions: "mov qt",
    kinds: { mp4: "video/mp4", m4v: "video/mp4", m4a: "audio/mp4", m4b: "audio/mp4" },
  },
  webm: {
    type: "video/webm",
    inert: true,
    extensions: "webm weba",
    kinds: { weba: "audio/webm" },
  },
  matroska: {
    type: "video/x-matroska",
    extensions: "mkv mka mks",
    kinds: { mka: "audio/x-matroska" },
  },
  avi: { type: "video/x-msvideo", extensions: "avi" },
  pdf: { type: "application/pdf", inert: true, extensions: "pdf" },
  rtf: { type: "application/rtf", extensions: "rtf" },
  woff: { type: "font/woff", extensions: "woff" },
  woff2: { type: "font/woff2", extensions: "woff2" },
  ttf: { type: "font/ttf", extensions: "ttf" },
  otf: { type: "font/otf", extensions: "otf" },
  wasm: { type: "application/wasm", extensions: "wasm" },
  zip: {
    type: "application/zip",
    extensions: "zip",
    kinds: {
      docx: `${OFFICE}.wordprocessingml.document`,
      xlsx: `${OFFICE}.spreadsheetml.sheet`,
      pptx: `${OFFICE}.presentationml.presentation`,
      odt: `${OPEN_DOCUMENT}.text`,
      ods: `${OPEN_DOCUMENT}.spreadsheet`,
      odp: `${OPEN_DOCUMENT}.presentation`,
      odg: `${OPEN_DOCUMENT}.graphics`,
      epub: "application/epub+zip",
      jar: "application/java-archive",
      apk: "application/vnd.android.package-archive",
      cbz: "application/vnd.comicbook+zip",
    },
  },
  gzip: { type: "application/gzip", extensions: "gz tgz svgz" },
  bzip2: { type: "application/x-bzip2", extensions: "bz2" },
  xz: { type: "application/x-xz", extensions: "xz" },
  zstd: { type: "application/zstd", extensions: "zst" },
  "7z": { type: "application/x-7z-compressed", extensions: "7z" },
  rar: { type: "application/vnd.rar", extensions: "rar" },
  tar: { type: "application/x-tar", extensions: "tar" },
  ole: {
    type: UNKNOWN,
    extensions: "doc xls ppt msg",
    kinds: {
      doc: "application/msword",
      xls: "application/vnd.ms-excel",
      ppt: "application/vnd.ms-powerpoint",
      msg: "application/vnd.ms-outlook",
    },
  },
};

/** Extensions of audio, whose frames have no signature. */
const FRAMED: ReadonlySet<string> = new Set(["mp3", "mp2", "aac"]);

/** Extensions that a text has not: their bytes contradict them. Of HTML, a link of its own kind shows the page. */
const notTexts: ReadonlySet<string> = new Set(
  [
    ...Object.values(rows).flatMap(({ extensions, kinds = {} }) => [
      extensions,
      ...Object.keys(kinds),
    ]),
    "html htm xhtml xht shtml mht mhtml hta",
    "exe dll com msi scr bin dat iso img dmg deb rpm class pyc db psd",
  ].flatMap((extensions) => extensions.split(" ")),
);

/** Extensions of texts, which may also be in an 8-bit encoding. */
const texts: ReadonlySet<string> = new Set(
  (
    "txt text md markdown csv tsv log json jsonl toml yaml yml ini conf cfg properties env xml sql diff patch " +
    "nfo srt vtt ass lrc ics vcf tex bib rst adoc css scss less js mjs cjs jsx ts tsx py rb go rs sh bash bat cmd " +
    "ps1 php pl lua c h cc cpp hpp cs java kt swift m3u m3u8"
  ).split(" "),
);

/** Texts that programs use by their type. */
const typeOfText: ReadonlyMap<string, string> = new Map([
  ["css", "text/css"],
  ["ics", "text/calendar"],
  ["vcf", "text/vcard"],
]);

const charsetOf: Readonly<Record<TextEncoding, string>> = {
  "utf-8": "; charset=utf-8",
  "utf-16le": "; charset=utf-16le",
  "utf-16be": "; charset=utf-16be",
  "8-bit": "",
};

const inertTypes: ReadonlySet<string> = new Set([
  ...Object.values(rows).flatMap(({ type, inert, kinds = {} }) =>
    inert ? [type, ...Object.values(kinds)] : [],
  ),
  ...Object.values(charsetOf).map((charset) => `text/plain${charset}`),
]);

/** Whether browsers may show a file of this type. */
export function isInert(type: string): boolean {
  return inertTypes.has(type);
}

/** Whether a name is rather that of a file than of a host. */
export function hasFileExtension(name: string): boolean {
  const extension = extensionOf(name);
  return texts.has(extension) || (notTexts.has(extension) && extension !== "com");
}

/** Returns the media type that the first HEAD_BYTES bytes of a file show; its name decides only what they do not. */
export function mediaTypeOf(name: string, head: Uint8Array): MediaType {
  const type = findType(extensionOf(name), head);
  return { type, inert: isInert(type) };
}

/** Whether the first bytes of a file are those of a text, in any encoding. */
export function isText(head: Uint8Array): boolean {
  const first = head.subarray(0, HEAD_BYTES);
  const isCut = first.byteLength === HEAD_BYTES;
  return formatOf(first) === null && encodingOfText(first, isCut) !== null;
}

function findType(extension: string, head: Uint8Array): string {
  const format = formatOf(head) ?? (FRAMED.has(extension) ? framedAudio(head) : null);
  if (format === null) return textType(extension, head);
  const { type, kinds = {} } = rows[format];
  return kinds[extension] ?? type;
}

function textType(extension: string, head: Uint8Array): string {
  const isCut = head.byteLength === HEAD_BYTES;
  // An <img> runs nothing; opened by itself it is downloaded, or sandboxed by the policy that files carry.
  if (extension === "svg") return isSvg(head, isCut) ? "image/svg+xml" : UNKNOWN;
  const encoding = notTexts.has(extension) ? null : encodingOfText(head, isCut);
  if (encoding === null || (encoding === "8-bit" && !texts.has(extension))) return UNKNOWN;
  return `${typeOfText.get(extension) ?? "text/plain"}${charsetOf[encoding]}`;
}

/** The element may come after a comment that is longer than the bytes we see. */
function isSvg(head: Uint8Array, isCut: boolean): boolean {
  const text = textOf(head, isCut)?.replaceAll(/<!--.*?-->/gs, "");
  if (text === undefined) return false;
  return /<(?:[\w.-]+:)?svg[\s>/]/.test(text) || (isCut && /^\s*<[?!]/.test(text));
}

const typeInPages: ReadonlyMap<string, string> = new Map([
  ["js", "text/javascript"],
  ["mjs", "text/javascript"],
  ["json", "application/json"],
  ["webmanifest", "application/manifest+json"],
  ["vtt", "text/vtt"],
  ["wasm", "application/wasm"],
]);

/**
 * Returns the type with which web pages of users may use a file, on their own host: there scripts run. On the site's
 * host, a script of a user must never have the type of one.
 */
export function typeForPages({
  name,
  type,
}: {
  readonly name: string;
  readonly type: string;
}): string {
  const known = typeInPages.get(extensionOf(name));
  if (known === undefined || !/^text\/plain|octet-stream$/.test(type)) return type;
  return type.startsWith("text/plain") ? type.replace("text/plain", known) : known;
}
