import { href, withQuery } from "../../../src/http/urls.ts";
import { assetHref } from "../../../src/web/static/asset.ts";
import { adminPermissionRows } from "../../api/admin-permission-rows.ts";
import { apiPermissionRows } from "../../api/api-permission-rows.ts";
import {
  ADMINISTRATOR,
  ADMINISTRATOR_OR_401,
  ANYBODY,
  at,
  both,
  get,
  IN_PERSON,
  IN_PERSON_OR_401,
  OWN,
  OWN_OR_401,
  type PermissionRow,
  PROBER,
  post,
  row,
  SIGNED_IN,
  SIGNED_IN_OR_401,
  target,
} from "./permission-row.ts";

/** Every URL, each method it has, and what is asked there that another is answered differently. */
export const permissionRows: readonly PermissionRow[] = [
  get("home", SIGNED_IN, at(href("home"))),
  ...both("signIn", [ANYBODY, ANYBODY], {
    path: at(href("signIn")),
    what: "with the right password",
    fields: () => ({ password: "a quiet Tuesday" }),
  }),
  ...both("signOut", [ANYBODY, ANYBODY], { path: at(href("signOut")) }),
  ...both("add", [SIGNED_IN, SIGNED_IN_OR_401], {
    path: at(href("add")),
    fields: ({ mark }) => ({ short_code: `new-${mark}`, url: target(mark) }),
  }),
  post("share", SIGNED_IN, { path: at(href("share")), fields: ({ mark }) => ({ title: mark }) }),
  get("links", SIGNED_IN, at(href("links"))),
  get("linksCsv", SIGNED_IN, at(href("linksCsv"))),
  get("importLinks", SIGNED_IN, at(href("importLinks"))),
  post("importLinks", SIGNED_IN_OR_401, {
    path: at(href("importLinks")),
    what: "into your own account",
    fields: ({ mark }) => ({ links: target(mark), action: "import" }),
  }),
  ...both("importProgress", [OWN, OWN_OR_401], {
    path: ({ imported }) => href("importProgress", { id: imported }),
    what: "of the owner's links",
    fields: () => ({ action: "cancel" }),
  }),
  get("importRefused", OWN, ({ imported }) => href("importRefused", { id: imported })),
  ...both("bulkProgress", [OWN, OWN_OR_401], {
    path: ({ bulkChange }) => href("bulkProgress", { id: bulkChange }),
    what: "of the owner's links",
    fields: () => ({ action: "cancel" }),
  }),
  post("bulkLinks", "401 nothing yes yes yes 401", {
    path: at(href("bulkLinks")),
    what: "delete the owner's links",
    fields: ({ link }) => ({ codes: link, action: "delete" }),
  }),
  post("bulkLinks", ADMINISTRATOR_OR_401, {
    path: at(href("bulkLinks")),
    what: "transfer the owner's links",
    fields: ({ link }) => ({ codes: link, action: "give", to: "admin" }),
  }),
  get("tags", SIGNED_IN, at(href("tags"))),
  post("tags", "401 404 yes yes yes 401", {
    path: at(href("tags")),
    what: "delete a tag of the owner's links",
    fields: ({ mark, owner }) => ({ tag: mark, action: "delete", owner }),
  }),
  get("trash", SIGNED_IN, at(href("trash"))),
  post("trash", "401 nothing yes yes yes 401", {
    path: at(href("trash")),
    what: "restore the owner's links",
    fields: ({ trashed }) => ({ codes: trashed, action: "recover" }),
  }),
  ...both("editLink", [OWN, OWN_OR_401], {
    path: ({ link }) => href("editLink", { shortCode: link }),
    fields: ({ mark }) => ({ url: target(`changed-${mark}`) }),
  }),
  ...both("linkFiles", [OWN, OWN_OR_401], {
    path: ({ collection }) => href("linkFiles", { shortCode: collection }),
  }),
  ...both("deleteLink", [OWN, OWN_OR_401], {
    path: ({ link }) => href("deleteLink", { shortCode: link }),
  }),
  ...both("deleteLinkShort", [OWN, OWN_OR_401], {
    path: ({ link }) => href("deleteLinkShort", { shortCode: link }),
  }),
  get("linkPage", OWN, ({ link }) => href("linkPage", { shortCode: link })),
  get("stats", SIGNED_IN, at(href("stats"))),
  get("linkStats", OWN, ({ link }) => href("linkStats", { shortCode: link })),
  get("tagStats", OWN, ({ mark }) => href("tagStats", { tag: mark })),
  get("userStats", OWN, ({ owner }) => href("userStats", { username: owner })),
  ...both("history", [OWN, OWN_OR_401], {
    path: ({ changed }) => href("history", { shortCode: changed }),
    fields: () => ({ version: "1" }),
  }),
  get("qrPage", OWN, ({ link }) => href("qrPage", { shortCode: link })),
  get("qr", ANYBODY, ({ link }) => href("qr", { shortCode: link, format: "svg" })),
  get(
    "qr",
    "404 404 yes yes yes 404",
    ({ switchedOff }) => href("qr", { shortCode: switchedOff, format: "svg" }),
    "of a disabled link",
  ),
  get("view", ANYBODY, ({ picture }) => href("view", { shortCode: picture })),
  get("zip", ANYBODY, ({ collection }) => href("zip", { shortCode: collection })),
  get("part", ANYBODY, ({ collection }) => href("part", { shortCode: collection, path: "a.txt" })),
  get("thumbnail", ANYBODY, ({ picture }) => href("thumbnail", { shortCode: picture })),
  get(
    "thumbnail",
    "404 404 yes yes yes 404",
    ({ switchedOff }) => href("thumbnail", { shortCode: switchedOff }),
    "of a disabled file",
  ),
  post("preview", SIGNED_IN_OR_401, {
    path: at(href("preview")),
    fields: () => ({ kind: "markdown", text: "# A" }),
  }),
  get("linkPreview", OWN, ({ document }) => href("linkPreview", { shortCode: document })),
  get("page", ANYBODY, ({ document }) => href("page", { shortCode: document })),
  get("pageOnce", ANYBODY, ({ document }) =>
    href("pageOnce", { pass: "used", shortCode: document }),
  ),
  get("framedSite", ANYBODY, ({ document }) =>
    href("framedSite", { pass: "-", shortCode: document, path: "a.css" }),
  ),
  post("unlock", ANYBODY, {
    path: ({ link }) => href("unlock", { shortCode: link }),
    what: "a link without a password",
    fields: () => ({ password: "a quiet Tuesday" }),
  }),
  get("checkCode", SIGNED_IN_OR_401, ({ mark }) =>
    withQuery(href("checkCode"), { short_code: mark }),
  ),
  ...both("profile", [IN_PERSON, IN_PERSON_OR_401], {
    path: at(href("profile")),
    what: "change your own account",
    fields: () => ({ action: "change_time_zone", time_zone: "UTC" }),
  }),
  post("profile", "401 422 yes 422 403 401", {
    path: at(href("profile")),
    what: "end a session of the owner",
    fields: ({ session }) => ({ action: "end_session", session }),
  }),
  ...both("keys", [IN_PERSON, IN_PERSON_OR_401], {
    path: at(href("keys")),
    what: "create an API key of your own",
    fields: ({ mark }) => ({ name: mark, scope: "links:read", expires_in: "never" }),
  }),
  get("allKeys", ADMINISTRATOR, at(href("allKeys"))),
  ...both("revokeKey", ["sign-in 404 yes yes 403 sign-in", "401 404 yes yes 403 401"], {
    path: ({ key }) => href("revokeKey", { id: key }),
    what: "an API key of the owner",
  }),
  ...both("settings", [IN_PERSON, IN_PERSON_OR_401], {
    path: at(href("settings")),
    fields: () => ({ theme: "lux" }),
  }),
  ...both("backup", [SIGNED_IN, "401 422 yes yes yes 401"], {
    path: at(href("backup")),
    what: "of the owner's data",
    fields: ({ owner }) => ({ target_user: owner }),
  }),
  ...both("restore", [SIGNED_IN, "401 422 yes yes yes 401"], {
    path: at(href("restore")),
    what: "into the owner's data",
    fields: ({ owner, archive }) => ({
      backup_file: archive,
      restore_mode: "merge",
      target_user: owner,
      preview: "1",
    }),
  }),
  ...both("restoreProgress", [OWN, OWN_OR_401], {
    path: ({ restore }) => href("restoreProgress", { id: restore }),
    what: "of the owner's data",
    fields: () => ({ action: "cancel" }),
  }),
  ...both("register", [ADMINISTRATOR, ADMINISTRATOR_OR_401], {
    path: at(href("register")),
    fields: ({ mark }) => ({
      username: `new-${mark}`,
      password: "a quiet Tuesday",
      confirm_password: "a quiet Tuesday",
    }),
  }),
  ...both("switchUser", [ADMINISTRATOR, ADMINISTRATOR_OR_401], {
    path: ({ owner }) => href("switchUser", { username: owner }),
  }),
  ...both("switchBack", [SIGNED_IN, SIGNED_IN_OR_401], { path: at(href("switchBack")) }),
  get("users", ADMINISTRATOR, at(href("users"))),
  ...both("user", [ADMINISTRATOR, ADMINISTRATOR_OR_401], {
    path: ({ person }) => href("user", { username: person }),
    what: "disable",
    fields: () => ({ action: "disable" }),
  }),
  post("user", ADMINISTRATOR_OR_401, {
    path: ({ person }) => href("user", { username: person }),
    what: "change the role to administrator",
    fields: () => ({ action: "change", role: "administrator" }),
  }),
  ...both("deleteUser", [ADMINISTRATOR, ADMINISTRATOR_OR_401], {
    path: ({ person }) => href("deleteUser", { username: person }),
    fields: () => ({ links: "delete" }),
  }),
  get("audit", ADMINISTRATOR, at(href("audit"))),
  get("auditCsv", ADMINISTRATOR, at(href("auditCsv"))),
  get("ownAudit", IN_PERSON, at(href("ownAudit"))),
  ...both("siteSettings", [ADMINISTRATOR, ADMINISTRATOR_OR_401], {
    path: at(href("siteSettings")),
    fields: ({ mark }) => ({ "app.title": mark }),
  }),
  get("proxy", ADMINISTRATOR, at(href("proxy"))),
  get("nodes", ADMINISTRATOR, at(href("nodes"))),
  post("nodes", "401 403 403 404 403 401", {
    path: at(href("nodes")),
    what: "forget one that does not exist",
    fields: () => ({ action: "forget", node: "none" }),
  }),
  post("dismissWarning", ADMINISTRATOR_OR_401, {
    path: at(href("dismissWarning")),
    fields: () => ({ warning: "a1b2", back: "/links" }),
  }),
  ...both("proxyProbe", [PROBER, PROBER], { path: at(href("proxyProbe")) }),
  ...apiPermissionRows,
  ...adminPermissionRows,
  get("apiPage", ANYBODY, at(href("apiPage"))),
  get("brand", ANYBODY, at("logo")),
  get("asset", ANYBODY, at(assetHref("site.css"))),
  get("favicon", ANYBODY, at(href("favicon"))),
  get("manifest", ANYBODY, at(href("manifest"))),
  get("robots", ANYBODY, at(href("robots"))),
  get("health", ANYBODY, at(href("health"))),
  get("ready", ANYBODY, at(href("ready"))),
  row("sendFiles", "POST", SIGNED_IN_OR_401, {
    path: at(href("sendFiles")),
    fields: ({ mark }) => ({ url: target(mark) }),
  }),
  row("sendFiles", "PUT", SIGNED_IN_OR_401, {
    path: at(href("sendFiles")),
    json: () => ({ a: "file" }),
  }),
  ...(["putFile", "putFileThere", "uploadFileThere"] as const).map((name) =>
    row(name, "PUT", SIGNED_IN_OR_401, {
      path: at(href(name, { fileName: "a.txt" })),
      json: () => ({ a: "file" }),
    }),
  ),
  post("changeByToken", "401 401 401 401 401 401", {
    path: ({ link }) => href("changeByToken", { shortCode: link }),
    what: "with a wrong token",
    fields: () => ({ token: "wrong", delete: "" }),
  }),
  ...(["GET", "POST", "DELETE"] as const).map((method) =>
    row("removeByToken", method, "404 404 404 404 404 404", {
      path: ({ link }) => href("removeByToken", { shortCode: link, token: "wrong" }),
      what: "with a wrong token",
    }),
  ),
  get("open", ANYBODY, ({ link }) => href("open", { shortCode: link })),
  get(
    "open",
    "410 410 410 410 410 410",
    ({ switchedOff }) => href("open", { shortCode: switchedOff }),
    "of a disabled link",
  ),
];
