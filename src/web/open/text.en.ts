import { catalogue } from "../../text/catalogue.ts";
import { formatCount, plural } from "../../text/format.ts";

const OFFICE = "application/vnd.openxmlformats-officedocument";
const OPEN_DOCUMENT = "application/vnd.oasis.opendocument";

/** By media type. */
const knownTypes: Readonly<Record<string, string>> = {
  "application/pdf": "PDF document",
  "application/rtf": "RTF document",
  "application/msword": "Word document",
  [`${OFFICE}.wordprocessingml.document`]: "Word document",
  "application/vnd.ms-excel": "Excel workbook",
  [`${OFFICE}.spreadsheetml.sheet`]: "Excel workbook",
  "application/vnd.ms-powerpoint": "PowerPoint presentation",
  [`${OFFICE}.presentationml.presentation`]: "PowerPoint presentation",
  [`${OPEN_DOCUMENT}.text`]: "OpenDocument text",
  [`${OPEN_DOCUMENT}.spreadsheet`]: "OpenDocument spreadsheet",
  [`${OPEN_DOCUMENT}.presentation`]: "OpenDocument presentation",
  [`${OPEN_DOCUMENT}.graphics`]: "OpenDocument drawing",
  "application/epub+zip": "EPUB book",
  "application/zip": "ZIP archive",
  "application/gzip": "Gzip archive",
  "application/x-tar": "TAR archive",
  "application/x-7z-compressed": "7-Zip archive",
  "application/vnd.rar": "RAR archive",
  "application/vnd.android.package-archive": "Android app",
};

/** By file name extension. */
const knownTexts: Readonly<Record<string, string>> = {
  txt: "Text",
  text: "Text",
  log: "Log",
  csv: "CSV table",
  tsv: "TSV table",
  json: "JSON",
  md: "Markdown text",
  markdown: "Markdown text",
  html: "HTML page",
  htm: "HTML page",
  xml: "XML",
  yaml: "YAML",
  yml: "YAML",
  toml: "TOML",
  sql: "SQL",
  css: "CSS",
  js: "JavaScript",
  mjs: "JavaScript",
  ts: "TypeScript",
  py: "Python code",
  sh: "Shell script",
  ics: "Calendar",
  vcf: "Contact",
};

/** Texts of opened links: why one does not open, the viewer, and the frame of documents. */
export const text = catalogue({
  problem: {
    notFound: "There is no link at this address.",
    expired: "This link has expired.",
    disabled: "This link is disabled.",
    limitReached: "This link has been opened as often as it may be.",
    serviceWorker: "Service workers cannot be loaded from here.",
    noFile: "The file of this link is missing. Its owner can upload it again.",
    notAFile: "Only files have a viewer page.",
    notPreviewable: "Only Markdown and HTML pages have a preview.",
  },
  gate: {
    title: "Password required",
    explanation: "This link is protected by a password.",
    password: "Password",
    open: "Open link",
    opening: "Opening the link",
    wrong: "This is not the password of the link.",
    limited: "This link can be opened a limited number of times. Open it in a browser.",
  },
  collection: {
    files: "Files",
    summary: (formatted: string, count: number, size: string) =>
      plural(count, { one: `1 file, ${size}`, other: `${formatted} files, ${size}` }),
    select: "Select",
    selectFile: (path: string) => `Select ${path}`,
    downloadFile: (path: string) => `Download ${path}`,
    downloadAll: "Download all",
    downloadSelected: "Download selected files",
    tooManyChosen: "Select at most 1,000 files, or download all.",
  },
  viewer: {
    empty: "This file is empty.",
    openOrDownload: "Open it in your browser, or download it.",
    notShowable: "Your browser cannot show this file. Download it to open it.",
    summary: (type: string, size: string) => `${type}, ${size}`,
    content: "Content of the file",
    theText: "the text",
    firstRows: (count: number) =>
      `Only the first ${formatCount(count)} rows are shown. Download the file to see the rest.`,
    cut: (size: string) => `Only the first ${size} are shown. Download the file to see the rest.`,
  },
  facts: {
    file: "File",
    type: "Type",
    details: "Details",
    mediaType: "Media type",
    sha256: "SHA-256",
    checksum: "SHA-256 checksum",
    metadata: "Metadata",
    removed: "Location and camera data were removed",
    sentSha256: "SHA-256 of the file as it was sent",
  },
  types: {
    image: (format: string) => `${format} image`,
    audio: (format: string) => `${format} audio`,
    video: (format: string) => `${format} video`,
    font: (format: string) => `${format} font`,
    text: "Text",
    file: "File",
    fileOf: (extension: string) => `${extension} file`,
    known: knownTypes,
    texts: knownTexts,
  },
  frame: {
    continues: "This page continues at",
  },
  document: {
    contents: "Contents",
    source: "Source",
    sourceShown: (why: string) => `${why} Its source is shown instead.`,
  },
});
