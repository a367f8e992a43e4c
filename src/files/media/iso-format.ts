/** Formats in boxes of ISO/IEC 14496-12, which QuickTime introduced. */
export type IsoFormat = "avif" | "heif" | "mp4" | "mp4-audio" | "3gpp" | "quicktime";

/** Boxes that may come before `ftyp`, or stand where a file has none. */
const FILLERS: ReadonlySet<string> = new Set(["free", "skip", "wide", "pnot"]);
const DATA: ReadonlySet<string> = new Set(["moov", "mdat"]);

const formatOfBrand: ReadonlyMap<string, IsoFormat> = new Map([
  ["avif", "avif"],
  ["avis", "avif"],
  ["heic", "heif"],
  ["heix", "heif"],
  ["hevc", "heif"],
  ["heim", "heif"],
  ["heis", "heif"],
  ["qt  ", "quicktime"],
  ["M4A ", "mp4-audio"],
  ["M4B ", "mp4-audio"],
  ["M4P ", "mp4-audio"],
]);

/** A size of such characters would be that of a text: "The wide world". */
const PRINTABLE = /^[\x20-\x7e]{4}$/;

/** Brands of images in general, which say nothing of the codec. */
const IMAGE_BRANDS: ReadonlySet<string> = new Set(["mif1", "msf1", "miaf"]);

/** Returns the format of a file in boxes; null if the bytes are no such boxes. */
export function isoFormat(head: Uint8Array): IsoFormat | null {
  const view = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  let hasFiller = false;
  for (let at = 0; at + 8 <= view.length; ) {
    const size = view.readUInt32BE(at);
    const type = view.toString("latin1", at + 4, at + 8);
    if (at === 0 && PRINTABLE.test(view.toString("latin1", 0, 4))) return null;
    if (type === "ftyp") return formatOfBrands(view.toString("latin1", at + 8, at + size));
    // Before `ftyp` there was nothing else: such files are QuickTime's.
    if (DATA.has(type)) return "quicktime";
    if (!FILLERS.has(type) || size < 8) return hasFiller ? "quicktime" : null;
    hasFiller = true;
    at += size;
  }
  return hasFiller ? "quicktime" : null;
}

/** @param brands the major brand, its version, and the compatible ones: four characters each */
function formatOfBrands(brands: string): IsoFormat {
  const [major = "", , ...compatible] = brands.match(/.{4}/gs) ?? [];
  const known = formatOfBrand.get(major);
  if (known !== undefined) return known;
  if (major.startsWith("3g")) return "3gpp";
  if (!IMAGE_BRANDS.has(major)) return "mp4";
  return compatible.includes("avif") || compatible.includes("avis") ? "avif" : "heif";
}
