import type { App } from "../../app.ts";
import type { Settings } from "../../config/settings.ts";
import { extensionOf } from "../../files/file-name.ts";
import type { Call } from "../../http/call.ts";
import { onePerApp } from "../../http/one-per-app.ts";
import type { DeliveredFile } from "../../http/response/deliver-file.ts";
import { securityHeaders } from "../../http/response/security-headers.ts";
import type { Opening } from "../../links/cached-link.ts";
import { type Content, statusOf } from "../../links/link.ts";
import {
  codeBeforeExtension,
  codesBeforeMore,
  isStoredCode,
  type ShortCode,
} from "../../links/short-code.ts";
import { locationOf } from "../../links/target/location.ts";
import { Problem } from "../../problem.ts";
import { text } from "./text.en.ts";

/** A link that was asked for. */
export interface FoundLink {
  readonly shortCode: ShortCode;
  readonly opening: Opening;
}

/**
 * Finds the live link of a code, which may have more glued to it. A code that is stored as it was asked for wins.
 * @throws Problem `not_found`, or `gone` for an expired or disabled link
 */
export async function findLive(app: App, asked: string): Promise<FoundLink> {
  const found = await findLink(app, asked);
  refuseUnlessLive(app, found.opening);
  return found;
}

/**
 * The same, whatever the link's status is.
 * @throws Problem `not_found`
 */
export async function findLink(app: App, asked: string): Promise<FoundLink> {
  const exact = isStoredCode(asked) ? [asked] : [];
  for (const shortCode of [...exact, ...codesBeforeMore(asked)]) {
    const opening = await app.links.cache.find(shortCode);
    if (opening !== null) return { shortCode, opening };
  }
  const named = codeBeforeExtension(asked);
  const opening = named && (await app.links.cache.find(named.code));
  // Before its gate is open, nothing says whether a link is a file with that extension.
  if (opening && (opening.isGated || isFileWith(opening, named.extension)))
    return { shortCode: named.code, opening };
  throw noLink();
}

/** Whether a link was asked for by its code and the extension of its file, as `report.pdf`. */
export function isNamedWithExtension(asked: string, { shortCode, opening }: FoundLink): boolean {
  const named = codeBeforeExtension(asked);
  return named?.code === shortCode && isFileWith(opening, named.extension);
}

function isFileWith({ kind, content }: Opening, extension: string): boolean {
  return kind === "file" && content !== null && extensionOf(content.name) === extension;
}

/** Redirects to the URL of what was asked for with more glued to it: relative links in a page depend on its URL. */
export function withoutMore({ url, settings, client }: Call, path: string): Response {
  const headers = {
    ...securityHeaders("link", { isHttps: client.isHttps, settings }),
    "cache-control": REVALIDATE,
    location: locationOf(path + url.search),
  };
  return new Response(null, { status: 302, headers });
}

/** @throws Problem `not_found` for a link that is not live yet, `gone` for an expired or disabled one */
export function refuseUnlessLive(
  app: App,
  opening: Opening,
  status = statusOf(opening, app.clock()),
): void {
  const { "links.gone_text": told } = app.live.current;
  switch (status) {
    case "live":
      return;
    case "scheduled":
      throw noLink();
    case "expired":
      throw new Problem("gone", told || text.problem.expired);
    case "limit_reached":
      throw new Problem("gone", told || text.problem.limitReached);
    case "disabled":
      throw new Problem("gone", told || text.problem.disabled);
  }
}

/** The same for a link that is missing and for one that visitors may not know of. */
export function noLink(): Problem {
  return new Problem("not_found", text.problem.notFound);
}

/** Stored, but revalidated each time, so that an edit is seen and every visit counted; also for a 301. */
const REVALIDATE = "no-cache";

/** No cache may answer in place of the gate, nor keep what a password opened. */
const GATED = "private, no-store";

/** How long the response of a live link may be stored at `now`: as the settings say, and never beyond its expiry. */
export function cacheControlOf(
  { expiresAt, isGated }: Pick<Opening, "expiresAt" | "isGated">,
  settings: Settings,
  now: number,
): string {
  if (isGated) return GATED;
  const seconds = settings["links.max_age_seconds"];
  if (seconds === 0 || expiresAt === null || expiresAt - now >= seconds * 1000)
    return controlFor(seconds);
  return controlFor(Math.floor((expiresAt - now) / 1000));
}

function controlFor(seconds: number): string {
  return seconds > 0 ? `public, max-age=${seconds}, must-revalidate` : REVALIDATE;
}

/** Ids of links without content that the log has named: it names each once, however often it is opened. */
const loggedBy = onePerApp(() => new Set<number>());

/**
 * The stored content of a link of a kind that has some.
 * @throws Problem `not_found` for a link that was imported without its file
 */
export function contentOf(app: App, { id, content }: Pick<Opening, "id" | "content">): Content {
  if (content !== null) return content;
  const logged = loggedBy(app);
  if (!logged.has(id)) {
    logged.add(id);
    app.log.warn({ linkId: id }, "Link without a file opened, upload one on its edit page");
  }
  throw new Problem("not_found", text.problem.noFile);
}

/** A link's content as it is sent: also other changes of the link change what surrounds the bytes. */
export function deliveredFrom(
  { updatedAt }: Pick<Opening, "updatedAt">,
  content: Content,
): DeliveredFile & Content {
  return { ...content, modifiedAt: Math.max(content.modifiedAt, updatedAt) };
}
