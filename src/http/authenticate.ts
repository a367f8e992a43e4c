import type { SignedIn } from "../accounts/auth/sessions.ts";
import type { App } from "../app.ts";
import { type Actor, visitor } from "../policy.ts";
import type { Call, Client } from "./call.ts";
import { readCookie, sessionCookieName } from "./request/cookies.ts";

/** The caller of a request; `user` and `session` are null without a session. */
export type Caller = Pick<Call, "actor" | "user" | "session">;

interface Presented {
  readonly app: Pick<App, "accounts">;
  readonly request: Request;
  readonly client: Client;
}

/** Reads one kind of credential; null if the request has none of this kind, or an invalid one. */
type Credential = (presented: Presented) => Promise<Caller | null>;

/** Every kind of credential; the first valid one counts. */
const credentials: readonly Credential[] = [sessionCookie];

const anonymous: Caller = { actor: visitor, user: null, session: null };

/** Returns the caller of a request by its credentials; without a valid one, a visitor. */
export async function authenticate(presented: Presented): Promise<Caller> {
  for (const credential of credentials) {
    const caller = await credential(presented);
    if (caller !== null) return caller;
  }
  return anonymous;
}

async function sessionCookie({ app, request, client }: Presented): Promise<Caller | null> {
  const token = readCookie(request, sessionCookieName(client.isHttps));
  const found = token === null ? null : await app.accounts.sessions.find(token);
  return found && { actor: actorOf(found, client), user: found.user, session: found.session };
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
