import type { SignedIn } from "../accounts/auth/sessions.ts";
import { actorOf } from "../accounts/keys/keys.ts";
import type { App } from "../app.ts";
import { isKeyShaped } from "../links/gate/gate-input.ts";
import { networkOf } from "../os/ip-network.ts";
import { type Actor, visitor } from "../policy.ts";
import { toProblem } from "../problem.ts";
import { nameProgram } from "../visits/user-agent.ts";
import type { Call, Client } from "./call.ts";
import { isProgram } from "./request/accept.ts";
import { readCookie, sessionCookieName } from "./request/cookies.ts";
import { presentedKey } from "./request/presented-key.ts";

/** The caller of a request; `user` is null for a visitor, `session` also for a program with an API key. */
export type Caller = Pick<Call, "actor" | "user" | "session">;

interface Presented {
  readonly app: Pick<App, "accounts" | "limits">;
  readonly request: Request;
  readonly client: Client;
}

/**
 * Reads one kind of credential; null if the request has none of this kind, or one that is ignored.
 * @throws Problem `unauthenticated` for an invalid one that is not, `too_many`
 */
type Credential = (presented: Presented) => Promise<Caller | null>;

/** Every kind of credential; the first one that is not ignored counts. */
const credentials: readonly Credential[] = [apiKey, sessionCookie, malformedKey];

/** A caller without credentials. */
export const anonymous: Caller = { actor: visitor, user: null, session: null };

/**
 * Returns the caller of a request by its credentials; without one, a visitor.
 * @throws Problem `unauthenticated` for an API key that is not valid, `too_many`
 */
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
  return found && { actor: personOf(found, client), user: found.user, session: found.session };
}

async function apiKey(presented: Presented): Promise<Caller | null> {
  const key = presentedKey(presented.request);
  return key !== null && isKeyShaped(key) ? await callerWith(presented, key) : null;
}

/** A browser may get its Bearer tokens from a proxy that has its own sign-in: these are not for us. */
async function malformedKey(presented: Presented): Promise<Caller | null> {
  const key = presentedKey(presented.request);
  return key !== null && isProgram(presented.request) ? await callerWith(presented, key) : null;
}

async function callerWith({ app, request, client }: Presented, key: string): Promise<Caller> {
  const program = nameProgram(request.headers.get("user-agent") ?? "");
  const use = { client: program, network: networkOf(client.address) };
  try {
    const found = await app.accounts.keys.find(key, use);
    return { actor: actorOf(found, client.address), user: found.user, session: null };
  } catch (thrown) {
    if (toProblem(thrown).code === "unauthenticated") app.limits.takeKeyGuess(client.address);
    throw thrown;
  }
}

function personOf({ user, impersonator }: SignedIn, { address }: Client): Actor {
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
