import type { ApiUrlName } from "../../../src/http/urls/api-urls.ts";
import type { UrlName } from "../../../src/http/urls.ts";

/**
 * By what a program does what a page does: the operations of the API, or why there is none. `key`: the address itself
 * takes API keys, and answers them in JSON or CSV.
 */
export type ByProgram = readonly string[] | "key" | { readonly because: string };

/** The operations of a page, by what it shows and the `action` of its forms. */
export type PageOperations = Readonly<Record<string, ByProgram>>;

const FOR_VISITORS = { because: "It is what visitors open, with or without a program." };
const IN_PERSON = { because: "It needs a person." };
const KEYS = { because: "Programs do not sign in: they send a key." };
const PROGRAMS = { because: "It is for programs." };
const FILES = { because: "It is a file of the pages." };
const BROWSER = { because: "It is about what one browser shows." };

const all = (by: ByProgram): PageOperations => ({ all: by });

/** Every page, and every operation of it: a page without a row does not compile, an action without one fails the test. */
export const pageOperations: Readonly<Record<Exclude<UrlName, ApiUrlName>, PageOperations>> = {
  home: { links: ["listLinks"], visits: ["readStats"], add: ["createLink"] },
  add: { create: ["createLink", "uploadFile", "createUpload"] },
  links: all(["listLinks"]),
  linksCsv: all("key"),
  importLinks: { preview: "key", import: "key" },
  importProgress: { show: "key", cancel: "key" },
  importRefused: all("key"),
  bulkLinks: {
    delete: ["startChange", "batchLinks"],
    enable: ["startChange", "batchLinks"],
    disable: ["startChange", "batchLinks"],
    expire: ["startChange", "batchLinks"],
    add_tags: ["startChange", "batchLinks"],
    remove_tags: ["startChange", "batchLinks"],
    transfer: ["startChange", "transferLink"],
    undo: ["undoChange"],
  },
  bulkProgress: { show: ["readChange"], cancel: ["cancelChange"], undo: ["undoChange"] },
  trash: {
    show: ["listTrash"],
    recover: ["restoreLink"],
    undo: ["undoChange"],
    purge: ["purgeLink"],
    empty: ["emptyTrash"],
  },
  tags: { show: ["listTags"], rename: ["renameTag"], merge: ["mergeTag"], delete: ["deleteTag"] },
  linkFiles: { show: ["listFiles"], change: ["changeFiles"], add: ["addFiles"] },
  editLink: {
    show: ["readLink", "readContent"],
    change: ["changeLink", "putLink", "replaceContent", "addAlias", "removeAlias"],
  },
  deleteLink: all(["deleteLink"]),
  deleteLinkShort: all(["deleteLink"]),
  linkPage: { show: ["readLink"], visits: ["readLinkStats"] },
  history: { show: ["listVersions", "readVersionContent"], restore: ["restoreVersion"] },
  qrPage: all(["readQr"]),
  preview: all({ because: "It shows a person a text before it is saved." }),
  linkPreview: all(["readContent"]),
  checkCode: all("key"),
  stats: { show: ["readStats"] },
  linkStats: { show: ["readLinkStats"], visits: ["readVisits", "readSingleVisits"] },
  tagStats: all(["readStats"]),
  userStats: all(["readStats"]),
  qr: all(["readQr"]),
  view: all(FOR_VISITORS),
  thumbnail: all(FOR_VISITORS),
  zip: all(FOR_VISITORS),
  page: all(FOR_VISITORS),
  pageOnce: all(FOR_VISITORS),
  framedSite: all(FOR_VISITORS),
  share: all(["createLink", "uploadFile"]),
  part: all(FOR_VISITORS),
  open: all(FOR_VISITORS),
  unlock: all(FOR_VISITORS),
  removeByToken: all(["deleteLink"]),
  signIn: all(KEYS),
  signOut: all(KEYS),
  profile: {
    show: ["readMe", "listOwnSessions", "listUploads", "listOwnAuditEvents"],
    change_password: { because: "It needs a person, who knows the current one." },
    change_time_zone: ["changeMe"],
    end_session: ["endOwnSession"],
    end_other_sessions: ["endOtherSessions"],
    delete_upload: ["deleteUpload"],
  },
  keys: { show: ["listKeys"], create: ["createKey"] },
  allKeys: all(["listKeys"]),
  revokeKey: all(["readKey", "revokeKey"]),
  settings: { own: ["changeMe"], site: ["changeSettings"] },
  backup: all(["downloadBackup"]),
  restore: { restore: ["startRestore"], preview: "key" },
  restoreProgress: { show: ["readRestore"], cancel: ["cancelRestore"] },
  register: all(["createUser"]),
  switchUser: all(IN_PERSON),
  switchBack: all(IN_PERSON),
  users: all(["listUsers"]),
  user: {
    show: ["readUser"],
    change: ["changeUser"],
    disable: ["changeUser"],
    enable: ["changeUser"],
    sign_out: ["endSessions"],
    one_time_password: ["createOneTimePassword"],
  },
  deleteUser: all(["deleteUser"]),
  audit: all(["listAuditEvents"]),
  auditCsv: all("key"),
  ownAudit: all(["listOwnAuditEvents"]),
  siteSettings: { show: ["readSettings"], change: ["changeSettings"] },
  nodes: { show: ["listNodes"], forget: ["forgetNode"] },
  proxy: all({ because: "It shows a browser's own request, as `trunk8 doctor --proxy` does." }),
  proxyProbe: all(PROGRAMS),
  dismissWarning: all(BROWSER),
  apiPage: all(["readDocument"]),
  brand: all(FILES),
  asset: all(FILES),
  favicon: all(FILES),
  manifest: all(FILES),
  robots: all(PROGRAMS),
  health: all(["readHealth"]),
  ready: all(["readHealth"]),
  sendFiles: all(PROGRAMS),
  putFile: all(PROGRAMS),
  putFileThere: all(PROGRAMS),
  uploadFileThere: all(PROGRAMS),
  changeByToken: all(PROGRAMS),
};
