import { type ZodType, z } from "zod";
import { accountChangesSchema, newUserSchema, removalPlanSchema } from "../accounts/user-schema.ts";
import { changeByToken } from "../api/curl/change-by-token.ts";
import { putFile, sendFiles } from "../api/curl/send-files.ts";
import { makeReference } from "../api/openapi/reference.ts";
import { apiHandlers, listOperations } from "../api/operations.ts";
import type { Handler } from "../http/call.ts";
import type { Method } from "../http/url-row.ts";
import { type UrlName, urls } from "../http/urls.ts";
import { bulkChangeSchema } from "../links/input/bulk-schema.ts";
import { linkChangesJsonSchema, newLinkJsonSchema } from "../links/input/link-json.ts";
import { tagChangeSchema } from "../links/input/tag-schema.ts";
import { trashChangeSchema } from "../links/input/trash-schema.ts";
import { restorationSchema } from "../links/input/version-schema.ts";
import { Problem } from "../problem.ts";
import { userDeletion } from "../web/accounts/delete-user.tsx";
import { impersonation } from "../web/accounts/impersonate.tsx";
import { register } from "../web/accounts/register.tsx";
import { signingIn } from "../web/accounts/sign-in.tsx";
import { users } from "../web/accounts/user-list.tsx";
import { userPage } from "../web/accounts/user-page.tsx";
import { apiPage } from "../web/api/api-page.tsx";
import { audit } from "../web/audit/audit-page.tsx";
import { backup } from "../web/backup/backup-page.tsx";
import { restore } from "../web/backup/restore-page.tsx";
import { restoreProgress } from "../web/backup/restore-progress-page.tsx";
import { home } from "../web/home-page.tsx";
import { allKeys } from "../web/keys/all-keys-page.tsx";
import { keys } from "../web/keys/keys-page.tsx";
import { keyRevocation } from "../web/keys/revoke-key.tsx";
import { bulkProgress } from "../web/links/bulk/bulk-progress-page.tsx";
import { linksCsv } from "../web/links/csv/export-csv.ts";
import { importLinks } from "../web/links/csv/import-page.tsx";
import { importProgress } from "../web/links/csv/import-progress-page.tsx";
import { linkFiles } from "../web/links/files/link-files.tsx";
import { links } from "../web/links/form/edit-links.tsx";
import { history } from "../web/links/history/history-page.tsx";
import { linkPage } from "../web/links/link-page.tsx";
import { bulk } from "../web/links/list/bulk.tsx";
import { list } from "../web/links/list/link-list.tsx";
import { qr } from "../web/links/qr-code.ts";
import { qrPage } from "../web/links/qr-page.tsx";
import { removalByToken } from "../web/links/remove-by-token.tsx";
import { receiveShare } from "../web/links/share/receive-share.ts";
import { tags } from "../web/links/tags/tags-page.tsx";
import { trash } from "../web/links/trash/trash-page.tsx";
import { zip } from "../web/open/collection/zip.ts";
import { unlock } from "../web/open/gate/unlock.ts";
import { open, openFramed } from "../web/open/open.ts";
import { openPart } from "../web/open/open-part.ts";
import { previews } from "../web/open/previews.ts";
import { openFramedSite } from "../web/open/site/open-site.ts";
import { thumbnail } from "../web/open/thumbnail.ts";
import { view } from "../web/open/viewer/viewer.tsx";
import { profile } from "../web/profile/profile-page.tsx";
import { nodes } from "../web/site/nodes-page.tsx";
import { proxyCheck } from "../web/site/proxy-check-page.tsx";
import { siteSettings } from "../web/site/site-settings-page.tsx";
import { settings, themesSchema } from "../web/site/theme-settings.tsx";
import { asset } from "../web/static/asset.ts";
import { brand, favicon } from "../web/static/branding.ts";
import { manifest } from "../web/static/manifest.ts";
import { robots } from "../web/static/robots.ts";
import { stats } from "../web/stats/stats-page.tsx";
import { dismissWarning } from "../web/ui/layout/warnings.tsx";
import { health, ready } from "./health.ts";
import { text } from "./text.en.ts";

/** A handler with the schemas of what it reads and answers, where these are JSON. */
export interface Operation {
  readonly handler: Handler;
  readonly input?: ZodType;
  readonly output?: ZodType;
}

/** The methods of a URL that need a handler. HEAD is answered as GET is; the runtime sends no body. */
type Handled<Name extends UrlName> = Exclude<(typeof urls)[Name]["methods"][number], "HEAD">;

/** The upper half of the route table in `http/urls.ts`: what answers each method of each URL. */
type Operations = {
  readonly [Name in UrlName]: Readonly<Record<Handled<Name>, Handler | Operation>>;
};

/** How many links have changed, and what undoes it. */
const bulkOutput = z.object({ count: z.int(), undo: z.int().nullable() });

const operations: Operations = {
  home: { GET: home },
  sendFiles: { POST: sendFiles, PUT: putFile },
  putFile: { PUT: putFile },
  putFileThere: { PUT: putFile },
  uploadFileThere: { PUT: putFile },
  changeByToken: { POST: changeByToken },
  removeByToken: {
    GET: removalByToken.ask,
    POST: removalByToken.remove,
    DELETE: removalByToken.remove,
  },
  signIn: { GET: signingIn.signInForm, POST: signingIn.signIn },
  signOut: { GET: signingIn.signOutForm, POST: signingIn.signOut },
  add: { GET: links.addForm, POST: { handler: links.add, input: newLinkJsonSchema } },
  share: { POST: receiveShare },
  links: { GET: list },
  linksCsv: { GET: linksCsv },
  importLinks: { GET: importLinks.show, POST: importLinks.run },
  importProgress: { GET: importProgress.show, POST: importProgress.change },
  bulkProgress: { GET: bulkProgress.show, POST: bulkProgress.change },
  importRefused: { GET: importProgress.refused },
  trash: {
    GET: { handler: trash.show },
    POST: { handler: trash.change, input: trashChangeSchema, output: z.object({ count: z.int() }) },
  },
  tags: {
    GET: { handler: tags.show },
    POST: { handler: tags.change, input: tagChangeSchema, output: z.object({ count: z.int() }) },
  },
  bulkLinks: {
    POST: { handler: bulk, input: bulkChangeSchema, output: bulkOutput },
  },
  editLink: {
    GET: links.editForm,
    POST: { handler: links.edit, input: linkChangesJsonSchema },
  },
  linkFiles: { GET: linkFiles.show, POST: linkFiles.change },
  deleteLink: { GET: links.deleteForm, POST: links.delete },
  deleteLinkShort: { GET: links.deleteForm, POST: links.delete },
  linkPage: { GET: linkPage },
  stats: { GET: stats.ofSite },
  linkStats: { GET: stats.ofLink },
  tagStats: { GET: stats.ofTag },
  userStats: { GET: stats.ofUser },
  history: {
    GET: { handler: history.show },
    POST: {
      handler: history.restore,
      input: restorationSchema,
      output: z.object({ short_code: z.string(), revision: z.int() }),
    },
  },
  qr: { GET: qr },
  qrPage: { GET: qrPage },
  view: { GET: view },
  thumbnail: { GET: thumbnail },
  zip: { GET: zip },
  preview: { POST: previews.ofText },
  linkPreview: { GET: previews.ofLink },
  page: { GET: openFramed },
  pageOnce: { GET: openFramed },
  framedSite: { GET: openFramedSite },
  unlock: { POST: unlock },
  checkCode: {
    GET: { handler: links.checkCode, output: z.object({ ok: z.boolean(), message: z.string() }) },
  },
  profile: { GET: profile.show, POST: profile.change },
  keys: { GET: keys.show, POST: keys.create },
  allKeys: { GET: allKeys },
  revokeKey: { GET: keyRevocation.ask, POST: keyRevocation.revoke },
  settings: { GET: settings.show, POST: { handler: settings.save, input: themesSchema } },
  backup: { GET: backup.show, POST: backup.make },
  restore: { GET: restore.show, POST: restore.run },
  restoreProgress: { GET: restoreProgress.show, POST: restoreProgress.change },
  register: { GET: register.show, POST: { handler: register.create, input: newUserSchema } },
  switchUser: { GET: impersonation.startForm, POST: impersonation.start },
  dismissWarning: { POST: dismissWarning },
  switchBack: { GET: impersonation.stopForm, POST: impersonation.stop },
  users: { GET: users },
  user: {
    GET: userPage.show,
    POST: { handler: userPage.change, input: accountChangesSchema },
  },
  deleteUser: {
    GET: userDeletion.ask,
    POST: { handler: userDeletion.remove, input: removalPlanSchema },
  },
  audit: { GET: audit.list },
  auditCsv: { GET: audit.csv },
  ownAudit: { GET: audit.own },
  siteSettings: { GET: siteSettings.show, POST: siteSettings.save },
  proxy: { GET: proxyCheck.show },
  nodes: { GET: nodes.show, POST: nodes.change },
  proxyProbe: { GET: proxyCheck.see, POST: proxyCheck.take },
  brand: { GET: brand },
  asset: { GET: asset },
  favicon: { GET: favicon },
  manifest: { GET: manifest },
  robots: { GET: robots },
  health: { GET: { handler: health, output: z.object({ status: z.literal("pass") }) } },
  ready: {
    GET: { handler: ready, output: z.object({ status: z.literal(["pass", "fail"]) }) },
  },
  apiPage: { GET: apiPage(() => makeReference(listOperations())) },
  ...apiHandlers,
  part: { GET: openPart },
  open: { GET: open },
};

const KNOWN_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];

/** Returns what answers a method of a URL; null if the URL does not support it. */
export function findOperation(name: UrlName, method: string): Operation | null {
  const byMethod: Partial<Record<string, Handler | Operation>> = operations[name];
  const found = byMethod[method === "HEAD" ? "GET" : method];
  if (found === undefined) return null;
  return typeof found === "function" ? { handler: found } : found;
}

/** @throws Problem `method_not_allowed`, or `not_implemented` for a method that is not of HTTP */
export function findHandler(name: UrlName, method: string): Handler {
  const operation = findOperation(name, method);
  if (operation !== null) return operation.handler;
  if (!KNOWN_METHODS.includes(method))
    throw new Problem("not_implemented", text.request.methodUnknown);
  const allow: readonly Method[] = urls[name].methods;
  throw new Problem("method_not_allowed", text.request.methodNotAllowed, { allow });
}
