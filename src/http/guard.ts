import type { SignedIn } from "../accounts/auth/sessions.ts";
import type { App } from "../app.ts";
import { type Actor, isAdministrator, visitor } from "../policy.ts";
import { Problem } from "../problem.ts";
import type { Call, Client } from "./call.ts";
import { prefersJson } from "./request/accept.ts";
import { askedHost } from "./request/client.ts";
import { readCookie, sessionCookieName } from "./request/cookies.ts";
import { seeOther } from "./response/response.ts";
import { type Access, href, type UrlName } from "./urls.ts";

type Caller = Pick<Call, "actor" | "user" | "session">;

const stranger: Caller = { actor: visitor, user: null, session: null };

/** Who is calling, by the session cookie; without a living session, a visitor. */
export async function identify(
  app: Pick<App, "sessions">,
  request: Request,
  client: Client,
): Promise<Caller> {
  const token = readCookie(request, sessionCookieName(client.isHttps));
  const found = token === null ? null : await app.sessions.find(token);
  if (found === null) return stranger;
  const { user, session } = found;
  return { actor: actorOf(found, client), user, session };
}

function actorOf({ user, impersonator }: SignedIn, { address }: Client): Actor {
  const { id: userId, username, role } = user;
  return {
    is: "user",
    userId,
    username,
    role,
    address,
    ...(impersonator && {
      impersonator: { userId: impersonator.id, username: impersonator.username },
    }),
  };
}

const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Refuses what another site makes a browser send here. A client that says neither Sec-Fetch-Site nor Origin
 * is no browser, so nobody lends it a cookie.
 * @throws Problem `forbidden`
 */
export function refuseCrossSite(request: Request, client: Client): void {
  if (SAFE_METHODS.has(request.method) || isFromHere(request, client)) return;
  throw new Problem("forbidden", "This form was sent from another site.");
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
 * Stops whom `access` keeps out.
 * @throws Problem `unauthenticated` (`signInRedirect` answers it for a page) or `forbidden`
 */
export function requireAccess({ actor }: Pick<Call, "actor">, access: Access): void {
  if (access === "visitor") return;
  if (actor.is === "visitor") throw new Problem("unauthenticated", "Please sign in first.");
  if (access === "in_person" && actor.is === "user" && actor.impersonator !== undefined) {
    throw new Problem("forbidden", `This is for ${actor.username} alone. Switch back first.`);
  }
  if (access === "administrator" && !isAdministrator(actor)) {
    throw new Problem("forbidden", "Only an administrator may do this.");
  }
}

/** What answers before a one-time password is changed. */
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
]);

/**
 * Leads who signed in with a one-time password to where they choose their own; null where nothing is in the way.
 * @throws Problem `forbidden` for whatever is no page to look at
 */
export function passwordDetour(call: Call, name: UrlName): Response | null {
  const { actor, user, request } = call;
  if (user === null || !user.mustChangePassword || beforeChange.has(name)) return null;
  if (actor.is === "user" && actor.impersonator !== undefined) return null;
  const isReading = request.method === "GET" || request.method === "HEAD";
  if (isReading && !prefersJson(request)) return seeOther(href("profile"), { call });
  throw new Problem("forbidden", "Choose a password of your own first, in your profile.");
}
