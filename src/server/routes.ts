import { RegExpRouter } from "hono/router/reg-exp-router";
import { SmartRouter } from "hono/router/smart-router";
import { TrieRouter } from "hono/router/trie-router";
import type { Handler } from "../http/call.ts";
import { type UrlName, urls } from "../http/urls.ts";
import { Problem } from "../problem.ts";
import { userDeletion } from "../web/accounts/delete-user.tsx";
import { switching } from "../web/accounts/impersonate.tsx";
import { register } from "../web/accounts/register.tsx";
import { accounts } from "../web/accounts/sign-in.tsx";
import { users } from "../web/accounts/user-list.tsx";
import { userPage } from "../web/accounts/user-page.tsx";
import { audit } from "../web/audit/audit-page.tsx";
import { backup } from "../web/backup/backup-page.tsx";
import { restore } from "../web/backup/restore-page.tsx";
import { home } from "../web/home-page.tsx";
import { links } from "../web/links/form/edit-links.tsx";
import { linkPage } from "../web/links/link-page.tsx";
import { bulk } from "../web/links/list/bulk.tsx";
import { list } from "../web/links/list/link-list.tsx";
import { qr } from "../web/links/qr-code.ts";
import { open } from "../web/open/open.ts";
import { previews } from "../web/open/previews.ts";
import { thumbnail } from "../web/open/thumbnail.ts";
import { view } from "../web/open/viewer.tsx";
import { profile } from "../web/profile/profile-page.tsx";
import { proxyCheck } from "../web/site/proxy-check-page.tsx";
import { siteSettings } from "../web/site/site-settings-page.tsx";
import { settings } from "../web/site/theme-settings.tsx";
import { asset } from "../web/static/asset.ts";
import { brand, favicon } from "../web/static/branding.ts";
import { robots } from "../web/static/robots.ts";
import { health } from "./health.ts";

/** What answers each URL, by its name. HEAD is answered as GET is; the runtime sends no body. */
const handlers: Readonly<Record<UrlName, { readonly GET?: Handler; readonly POST?: Handler }>> = {
  home: { GET: home },
  signIn: { GET: accounts.signInForm, POST: accounts.signIn },
  signOut: { GET: accounts.signOutForm, POST: accounts.signOut },
  add: { GET: links.addForm, POST: links.add },
  links: { GET: list },
  bulkLinks: { POST: bulk },
  editLink: { GET: links.editForm, POST: links.edit },
  deleteLink: { GET: links.deleteForm, POST: links.delete },
  deleteLinkShort: { GET: links.deleteForm, POST: links.delete },
  linkPage: { GET: linkPage },
  qr: { GET: qr },
  view: { GET: view },
  thumbnail: { GET: thumbnail },
  preview: { POST: previews.ofText },
  linkPreview: { GET: previews.ofLink },
  checkCode: { GET: links.checkCode },
  profile: { GET: profile.show, POST: profile.change },
  settings: { GET: settings.show, POST: settings.save },
  backup: { GET: backup.show, POST: backup.make },
  restore: { GET: restore.show, POST: restore.run },
  register: { GET: register.show, POST: register.make },
  switchUser: { GET: switching.toForm, POST: switching.to },
  switchBack: { GET: switching.backForm, POST: switching.back },
  users: { GET: users },
  user: { GET: userPage.show, POST: userPage.change },
  deleteUser: { GET: userDeletion.ask, POST: userDeletion.remove },
  audit: { GET: audit.list },
  auditCsv: { GET: audit.csv },
  ownAudit: { GET: audit.own },
  siteSettings: { GET: siteSettings.show, POST: siteSettings.save },
  proxy: { GET: proxyCheck.show },
  proxyProbe: { GET: proxyCheck.see, POST: proxyCheck.take },
  brand: { GET: brand },
  asset: { GET: asset },
  favicon: { GET: favicon },
  robots: { GET: robots },
  health: { GET: health },
  open: { GET: open },
};

export interface Route {
  readonly name: UrlName;
  readonly params: Readonly<Record<string, string>>;
}

const router = new SmartRouter<UrlName>({ routers: [new RegExpRouter(), new TrieRouter()] });
for (const [name, { pattern }] of Object.entries(urls))
  router.add("ALL", routerPattern(pattern), name as UrlName);

/** The URL that a canonical path belongs to, its parameters decoded; null when none fits. */
export function findRoute(path: string): Route | null {
  const [matched, stash] = router.match("ALL", path);
  const [name, places] = matched[0] ?? [];
  if (name === undefined || places === undefined) return null;
  const params = Object.entries(places).flatMap(([key, place]) => {
    const value = typeof place === "number" ? stash?.[place] : place;
    return splitExtension(key, decodeURIComponent(value ?? ""));
  });
  return { name, params: Object.fromEntries(params) };
}

/** To the router `:name.:extension` is one part of that odd name; the extension is what follows the last dot. */
function splitExtension(key: string, value: string): [key: string, value: string][] {
  const [name = key, extension] = key.split(".:");
  const [, stem = value, ending = ""] = /^(.*)\.(.*)$/s.exec(value) ?? [];
  return extension === undefined
    ? [[key, value]]
    : [
        [name, stem],
        [extension, ending],
      ];
}

const KNOWN_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];

/** @throws Problem `method_not_allowed`, or `not_implemented` for a method that HTTP's users hardly know */
export function findHandler(name: UrlName, method: string): Handler {
  const { GET, POST } = handlers[name];
  if ((method === "GET" || method === "HEAD") && GET !== undefined) return GET;
  if (method === "POST" && POST !== undefined) return POST;
  if (!KNOWN_METHODS.includes(method))
    throw new Problem("not_implemented", "This method is not known here.");
  throw new Problem("method_not_allowed", "This address does not answer that method.", {
    allow: urls[name].methods,
  });
}

/** Our patterns end in `*` for all that follows; the router wants a name for it. */
function routerPattern(pattern: string): string {
  return pattern.replace(/\*$/, ":path{.+}");
}
