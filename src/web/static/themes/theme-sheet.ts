import type { Theme } from "../../../config/values/themes.ts";
import type { FontFile } from "./font-files.ts";
import { fontRules } from "./font-rules.ts";
import { fixColours } from "./readable-colours.ts";

/** A theme's stylesheet as we serve it: its fonts come from here and from no other host, and its text can be read. */
export function themeSheet(
  theme: Theme,
  sheet: string,
  addressOf: (file: FontFile) => string,
): string {
  const own = sheet
    .replace(/@import url\(https?:[^)]*\);/g, "")
    // Sketchy's font for headings is as large as three pages, so that for its text stands in.
    .replaceAll('"Cabin Sketch",', "Neucha,");
  return fontRules(theme, addressOf) + fixColours(own);
}
