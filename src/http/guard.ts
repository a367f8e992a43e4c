import { type Actor, isAdministrator, requireScope } from "../policy.ts";
import { Problem } from "../problem.ts";
import { anonymous, type Caller } from "./authenticate.ts";
import type { Call, Client } from "./call.ts";
import { keyScopes } from "./key-scopes.ts";
import { prefersJson } from "./request/accept.ts";
import { askedHost, isReading } from "./request/client.ts";
import { seeOther } from "./response/response.ts";
import { text } from "./text.en.ts";
import type { Access } from "./url-row.ts";
import { href, type UrlName, urls } from "./urls.ts";

/**
 * Refuses what another site makes a browser send here. A client that sends neither Sec-Fetch-Site nor Origin is not a
 * browser, so no site can make it send a user's cookie. One that sends an API key and no cookie may be on any site.
 * @throws Problem `forbidden`
 */
export function refuseCrossSite({ request, client, actor }: CrossSiteCall): void {
  if (isReading(request) || isFromHere(request, client) || isByKeyAlone(request, actor)) return;
  throw new Problem("forbidden", text.access.crossSite);
}

type CrossSiteCall = Pick<Call, "request" | "client" | "actor">;

/** No site can make a browser send a key that it does not know. */
function isByKeyAlone(request: Request, actor: Actor): boolean {
  return actor.is === "user" && actor.key !== undefined && !request.headers.has("cookie");
}

function isFromHere(request: Request, client: Client): boolean {
  const site = request.headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin" || site === "none";
  const origin = request.headers.get("origin");
  return origin === null || origin === client.origin || isOwnHost(origin, askedHost(request));
}

/** Only the host is compared: behind a proxy we do not trust, the scheme is not known. */
function isOwnHost(origin: string, host: string | null): boolean {
  return host !== null && (origin === `https://${host}` || origin === `http://${host}`);
}

/**
 * Refuses an actor that `access` excludes.
 * @throws Problem `unauthenticated` (`signInRedirect` answers it for a page) or `forbidden`
 */
export function requireAccess({ actor }: Pick<Call, "actor">, access: Access): void {
  if (access === "visitor") return;
  if (actor.is === "visitor") throw new Problem("unauthenticated", text.access.signIn);
  if (access === "in_person" && actor.is === "user" && actor.impersonator !== undefined) {
    throw new Problem("forbidden", text.access.inPerson(actor.username));
  }
  if (access === "administrator" && !isAdministrator(actor)) {
    throw new Problem("forbidden", text.access.administrator);
  }
}

/**
 * Returns the caller as they are at this URL: an API key that is not for it is a visitor's, where visitors may call it.
 * @throws Problem `insufficient_scope`, or `person_required`
 */
export function limitKey(caller: Caller, name: UrlName): Caller {
  const { actor } = caller;
  if (actor.is !== "user" || actor.key === undefined) return caller;
  // Each operation of the API has its own scopes.
  if (urls[name].tongue === "api") return caller;
  try {
    requireScope(actor.key, keyScopes[name] ?? []);
    return caller;
  } catch (thrown) {
    if (urls[name].access === "visitor") return anonymous;
    throw thrown;
  }
}

/** URLs that work before a one-time password is changed. */
const beforeChange: ReadonlySet<UrlName> = new Set<UrlName>([
  "profile",
  "signIn",
  "signOut",
  "open",
  "brand",
  "asset",
  "favicon",
  "manifest",
  "robots",
  "health",
  "ready",
]);

/**
 * Redirects a user with a one-time password to the profile, where they choose their own; null for any other caller.
 * @throws Problem `forbidden` unless a page was requested
 */
export function passwordDetour(call: Call, name: UrlName): Response | null {
  const { actor, user, request } = call;
  if (user === null || !user.mustChangePassword || beforeChange.has(name)) return null;
  if (actor.is === "user" && actor.impersonator !== undefined) return null;
  const isPage = urls[name].tongue === "page" && isReading(request) && !prefersJson(request);
  if (isPage && call.session !== null) return seeOther(href("profile"), { call });
  throw new Problem("forbidden", text.access.changePassword);
}
