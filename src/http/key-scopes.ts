import { type Scope, scopesOf } from "../policy.ts";
import type { UrlName } from "./urls.ts";

const SEE = scopesOf["link.see"];
const CHANGE = scopesOf["link.edit"];
const CREATE = scopesOf["link.create"];
const CREATE_ANY = [...CREATE, ...scopesOf["link.create_with_content"]];
const RESTORE = scopesOf["backup.restore"];
const ACCOUNTS = scopesOf["user.change"];

/**
 * The URLs that an API key can call, and the scopes of which it needs one there, whatever their operations need. All
 * others are for people.
 */
export const keyScopes: Readonly<Partial<Record<UrlName, readonly Scope[]>>> = {
  add: CREATE_ANY,
  share: CREATE_ANY,
  sendFiles: CREATE_ANY,
  putFile: CREATE_ANY,
  putFileThere: CREATE_ANY,
  uploadFileThere: CREATE_ANY,
  checkCode: [...CREATE_ANY, ...CHANGE],
  tags: scopesOf["tag.list"],
  linksCsv: SEE,
  importLinks: CREATE,
  importProgress: CREATE,
  importRefused: CREATE,
  bulkLinks: CHANGE,
  bulkProgress: CHANGE,
  trash: SEE,
  editLink: CHANGE,
  deleteLink: CHANGE,
  deleteLinkShort: CHANGE,
  qr: SEE,
  view: SEE,
  thumbnail: SEE,
  backup: scopesOf["backup.make"],
  restore: RESTORE,
  restoreProgress: RESTORE,
  register: ACCOUNTS,
  user: ACCOUNTS,
  auditCsv: scopesOf["audit.list"],
};
