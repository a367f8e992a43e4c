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

const MOST_HOSTS = 1000;

/** Recognizes the Host headers of the site itself, and remembers them: they are few. */
export class SiteHosts {
  readonly #known = new Set<string>();
  #settings: Settings | null = null;

  /** Whether a Host header is well-formed, and none of the content host. */
  has(header: string | null, settings: Settings): boolean {
    if (header === null) return false;
    if (settings !== this.#settings || this.#known.size >= MOST_HOSTS) this.#forget(settings);
    if (this.#known.has(header)) return true;
    const host = parseHost(header);
    const origin = contentOrigin(settings);
    if (host === null || (origin !== null && isHostOf(origin, host))) return false;
    this.#known.add(header);
    return true;
  }

  #forget(settings: Settings): void {
    this.#known.clear();
    this.#settings = settings;
  }
}

/** Only the host is compared: behind a proxy we do not trust, the scheme is not known. */
function isHostOf(origin: string, host: string | null): boolean {
  return host !== null && bareHost(host) === bareHost(new URL(origin).host);
}

/** Without a port that says nothing, and without the dot at the end of a whole name. */
function bareHost(host: string): string {
  return host.replace(/:(80|443)$/, "").replace(/\.(?=$|:)/, "");
}
