import type { Call } from "../http/call.ts";
import { describeLimit } from "../http/response/problem-response.ts";
import { shareWithOrigin } from "./cross-origin.ts";
import { addTusVersion, isUploadPath } from "./uploads/tus-headers.ts";

/** What every answer of the API says: how much of the limit of its caller is left, and which sites may read it. */
export function addApiHeaders(call: Call, headers: Headers): void {
  const { actor, app } = call;
  shareWithOrigin(call, headers);
  if (isUploadPath(call.url.pathname)) addTusVersion(headers);
  if (actor.is !== "user" || headers.has("ratelimit")) return;
  const standing = app.limits.standingOf(actor.userId, actor.key?.id);
  if (standing === null) return;
  describeLimit(headers, standing, { left: standing.left, seconds: standing.resetSeconds });
}
