/** Width over height of an SVG or PNG picture, from its first bytes; null where it does not say. */
export function aspectOf({ type, bytes }: { type: string; bytes: Uint8Array }): number | null {
  const [width, height] = type === "image/png" ? readPngSize(bytes) : readSvgSize(bytes);
  return width > 0 && height > 0 ? width / height : null;
}

/** The header chunk comes first, with both as 32 bits (PNG, 11.2.2). */
function readPngSize(bytes: Uint8Array): [width: number, height: number] {
  if (bytes.length < 24) return [0, 0];
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return [view.getUint32(16), view.getUint32(20)];
}

function readSvgSize(bytes: Uint8Array): [width: number, height: number] {
  const [tag = ""] = /<svg\b[^>]*>/.exec(new TextDecoder().decode(bytes.subarray(0, 4096))) ?? [];
  const box = /\bviewBox\s*=\s*["']\s*[\d.-]+[\s,]+[\d.-]+[\s,]+([\d.]+)[\s,]+([\d.]+)/.exec(tag);
  return [Number(box?.[1] ?? 0), Number(box?.[2] ?? 0)];
}
