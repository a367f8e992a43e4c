import { contentOriginRelation } from "../config/origin-relation.ts";
import type { Settings } from "../config/settings.ts";
import { askedHost, parseHost } from "./request/client.ts";

/**
 * Where users' web pages run apart from the site; null where they run in a sandbox on it. The site's own host would
 * be no place apart.
 */
export function contentOrigin(settings: Settings): string | null {
  const origin = settings["server.content_origin"];
  return origin === "" || contentOriginRelation(settings) === "same_host" ? null : origin;
}

/** Whether a request is for the host that serves only users' content. */
export function isForContentHost(request: Request, settings: Settings): boolean {
  const origin = contentOrigin(settings);
  return origin !== null && isHostOf(origin, askedHost(request));
}

/** The Host headers that were asked with and are the site's own, of which it has few; under which settings. */
const siteHosts = new Set<string>();
const MOST_HOSTS = 1000;
let knownUnder: Settings | null = null;

/** Whether a Host header is well-formed, and none of the content host. */
export function isSiteHost(header: string | null, settings: Settings): boolean {
  if (header === null) return false;
  if (settings !== knownUnder || siteHosts.size >= MOST_HOSTS) forgetHosts(settings);
  if (siteHosts.has(header)) return true;
  const host = parseHost(header);
  const origin = contentOrigin(settings);
  if (host === null || (origin !== null && isHostOf(origin, host))) return false;
  siteHosts.add(header);
  return true;
}

function forgetHosts(settings: Settings): void {
  siteHosts.clear();
  knownUnder = settings;
}

/** Only the host is compared: behind a proxy we do not trust, the scheme is not known. */
function isHostOf(origin: string, host: string | null): boolean {
  return host !== null && bareHost(host) === bareHost(new URL(origin).host);
}

/** Without a port that says nothing, and without the dot at the end of a whole name. */
function bareHost(host: string): string {
  return host.replace(/:(80|443)$/, "").replace(/\.(?=$|:)/, "");
}
