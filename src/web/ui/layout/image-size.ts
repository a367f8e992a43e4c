import { type Dimensions, imageDimensions } from "../../../files/media/image-dimensions.ts";

/** Width over height of an SVG or PNG picture, from its first bytes; null where it does not say. */
export function aspectOf({ type, bytes }: { type: string; bytes: Uint8Array }): number | null {
  const { width, height } = imageDimensions(type, bytes) ?? readSvgSize(bytes);
  return width > 0 && height > 0 ? width / height : null;
}

function readSvgSize(bytes: Uint8Array): Dimensions {
  const [tag = ""] = /<svg\b[^>]*>/.exec(new TextDecoder().decode(bytes.subarray(0, 4096))) ?? [];
  const box = /\bviewBox\s*=\s*["']\s*[\d.-]+[\s,]+[\d.-]+[\s,]+([\d.]+)[\s,]+([\d.]+)/.exec(tag);
  return { width: Number(box?.[1] ?? 0), height: Number(box?.[2] ?? 0) };
}
