import { extensionOf } from "../../../files/file-name.ts";
import type { Content } from "../../../links/link.ts";
import { text } from "../text.en.ts";

/** Formats that people know by another name than their media type has. */
const formats: Readonly<Record<string, string>> = {
  "image/svg+xml": "SVG",
  "image/x-icon": "ICO",
  "audio/mpeg": "MP3",
  "audio/mp4": "M4A",
  "audio/x-matroska": "Matroska",
  "video/quicktime": "QuickTime",
  "video/x-matroska": "Matroska",
  "video/x-msvideo": "AVI",
};

/** The type of a file in plain words, as in "JPEG image". */
export function typeName({ name, type }: Pick<Content, "name" | "type">): string {
  const [essence = ""] = type.split(";", 1);
  const [family, subtype = ""] = essence.split("/");
  const format = formats[essence] ?? subtype.toUpperCase();
  switch (family) {
    case "image":
      return text.types.image(format);
    case "audio":
      return text.types.audio(format);
    case "video":
      return text.types.video(format);
    case "font":
      return text.types.font(format);
    case "text":
      return textName(extensionOf(name));
    default:
      return text.types.known[essence] ?? fileName(extensionOf(name));
  }
}

function textName(extension: string): string {
  return text.types.texts[extension] ?? (extension === "" ? text.types.text : fileName(extension));
}

function fileName(extension: string): string {
  return extension === "" ? text.types.file : text.types.fileOf(extension.toUpperCase());
}
