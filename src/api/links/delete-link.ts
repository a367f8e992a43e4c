import type { Call } from "../../http/call.ts";
import { empty } from "../../http/response/response.ts";
import { onCondition, requireConditions } from "../request/conditions.ts";
import { findLink } from "./read-link.ts";

/** `DELETE /api/v1/links/<code>` */
export async function deleteLink(call: Call): Promise<Response> {
  const link = await findLink(call);
  const revision = requireConditions(call.request, link);
  await onCondition(call.request, () =>
    call.app.links.remove(call.actor, link.shortCode, revision),
  );
  return empty({ call, status: 204 });
}
