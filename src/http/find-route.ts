import { RegExpRouter } from "hono/router/reg-exp-router";
import { SmartRouter } from "hono/router/smart-router";
import { TrieRouter } from "hono/router/trie-router";
import { codesBeforeMore, isReserved, isStoredCode } from "../links/short-code.ts";
import { programUrls } from "./urls/program-urls.ts";
import { type UrlName, urls } from "./urls.ts";

export interface Route {
  readonly name: UrlName;
  readonly params: Readonly<Record<string, string>>;
}

const router = new SmartRouter<UrlName>({ routers: [new RegExpRouter(), new TrieRouter()] });
for (const [name, { pattern }] of Object.entries(urls))
  if (!(name in programUrls)) router.add("ALL", routerPattern(pattern), name as UrlName);

const programRouter = new SmartRouter<UrlName>({ routers: [new RegExpRouter(), new TrieRouter()] });
for (const [name, { pattern, methods }] of Object.entries(programUrls))
  for (const method of methods) programRouter.add(method, routerPattern(pattern), name as UrlName);

/** Pages with a method for programs beside theirs. */
const sharedPages: ReadonlySet<UrlName> = new Set<UrlName>(["home", "part", "open"]);

/**
 * Returns the URL that a canonical path belongs to, its parameters decoded; null if there is none. The parameter of
 * a link that visitors open includes what mail or chat has glued to its code, such as a slash.
 */
export function findRoute(path: string, method = "GET"): Route | null {
  const page = findPage(path);
  if (page !== null && !sharedPages.has(page.name)) return page;
  return matchRoute(programRouter, method, path) ?? page;
}

function findPage(path: string): Route | null {
  const route = matchRoute(router, "ALL", path);
  return route === null || isNoPart(route) ? findOpened(path) : route;
}

/** Whether a path only looks like one of a link's file: below a word of ours, it is missing. */
function isNoPart({ name, params: { shortCode = "" } }: Route): boolean {
  return name === "part" && (!isStoredCode(shortCode) || isReserved(shortCode));
}

const [viewFolder = ""] = urls.view.pattern.split("/:");
const OPENED_WITH_SLASH = new RegExp(`^((?:${viewFolder})?/[^/]+)(/.*)$`);

/** Matches `/abc/` as `/abc%2F`. */
function findOpened(path: string): Route | null {
  const [, opened, more = ""] = OPENED_WITH_SLASH.exec(path) ?? [];
  if (opened === undefined) return null;
  const route = matchRoute(router, "ALL", opened + encodeURIComponent(decodeURIComponent(more)));
  if (route?.name !== "open" && route?.name !== "view") return null;
  return codesBeforeMore(route.params.shortCode ?? "").length > 0 ? route : null;
}

function matchRoute(table: typeof router, method: string, path: string): Route | null {
  const [matched, stash] = table.match(method, path);
  const [name, places] = matched[0] ?? [];
  if (name === undefined || places === undefined) return null;
  const params = Object.entries(places).flatMap(([key, place]) => {
    const value = typeof place === "number" ? stash?.[place] : place;
    return splitExtension(key, decodeURIComponent(value ?? ""));
  });
  return { name, params: Object.fromEntries(params) };
}

/** To the router `:name.:extension` is one parameter of that name; the extension is what follows the last dot. */
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

/**
 * The router needs a name for the `*` at the end of a pattern, which is empty where the first folder of a site is opened,
 * and takes any other colon, which canonical paths have as `%3A`, for a parameter, too.
 */
function routerPattern(pattern: string): string {
  const rest = pattern === urls.framedSite.pattern ? ":path{.*}" : ":path{.+}";
  return pattern.replace(/\*$/, rest).replace(/\/(\w+):(\w+)$/, "/:action{$1(?::|%3A)$2}");
}
