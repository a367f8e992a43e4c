import { findRoute } from "./find-route.ts";
import { canonicalPath } from "./request/client.ts";
import { href, MAX_URL_LENGTH, type UrlName } from "./urls.ts";

const NOWHERE = "http://nowhere.invalid";
const OWN_PATH = /^\/(?!\/)[^\\\p{Cc}]*$/u;

/** What shows a page of a user as a whole: it may look like a page of ours, or go on to another site. */
const showsUsersPage: ReadonlySet<UrlName> = new Set<UrlName>([
  "open",
  "part",
  "page",
  "pageOnce",
  "framedSite",
  "linkPreview",
]);

/**
 * Where to go after signing in: `text` if it is the path of a page of ours (the query kept), else home. The path is
 * judged again once the WHATWG parser has resolved its dots, since `/.//evil.example` becomes `//evil.example`.
 */
export function safeNext(text: string): string {
  if (text.length > MAX_URL_LENGTH || !OWN_PATH.test(text)) return href("home");
  const url = URL.parse(text, NOWHERE);
  if (url === null || url.origin !== NOWHERE || !OWN_PATH.test(url.pathname)) return href("home");
  return isPageOfOurs(url.pathname) ? url.pathname + url.search : href("home");
}

function isPageOfOurs(path: string): boolean {
  const canonical = canonicalPath(path);
  const route = canonical === null ? null : findRoute(canonical);
  return route !== null && !showsUsersPage.has(route.name);
}
