import htmx from "htmx.org/dist/htmx.min.js" with { type: "file" };
import { type Theme, themeNames } from "../../config/themes.ts";
import icon from "./icon.svg" with { type: "file" };
import site from "./site.css" with { type: "file" };
import siteScript from "./site.js" with { type: "file" };
import { themeFiles } from "./themes.ts";

const ownFiles = {
  "htmx.js": htmx,
  "icon.svg": icon,
  "site.css": site,
  "site.js": siteScript,
} as const;

/** The names of all files that our pages load. A new one is a row of `ownFiles`. */
export type AssetName = `${Theme}.css` | keyof typeof ownFiles;

/** Where each file lies, by its name. */
export const assetFiles: Readonly<Record<AssetName, string>> = {
  ...(Object.fromEntries(themeNames.map((name) => [`${name}.css`, themeFiles[name]])) as Record<
    `${Theme}.css`,
    string
  >),
  ...ownFiles,
};
