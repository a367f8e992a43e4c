import { isInert } from "../../../files/media/media-type.ts";

/** The element that plays a file of this type; null: none. Videos that are not inert are those that browsers cannot play. */
export function playerOf(type: string): "audio" | "video" | null {
  if (!isInert(type)) return null;
  if (type.startsWith("audio/")) return "audio";
  return type.startsWith("video/") ? "video" : null;
}
