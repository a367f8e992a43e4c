import type { z } from "zod";
import type { Call } from "../../http/call.ts";
import { empty, json } from "../../http/response/response.ts";
import { may } from "../../policy.ts";
import { Problem } from "../../problem.ts";
import { requireUser } from "../request/caller.ts";
import { text } from "../text.en.ts";
import type { ownSessionsSchema } from "./user-schema.ts";

/** `GET /api/v1/me/sessions` */
export async function listOwnSessions(call: Call): Promise<Response> {
  const { id: ownerId } = requireUser(call);
  if (!may(call.actor, "user.end_sessions", { ownerId }))
    throw new Problem("forbidden", text.notYourAccount);
  const sessions = await call.app.accounts.sessions.list(ownerId);
  const answer: z.input<typeof ownSessionsSchema> = {
    items: sessions.map(({ id, device, remember, createdAt, lastSeenAt, expiresAt }) => ({
      id,
      device,
      remember,
      is_current: id === call.session?.id,
      created_at: new Date(createdAt).toISOString(),
      last_seen_at: new Date(lastSeenAt).toISOString(),
      expires_at: new Date(expiresAt).toISOString(),
    })),
  };
  return json(answer, { call });
}

/** `DELETE /api/v1/me/sessions`: a key has no session, and ends all. */
export async function endOtherSessions(call: Call): Promise<Response> {
  await call.app.accounts.sessions.endOthers(call.actor, requireUser(call), call.session?.id ?? "");
  return empty({ call, status: 204 });
}

/** `DELETE /api/v1/me/sessions/<id>` */
export async function endOwnSession(call: Call): Promise<Response> {
  const { session = "" } = call.params;
  if (!(await call.app.accounts.sessions.endOne(call.actor, requireUser(call), session)))
    throw new Problem("not_found", text.noSuchSession);
  return empty({ call, status: 204 });
}
