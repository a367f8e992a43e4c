import htmx from "htmx.org/dist/htmx.min.js" with { type: "file" };
import { type Theme, themeNames } from "../../../config/values/themes.ts";
import { fontFiles } from "../themes/font-files.ts";
import { themeFiles } from "../themes/theme-files.ts";
import attachScript from "./attach.js" with { type: "file" };
import codeStyles from "./code.css" with { type: "file" };
import codeEditorScript from "./code-editor.js" with { type: "file" };
import documentStyles from "./document.css" with { type: "file" };
import draftScript from "./draft.js" with { type: "file" };
import editorStyles from "./editor.css" with { type: "file" };
import editorScript from "./editor.js" with { type: "file" };
import fileStyles from "./file.css" with { type: "file" };
import fileScript from "./file.js" with { type: "file" };
import filesScript from "./files.js" with { type: "file" };
import folderScript from "./folder.js" with { type: "file" };
import frame from "./frame.css" with { type: "file" };
import homeScript from "./home.js" with { type: "file" };
import icon from "./icon.svg" with { type: "file" };
import icon192 from "./icon-192.png" with { type: "file" };
import icon512 from "./icon-512.png" with { type: "file" };
import iconMask from "./icon-mask.png" with { type: "file" };
import linkStyles from "./link.css" with { type: "file" };
import linkFormScript from "./link-form.js" with { type: "file" };
import listStyles from "./list.css" with { type: "file" };
import pageFrameStyles from "./page-frame.css" with { type: "file" };
import pageFrameScript from "./page-frame.js" with { type: "file" };
import portionsScript from "./portions.js" with { type: "file" };
import rowActionsScript from "./row-actions.js" with { type: "file" };
import settingsStyles from "./settings.css" with { type: "file" };
import site from "./site.css" with { type: "file" };
import siteScript from "./site.js" with { type: "file" };
import statsStyles from "./stats.css" with { type: "file" };
import statsScript from "./stats.js" with { type: "file" };
import tagsScript from "./tags.js" with { type: "file" };
import themeChoiceScript from "./theme-choice.js" with { type: "file" };
import uploadStyles from "./upload.css" with { type: "file" };
import uploadScript from "./upload.js" with { type: "file" };
import zoneScript from "./zone.js" with { type: "file" };

const ownFiles = {
  "attach.js": attachScript,
  "code.css": codeStyles,
  "codeeditor.js": codeEditorScript,
  "document.css": documentStyles,
  "draft.js": draftScript,
  "editor.css": editorStyles,
  "editor.js": editorScript,
  "home.js": homeScript,
  "file.css": fileStyles,
  "file.js": fileScript,
  "files.js": filesScript,
  "folder.js": folderScript,
  "frame.css": frame,
  "htmx.js": htmx,
  "icon.svg": icon,
  "icon192.png": icon192,
  "icon512.png": icon512,
  "iconmask.png": iconMask,
  "link.css": linkStyles,
  "linkform.js": linkFormScript,
  "list.css": listStyles,
  "pageframe.css": pageFrameStyles,
  "pageframe.js": pageFrameScript,
  "portions.js": portionsScript,
  "rowactions.js": rowActionsScript,
  "settings.css": settingsStyles,
  "site.css": site,
  "site.js": siteScript,
  "stats.css": statsStyles,
  "stats.js": statsScript,
  "tags.js": tagsScript,
  "themechoice.js": themeChoiceScript,
  "upload.css": uploadStyles,
  "upload.js": uploadScript,
  "zone.js": zoneScript,
} as const;

/** The names of all files that lie on disk. A new one is a row of `ownFiles`. */
export type AssetFile = `${Theme}.css` | keyof typeof ownFiles | keyof typeof fontFiles;

const themeEntries = themeNames.map((name) => [`${name}.css`, themeFiles[name]] as const);

/** Where each file lies, by its name. */
export const assetFiles = {
  ...Object.fromEntries(themeEntries),
  ...ownFiles,
  ...fontFiles,
} as Readonly<Record<AssetFile, string>>;
