import type { Theme } from "../../../config/values/themes.ts";
import { cutSheet } from "./cut-sheet.ts";
import type { FontFile } from "./font-files.ts";
import { fontRules } from "./font-rules.ts";
import { fixColours } from "./readable-colours.ts";
import { usedClasses } from "./used-classes.ts";

/**
 * A theme's stylesheet as we serve it: its fonts come from here and from no other host, its
 * text can be read, and it has rules only for what is on our pages.
 */
export function themeSheet(
  theme: Theme,
  sheet: string,
  addressOf: (file: FontFile) => string,
  isUsed = (className: string): boolean => usedClasses.has(className),
): string {
  const own = sheet
    .replace(/@import url\(https?:[^)]*\);/g, "")
    // Sketchy's font for headings is as large as three pages, so that for its text stands in.
    .replaceAll('"Cabin Sketch",', "Neucha,");
  return (
    fontRules(theme, addressOf) + cutSheet(fixColours(own), isUsed) + (fieldRules[theme] ?? "")
  );
}

/** For the borders and boxes that fields have in all themes: see site.css. */
const fieldRules: Partial<Record<Theme, string>> = {
  // Its fields had a line at their bottom only, so text began at their very edge.
  materia:
    ".form-control,.form-select{padding-inline:.75rem}.form-select{background-position:right .75rem center}",
  // On its purple, a browser's dark box can hardly be seen.
  quartz: ".links input{color-scheme:light}",
  // Its boxes had no size, and were drawn beside themselves.
  sketchy: ".form-check-input::before,.form-check-input::after{content:none!important}",
};
