import { href, type UrlName, withQuery } from "../../src/http/urls.ts";
import {
  ANYBODY,
  type Asked,
  at,
  type PermissionRow,
  row,
  target,
} from "../web/permissions/permission-row.ts";

/** What the owner and administrators may do, and another user does not find. */
const OWN = "401 404 yes yes yes 401";
const SIGNED_IN = "401 yes yes yes yes 401";

/** A method with a body of JSON, empty by default. */
const send = (name: UrlName, method: PermissionRow["method"], answers: string, asked: Asked) =>
  row(name, method, answers, { json: () => ({}), ...asked });

const get = (name: UrlName, answers: string, path: Asked["path"], what = "") =>
  row(name, "GET", answers, { path, what });

const ownLink = { path: ({ link }) => href("apiLink", { shortCode: link }) } satisfies Asked;

/** What nobody but the owner finds. */
const UPLOADER = "401 404 yes 404 yes 401";
const uploadPath: Asked["path"] = ({ upload }) => href("apiUpload", { upload });

const changePath: Asked["path"] = ({ bulkChange: id }) => href("apiChange", { id });

const TUS = {
  "tus-resumable": "1.0.0",
  "upload-offset": "0",
  "content-type": "application/offset+octet-stream",
};

/** Every operation of the API. */
export const apiPermissionRows: readonly PermissionRow[] = [
  get("api", ANYBODY, at(href("api"))),
  get("apiDocument", ANYBODY, at(href("apiDocument"))),
  get("apiLinks", SIGNED_IN, at(href("apiLinks"))),
  send("apiLinks", "POST", SIGNED_IN, {
    path: at(href("apiLinks")),
    json: ({ mark }) => ({ short_code: `api-${mark}`, target: target(mark) }),
  }),
  send("apiLinksBatch", "POST", SIGNED_IN, {
    path: at(href("apiLinksBatch")),
    json: ({ mark }) => ({ mode: "all", operations: [{ op: "create", target: target(mark) }] }),
  }),
  send("apiLinksBatch", "POST", OWN, {
    path: at(href("apiLinksBatch")),
    what: "of a link of the owner",
    json: ({ link }) => ({ mode: "all", operations: [{ op: "change", link, note: "batch" }] }),
  }),
  send("apiLinksApply", "POST", SIGNED_IN, {
    path: at(href("apiLinksApply")),
    json: ({ mark }) => ({ toml: `[links.file-${mark}]\nurl = "${target(mark)}"\n` }),
  }),
  // One that runs would keep all others of the account waiting.
  send("apiChanges", "POST", "401 422 422 422 422 401", {
    path: at(href("apiChanges")),
    json: () => ({ action: "enable", filter: { owner: "no-such-user" } }),
  }),
  get("apiChange", OWN, changePath),
  row("apiChange", "DELETE", OWN, { path: changePath }),
  // There is nothing to take back.
  row("apiChangeUndo", "POST", "401 404 409 409 409 401", {
    path: ({ bulkChange: id }) => href("apiChangeUndo", { id }),
  }),
  get("apiLink", OWN, ownLink.path),
  send("apiLink", "PUT", OWN, { ...ownLink, json: () => ({ kind: "file", note: "put" }) }),
  send("apiLink", "PATCH", OWN, { ...ownLink, json: () => ({ note: "changed" }) }),
  row("apiLink", "DELETE", OWN, ownLink),
  get("apiContent", OWN, ({ picture }) => href("apiContent", { shortCode: picture })),
  row("apiContent", "PUT", OWN, {
    path: ({ link }) => href("apiContent", { shortCode: link }),
    json: () => ({ any: "bytes" }),
  }),
  get("apiLinkFiles", OWN, ({ collection }) => href("apiLinkFiles", { shortCode: collection })),
  send("apiLinkFiles", "PATCH", OWN, {
    path: ({ collection }) => href("apiLinkFiles", { shortCode: collection }),
    json: () => ({ files: [] }),
  }),
  row("apiLinkFiles", "POST", OWN, {
    path: ({ collection }) => href("apiLinkFiles", { shortCode: collection }),
    fields: () => ({ file: new Blob(["more"]) }),
  }),
  get("apiQr", OWN, ({ link }) => href("apiQr", { shortCode: link })),
  row("apiAlias", "PUT", OWN, {
    path: ({ link, mark }) => href("apiAlias", { shortCode: link, alias: `alias-${mark}` }),
  }),
  row("apiAlias", "DELETE", "401 404 404 404 404 401", {
    path: ({ link }) => href("apiAlias", { shortCode: link, alias: "none" }),
    what: "one that does not exist",
  }),
  send("apiTransfer", "POST", "401 404 403 yes 403 401", {
    path: ({ link }) => href("apiTransfer", { shortCode: link }),
    json: () => ({ to: "admin" }),
  }),
  get("apiVersions", OWN, ({ changed }) => href("apiVersions", { shortCode: changed })),
  get(
    "apiVersionContent",
    "401 404 404 404 404 401",
    ({ changed }) => href("apiVersionContent", { shortCode: changed, version: "1" }),
    "of a redirect",
  ),
  row("apiVersionRestore", "POST", OWN, {
    path: ({ changed }) => href("apiVersionRestore", { shortCode: changed, version: "1" }),
  }),
  get("apiTrash", SIGNED_IN, at(href("apiTrash"))),
  get(
    "apiTrash",
    "401 422 yes yes yes 401",
    ({ owner }) => withQuery(href("apiTrash"), { owner }),
    "of the owner",
  ),
  row("apiTrash", "DELETE", "401 422 yes yes yes 401", {
    path: ({ owner }) => withQuery(href("apiTrash"), { owner }),
    what: "of the owner",
  }),
  row("apiTrashed", "DELETE", OWN, {
    path: ({ trashed }) => href("apiTrashed", { trashedCode: trashed }),
  }),
  send("apiRestored", "POST", OWN, {
    path: ({ trashed }) => href("apiRestored", { trashedCode: trashed }),
  }),
  row("apiFiles", "POST", SIGNED_IN, { path: at(href("apiFiles")), json: () => ({ a: "file" }) }),
  get("apiUploads", SIGNED_IN, at(href("apiUploads"))),
  row("apiUploads", "POST", SIGNED_IN, {
    path: at(href("apiUploads")),
    headers: { ...TUS, "upload-length": "5" },
  }),
  get("apiUpload", UPLOADER, uploadPath),
  row("apiUpload", "PATCH", UPLOADER, { path: uploadPath, headers: TUS }),
  row("apiUpload", "POST", UPLOADER, {
    path: uploadPath,
    headers: { ...TUS, "x-http-method-override": "PATCH" },
  }),
  row("apiUpload", "DELETE", UPLOADER, { path: uploadPath, headers: TUS }),
  get("apiTags", SIGNED_IN, at(href("apiTags"))),
  get(
    "apiTags",
    "401 422 yes yes yes 401",
    ({ owner }) => withQuery(href("apiTags"), { owner }),
    "of the owner",
  ),
  send("apiTag", "PATCH", "401 422 yes yes yes 401", {
    path: ({ mark, owner }) => withQuery(href("apiTag", { tag: mark }), { owner }),
    what: "of the owner",
    json: ({ mark }) => ({ to: `${mark}-renamed` }),
  }),
  row("apiTag", "DELETE", "401 422 yes yes yes 401", {
    path: ({ mark, owner }) => withQuery(href("apiTag", { tag: mark }), { owner }),
    what: "of the owner",
  }),
  send("apiTagMerge", "POST", "401 422 422 422 422 401", {
    path: ({ mark, owner }) => withQuery(href("apiTagMerge", { tag: mark }), { owner }),
    what: "of the owner, into one that does not exist",
    json: () => ({ to: "none" }),
  }),
];
