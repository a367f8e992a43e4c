import { href } from "../../src/http/urls.ts";
import { at, type BoundRow, byField, byForm, byUrl, form, notRead, post } from "./bound-row.ts";

/** Signing in, accounts and what they choose. */
export const accountRows: readonly BoundRow[] = [
  byForm("signIn", at(href("signIn")), { username: "alice", password: "not it" }, { status: 422 }),
  byForm("signOut", at(href("signOut")), {}, notRead),
  byField("register", href("register"), "display_name", 100, (site) => {
    const password = "four quiet brown horses";
    return { username: site.newCode(), password, confirm_password: password };
  }),
  byField("user", href("user", { username: "bob" }), "display_name", 100, () => ({
    action: "change",
  })),
  post("deleteUser", {
    grows: "links of the account",
    bound: "deleted in portions",
    answer: "all of them",
    size: 200,
    rows: 2_000,
    store: (site, size) => site.addLeaver(size),
    request: (_, size) => ({
      path: href("deleteUser", { username: `leaver-${size}` }),
      init: form({ links: "delete" }),
    }),
  }),
  byForm("switchUser", at(href("switchUser", { username: "bob" })), {}, notRead),
  byForm("switchBack", at(href("switchBack")), {}, notRead),
  byForm("profile", at(href("profile")), { action: "change_time_zone", time_zone: "UTC" }),
  byForm("keys", at(href("keys")), { name: "a", scope: "links:read" }, { status: 422 }),
  byForm("revokeKey", at(href("revokeKey", { id: "4711" })), {}, { ...notRead, status: 404 }),
  byForm("settings", at(href("settings")), { theme: "lux" }),
  byForm("siteSettings", at(href("siteSettings")), { "app.title": "A" }),
  byField("siteSettings", href("siteSettings"), "app.title", 60, () => ({})),
  byForm("nodes", at(href("nodes")), { action: "forget", node: "none" }, { status: 404 }),
  byForm("dismissWarning", at(href("dismissWarning")), { warning: "a1b2", back: "/links" }),
  post("backup", {
    grows: "links of the account",
    bound: "the account's quota; written and sent in portions",
    answer: "all of them",
    size: 200,
    status: 200,
    bytes: 2_000_000,
    store: (site, size) => site.addLeaver(size),
    request: (_, size) => ({
      path: href("backup"),
      init: form({ target_user: `leaver-${size}` }),
    }),
  }),
  post("restore", {
    grows: "links in the archive",
    bound: "limits of docs/backup.md; read in a process of its own",
    answer: "422",
    size: 100,
    rows: 10_000,
    store: (site, size) => site.addArchive(size),
    request: ({ archives }, size) => {
      const body = new FormData();
      body.set("backup_file", archives.get(size) ?? new Blob(), "backup.zip");
      body.set("restore_mode", "merge");
      return { path: href("restore"), init: { method: "POST", body } };
    },
  }),
  byUrl("restoreProgress", at(href("restoreProgress", { id: "1" })), { status: 404 }),
  byForm(
    "restoreProgress",
    at(href("restoreProgress", { id: "1" })),
    {},
    { ...notRead, status: 404 },
  ),
];
