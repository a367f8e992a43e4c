import { fillPattern, type Query, writeQuery } from "./fill-pattern.ts";
import { type ParamsIn, READ, type UrlRow } from "./url-row.ts";
import { accountUrls } from "./urls/account-urls.ts";
import { apiUrls } from "./urls/api-urls.ts";
import { linkUrls } from "./urls/link-urls.ts";
import { openingUrls } from "./urls/opening-urls.ts";
import { programUrls } from "./urls/program-urls.ts";
import { siteUrls } from "./urls/site-urls.ts";
import { statsUrls } from "./urls/stats-urls.ts";

/**
 * Every URL of the site. The first matching pattern wins, so `open` stays last; those for programs are looked at after
 * it, by their methods. `server/routes.ts` adds the handlers.
 */
export const urls = {
  ...linkUrls,
  ...statsUrls,
  ...openingUrls,
  ...accountUrls,
  ...siteUrls,
  ...apiUrls,
  ...programUrls,
  part: {
    pattern: "/:shortCode/*",
    methods: READ,
    access: "visitor",
    tongue: "page",
    doc: "One of the files of a collection or of an HTML page, by its path (`docs/` is `docs/index.html`), or a file by its own name; `?download=1` and `?inline=1` as for a file. It is part of the visit of the page that links to it, also where visits are limited, for an hour.",
  },
  open: {
    pattern: "/:shortCode",
    methods: READ,
    access: "visitor",
    tongue: "page",
    doc: "The short link: a redirect to its destination, a file (`?download=1` downloads it, `?inline=1` opens it in the browser if its type is harmless), a Markdown page (`?raw=1` for the source), an HTML page (with several files: a redirect to `/<code>/`), or the page of a collection (`?page=` is another one). 404 if there is none, 410 if it has expired or is disabled. What follows the code in mails and chats, such as `.` `)` `/` a space or `&utm_source=x`, is ignored.",
  },
} as const satisfies Record<string, UrlRow>;

export type UrlName = keyof typeof urls;

/** Prefix of the paths under which nginx has users' files, apart from all users' names. nginx sends it along. */
export const accelPrefix = "/-/blobs";
export const accelHeader = "x-accel-prefix";

/** What answers where operations listen, apart from the site. */
export const opsUrls = {
  metrics: "/metrics",
  live: "/health/live",
  ready: "/health/ready",
} as const;

type ParamsOf<Name extends UrlName> = ParamsIn<(typeof urls)[Name]["pattern"]>;

/** The parameters a URL's pattern names, as the rest of the arguments of `href`: none if it names none. */
type HrefArguments<Name extends UrlName> = [ParamsOf<Name>] extends [never]
  ? []
  : [params: Readonly<Record<ParamsOf<Name>, string>>];

/** The path of a URL, its parameters percent-encoded; the slashes of a `*` stay. */
export function href<Name extends UrlName>(name: Name, ...[params]: HrefArguments<Name>): string {
  return fillPattern(urls[name].pattern, params ?? {});
}

/** Whether a page of the site's own answers at `/<segment>`, so that no link is ever opened there. */
export function isOwnAddress(segment: string): boolean {
  return patterns.has(`/${segment}`);
}

const patterns: ReadonlySet<string> = new Set(Object.values(urls).map(({ pattern }) => pattern));

/** `path` with a query; an absent value is left out. */
export function withQuery(path: string, query: Query): string {
  return path + writeQuery(query);
}

/** Longest address we read or send anyone to, in characters. */
export const MAX_URL_LENGTH = 16_384;
