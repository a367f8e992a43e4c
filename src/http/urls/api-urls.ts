import { READ, type UrlRow } from "../url-row.ts";
import { apiAdminUrls } from "./api-admin-urls.ts";
import { API } from "./api-prefix.ts";

/** The URLs of the API. What each of their methods reads and answers is in `api/operations.ts`. */
export const apiUrls = {
  api: {
    pattern: API,
    methods: READ,
    access: "visitor",
    tongue: "api",
    doc: "Version of the program, and limits of the API.",
  },
  apiDocument: {
    pattern: `${API}/openapi.json`,
    methods: READ,
    access: "visitor",
    tongue: "api",
    doc: "The API as an OpenAPI 3.1 document.",
  },
  apiLinks: {
    pattern: `${API}/links`,
    methods: [...READ, "POST"],
    access: "signed_in",
    tongue: "api",
    doc: "List links, and create one.",
  },
  apiLink: {
    pattern: `${API}/links/:shortCode`,
    methods: [...READ, "PUT", "PATCH", "DELETE"],
    access: "signed_in",
    tongue: "api",
    doc: "Read, replace or create, change and delete a link.",
  },
  apiLinksBatch: {
    pattern: `${API}/links:batch`,
    methods: ["POST"],
    access: "signed_in",
    tongue: "api",
    doc: "Create, change and delete up to 1,000 links.",
  },
  apiLinksApply: {
    pattern: `${API}/links:apply`,
    methods: ["POST"],
    access: "signed_in",
    tongue: "api",
    doc: "Create and change links as a links.toml describes them.",
  },
  apiChanges: {
    pattern: `${API}/changes`,
    methods: ["POST"],
    access: "signed_in",
    tongue: "api",
    doc: "Change all links of a list.",
  },
  apiChange: {
    pattern: `${API}/changes/:id`,
    methods: [...READ, "DELETE"],
    access: "signed_in",
    tongue: "api",
    doc: "Read how far a change of many links has come, and cancel it.",
  },
  apiChangeUndo: {
    pattern: `${API}/changes/:id/undo`,
    methods: ["POST"],
    access: "signed_in",
    tongue: "api",
    doc: "Take back a change of many links.",
  },
  apiContent: {
    pattern: `${API}/links/:shortCode/content`,
    methods: [...READ, "PUT"],
    access: "signed_in",
    tongue: "api",
    doc: "Read and replace the bytes of a file, or the text of a page.",
  },
  apiLinkFiles: {
    pattern: `${API}/links/:shortCode/files`,
    methods: [...READ, "POST", "PATCH"],
    access: "signed_in",
    tongue: "api",
    doc: "List, add and change the files of a collection or an HTML page.",
  },
  apiQr: {
    pattern: `${API}/links/:shortCode/qr`,
    methods: READ,
    access: "signed_in",
    tongue: "api",
    doc: "QR code of the short URL, as SVG or PNG.",
  },
  apiAlias: {
    pattern: `${API}/links/:shortCode/aliases/:alias`,
    methods: ["PUT", "DELETE"],
    access: "signed_in",
    tongue: "api",
    doc: "Add and remove an alias of a link.",
  },
  apiTransfer: {
    pattern: `${API}/links/:shortCode/transfer`,
    methods: ["POST"],
    access: "signed_in",
    tongue: "api",
    doc: "Transfer a link to another owner, for administrators.",
  },
  apiVersions: {
    pattern: `${API}/links/:shortCode/versions`,
    methods: READ,
    access: "signed_in",
    tongue: "api",
    doc: "List the former destinations and texts of a link.",
  },
  apiVersionContent: {
    pattern: `${API}/links/:shortCode/versions/:version/content`,
    methods: READ,
    access: "signed_in",
    tongue: "api",
    doc: "Read a former text of a link.",
  },
  apiVersionRestore: {
    pattern: `${API}/links/:shortCode/versions/:version/restore`,
    methods: ["POST"],
    access: "signed_in",
    tongue: "api",
    doc: "Restore a version of a link.",
  },
  apiTrash: {
    pattern: `${API}/trash`,
    methods: [...READ, "DELETE"],
    access: "signed_in",
    tongue: "api",
    doc: "List deleted links, and empty the trash.",
  },
  apiTrashed: {
    pattern: `${API}/trash/:trashedCode`,
    methods: ["DELETE"],
    access: "signed_in",
    tongue: "api",
    doc: "Delete a link permanently.",
  },
  apiRestored: {
    pattern: `${API}/trash/:trashedCode/restore`,
    methods: ["POST"],
    access: "signed_in",
    tongue: "api",
    doc: "Restore a deleted link.",
  },
  apiFiles: {
    pattern: `${API}/files`,
    methods: ["POST"],
    access: "signed_in",
    tongue: "api",
    doc: "Upload a file, and create its link.",
  },
  apiUploads: {
    pattern: `${API}/uploads`,
    methods: [...READ, "POST"],
    access: "signed_in",
    tongue: "api",
    doc: "List uploads without a link, and begin one in portions (tus 1.0.0).",
  },
  apiUpload: {
    pattern: `${API}/uploads/:upload`,
    methods: [...READ, "POST", "PATCH", "DELETE"],
    access: "signed_in",
    tongue: "api",
    doc: "Read, continue and delete an upload in portions.",
  },
  apiTags: {
    pattern: `${API}/tags`,
    methods: READ,
    access: "signed_in",
    tongue: "api",
    doc: "List tags.",
  },
  apiTag: {
    pattern: `${API}/tags/:tag`,
    methods: ["PATCH", "DELETE"],
    access: "signed_in",
    tongue: "api",
    doc: "Rename and delete a tag of all links.",
  },
  apiTagMerge: {
    pattern: `${API}/tags/:tag/merge`,
    methods: ["POST"],
    access: "signed_in",
    tongue: "api",
    doc: "Replace a tag by another one in all links.",
  },
  ...apiAdminUrls,
} as const satisfies Record<string, UrlRow>;

export type ApiUrlName = keyof typeof apiUrls;

/** Whether a path is of the API, also where nothing is there. */
export function isApiPath(path: string): boolean {
  return path === API || path.startsWith(`${API}/`);
}
