import type { SignedIn } from "../accounts/sessions.ts";
import type { App } from "../app.ts";
import { type Actor, isAdministrator, visitor } from "../policy.ts";
import { Problem } from "../problem.ts";
import type { Call, Client } from "./call.ts";
import { readCookie, sessionCookieName } from "./cookies.ts";
import { askedHost } from "./request.ts";
import type { Access } from "./urls.ts";

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

function actorOf({ user, actedBy }: SignedIn, { address }: Client): Actor {
  const { id: userId, username, role } = user;
  return {
    is: "user",
    userId,
    username,
    role,
    address,
    ...(actedBy && { actedBy: { userId: actedBy.id, username: actedBy.username } }),
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
  if (access === "administrator" && !isAdministrator(actor)) {
    throw new Problem("forbidden", "Only an administrator may do this.");
  }
}
