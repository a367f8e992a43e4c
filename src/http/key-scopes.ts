import type { Scope } from "../policy.ts";
import type { UrlName } from "./urls.ts";

const SEE: readonly Scope[] = ["links:read", "links:write"];
const CHANGE: readonly Scope[] = ["links:write"];
const BACKUP: readonly Scope[] = ["backup:read", "backup:admin"];
const RESTORE: readonly Scope[] = ["backup:admin"];
const ACCOUNTS: readonly Scope[] = ["users:admin"];

/**
 * The URLs that an API key can call, and the scopes of which it needs one there, whatever their operations need. All
 * others are for people.
 */
export const keyScopes: Readonly<Partial<Record<UrlName, readonly Scope[]>>> = {
  add: ["links:create", "files:create"],
  checkCode: ["links:create", "files:create", "links:write"],
  tags: ["links:read", "tags:write"],
  linksCsv: SEE,
  importLinks: ["links:create"],
  importProgress: ["links:create"],
  importRefused: ["links:create"],
  bulkLinks: CHANGE,
  trash: SEE,
  editLink: CHANGE,
  deleteLink: CHANGE,
  deleteLinkShort: CHANGE,
  qr: SEE,
  view: SEE,
  thumbnail: SEE,
  backup: BACKUP,
  restore: RESTORE,
  restoreProgress: RESTORE,
  register: ACCOUNTS,
  user: ACCOUNTS,
  auditCsv: ["audit:read"],
};
