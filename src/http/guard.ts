import { isAdministrator } from "../policy.ts";
import { Problem } from "../problem.ts";
import type { Call, Client } from "./call.ts";
import { prefersJson } from "./request/accept.ts";
import { askedHost, isReading } from "./request/client.ts";
import { seeOther } from "./response/response.ts";
import { text } from "./text.en.ts";
import type { Access } from "./url-row.ts";
import { href, type UrlName } from "./urls.ts";

/**
 * Refuses what another site makes a browser send here. A client that sends neither Sec-Fetch-Site nor Origin is not a
 * browser, so no site can make it send a user's cookie.
 * @throws Problem `forbidden`
 */
export function refuseCrossSite(request: Request, client: Client): void {
  if (isReading(request) || isFromHere(request, client)) return;
  throw new Problem("forbidden", text.access.crossSite);
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

/** URLs that work before a one-time password is changed. */
const beforeChange: ReadonlySet<UrlName> = new Set<UrlName>([
  "profile",
  "signIn",
  "signOut",
  "open",
  "brand",
  "asset",
  "favicon",
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
  if (isReading(request) && !prefersJson(request)) return seeOther(href("profile"), { call });
  throw new Problem("forbidden", text.access.changePassword);
}
