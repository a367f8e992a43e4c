import type { Theme } from "../../config/themes.ts";
import type { FontFile } from "./fontfiles.ts";
import { fontRules } from "./fonts.ts";

/** A theme's stylesheet as we serve it: with its fonts from here, where it would ask another host for them. */
export function themeSheet(
  theme: Theme,
  sheet: string,
  addressOf: (file: FontFile) => string,
): string {
  const own = sheet.replace(/@import url\(https?:[^)]*\);/g, "");
  return fontRules(theme, addressOf) + own;
}
