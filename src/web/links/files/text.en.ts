import { catalogue } from "../../../text/catalogue.ts";

/** Texts of the files of a collection, as its owner changes them. */
export const text = catalogue({
  title: (code: string) => `Files of ${code}`,
  files: "Files",
  folder: "Or a folder",
  folderOfPage:
    "With an index.html; or choose a zip file of it. The folder, or the zip file, becomes the whole page.",
  dropFolder: "It may be dropped anywhere on this page.",
  drop: "Drop files and folders anywhere on this page, or paste them.",
  each: { label: "Create", one: "One collection", each: "One link each" },
  script: {
    chosen: "Files chosen: {count}",
    sending: "Uploading: {done} of {count} files",
    sendingLarge: "Uploading: {done} of {count} files; {path}: {percent}%",
  },
  shared: "Shared files",
  chooseAgain: "Choose the files again.",
  atMost: (size: string) => `All files of one upload have at most ${size} together.`,
  add: "Add files",
  addHelp: "A file with the path of one that is here replaces it.",
  upload: "Upload",
  path: "Path",
  fileTitle: "Title",
  position: "Position",
  remove: "Remove",
  removeFile: (path: string) => `Remove ${path}`,
  pathOf: (path: string) => `Path of ${path}`,
  titleOf: (path: string) => `Title of ${path}`,
  positionOf: (path: string) => `Position of ${path}`,
  list: "Files",
  link: "Link",
});
