import { create as contentDisposition } from "content-disposition";
import { fullExtensionOf } from "../../files/file-name.ts";

/**
 * Returns a Content-Disposition header for a file name in any script. Programs that read ASCII only get the name
 * without accents or, where letters would be lost, `substitute` with the extension.
 */
export function fileDisposition(
  name: string,
  shown: "inline" | "attachment",
  substitute: string,
): string {
  if (ASCII.test(name)) return contentDisposition(name, { type: shown });
  return contentDisposition(name, { type: shown, fallback: asciiName(name, substitute) });
}

const ASCII = /^[\x20-\x7e]*$/;

function asciiName(name: string, substitute: string): string {
  const plain = name.normalize("NFKD").replaceAll(/\p{M}/gu, "");
  if (ASCII.test(plain)) return plain.replaceAll(/[/\\]/g, "-");
  const stem = ASCII.test(substitute) && substitute !== "" ? substitute : "file";
  return stem + fullExtensionOf(name);
}
