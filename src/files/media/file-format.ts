import { isoFormat } from "./iso-format.ts";

/** Binary formats that the first bytes of a file show. */
export type FileFormat =
  | "jpeg"
  | "png"
  | "gif"
  | "webp"
  | "avif"
  | "heif"
  | "jxl"
  | "tiff"
  | "bmp"
  | "icon"
  | "mpeg-audio"
  | "aac"
  | "wav"
  | "flac"
  | "aiff"
  | "midi"
  | "ogg-audio"
  | "ogg-video"
  | "mp4"
  | "mp4-audio"
  | "3gpp"
  | "quicktime"
  | "webm"
  | "matroska"
  | "avi"
  | "pdf"
  | "rtf"
  | "woff"
  | "woff2"
  | "ttf"
  | "otf"
  | "wasm"
  | "zip"
  | "gzip"
  | "bzip2"
  | "xz"
  | "zstd"
  | "7z"
  | "rar"
  | "tar"
  | "ole";

type Check = (head: Uint8Array) => boolean;

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

const riff = (form: string) => all(any(has("RIFF"), has("RF64")), has(form, 8));
const ogg = has("OggS");
const ebml = has("\x1a\x45\xdf\xa3");

/** Checks for a text within the first 512 bytes, where containers name their contents. */
function names(content: string): Check {
  return (head) => latin1(head, 0, 512).includes(content);
}

/** In the order in which they are tried. */
const signatures: readonly (readonly [FileFormat, Check])[] = [
  ["jpeg", has("\xff\xd8\xff")],
  ["png", has("\x89PNG\r\n\x1a\n")],
  ["gif", any(has("GIF87a"), has("GIF89a"))],
  ["webp", riff("WEBP")],
  ["wav", riff("WAVE")],
  ["avi", riff("AVI ")],
  ["jxl", any(has("\xff\x0a"), has("\0\0\0\x0cJXL \r\n\x87\n"))],
  ["tiff", any(has("II*\0"), has("MM\0*"))],
  ["icon", any(has("\0\0\x01\0"), has("\0\0\x02\0"))],
  ["flac", has("fLaC")],
  ["aiff", all(has("FORM"), any(has("AIFF", 8), has("AIFC", 8)))],
  ["midi", has("MThd")],
  ["ogg-video", all(ogg, names("\x80theora"))],
  ["ogg-audio", ogg],
  ["webm", all(ebml, names("\x42\x82\x84webm"))],
  ["matroska", ebml],
  ["woff", has("wOFF")],
  ["woff2", has("wOF2")],
  ["ttf", any(has("\0\x01\0\0\0"), has("true\0"))],
  ["otf", has("OTTO\0")],
  ["wasm", has("\0asm")],
  ["zip", any(has("PK\x03\x04"), has("PK\x05\x06"))],
  ["gzip", has("\x1f\x8b")],
  ["bzip2", all(has("BZh"), any(has("1AY&SY", 4), has("\x17\x72\x45\x38\x50\x90", 4)))],
  ["xz", has("\xfd7zXZ\0")],
  ["zstd", has("\x28\xb5\x2f\xfd")],
  ["7z", has("7z\xbc\xaf\x27\x1c")],
  ["rar", has("Rar!\x1a\x07")],
  ["tar", has("ustar", 257)],
  ["rtf", has("{\\rtf")],
  ["ole", has("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")],
  ["bmp", all(has("BM"), has("\0\0\0\0", 6))],
  ["pdf", isPdf],
];

/** Returns the format that the first bytes of a file show; null if they show none. */
export function formatOf(head: Uint8Array): FileFormat | null {
  const found = signatures.find(([, check]) => check(head));
  return found?.[0] ?? isoFormat(head) ?? taggedAudio(head);
}

/**
 * Returns the audio format of a tag of any version, or of frames that may begin after zeros. Their marks are short, so
 * that they count only where the name says audio, too.
 */
export function framedAudio(head: Uint8Array): FileFormat | null {
  if (has("ID3")(head)) return "mpeg-audio";
  const start = head.findIndex((byte) => byte !== 0);
  const [first = 0, second = 0, third = 0] = head.subarray(Math.max(start, 0));
  if (first !== 0xff || (second & 0xe0) !== 0xe0) return null;
  if ((second & 0xf6) === 0xf0) return "aac";
  const layer = (second >> 1) & 3;
  const isHeader = layer !== 0 && third >> 4 !== 15 && ((third >> 2) & 3) !== 3;
  return isHeader ? "mpeg-audio" : null;
}

/** An ID3 tag usually precedes MP3, but also other audio; its length has seven bits per byte. */
function taggedAudio(head: Uint8Array): FileFormat | null {
  const version = head[3] ?? 0;
  if (!has("ID3")(head) || version > 4) return null;
  const length = head.subarray(6, 10).reduce((sum, byte) => sum * 128 + (byte & 127), 0);
  const audio = head.subarray(10 + length);
  if (has("fLaC")(audio)) return "flac";
  return framedAudio(audio) ?? "mpeg-audio";
}

/** Some programs write a byte order mark or line ends before the signature; readers accept them. */
function isPdf(head: Uint8Array): boolean {
  return /^(?:\xef\xbb\xbf)?\s{0,64}%PDF-/.test(latin1(head, 0, 72));
}

function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.subarray(start, end)).toString("latin1");
}
