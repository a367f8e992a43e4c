import type { z } from "zod";
import type { AuditPage } from "../../audit/audit.ts";
import type { AuditEvent } from "../../audit/audit-event.ts";
import type { Call } from "../../http/call.ts";
import { json } from "../../http/response/response.ts";
import { fieldNameOf } from "../../parse-input.ts";
import { may } from "../../policy.ts";
import { Problem } from "../../problem.ts";
import { requireUser } from "../request/caller.ts";
import { nextHeaders, openCursor, sealCursor } from "../request/paging.ts";
import { text } from "../text.en.ts";
import type { AuditListQuery, auditEventSchema } from "./audit-schema.ts";

/** `GET /api/v1/audit` */
export async function listAuditEvents(call: Call, query: AuditListQuery): Promise<Response> {
  const { after, limit, ...filter } = query;
  const page = await call.app.audit.list(call.actor, filter, {
    limit,
    ...(after !== undefined && { after: Number(openCursor(after, filter)) }),
  });
  return answerPage(call, page, filter);
}

/** `GET /api/v1/me/audit` */
export async function listOwnAuditEvents(
  call: Call,
  { after, limit }: Pick<AuditListQuery, "after" | "limit">,
): Promise<Response> {
  if (!may(call.actor, "user.change_preferences", { ownerId: requireUser(call).id }))
    throw new Problem("forbidden", text.notYourAccount);
  const page = await call.app.audit.ownOf(call.actor, {
    limit,
    ...(after !== undefined && { after: Number(openCursor(after, OWN)) }),
  });
  return answerPage(call, page, OWN);
}

/** What no other list has. */
const OWN = { own: true };

function answerPage(call: Call, page: AuditPage, view: object): Response {
  const next = page.next === null ? null : sealCursor(String(page.next), view);
  const items = page.events.map(describeEvent);
  return json({ items, next }, { call, headers: nextHeaders(call, next) });
}

function describeEvent(event: AuditEvent): z.input<typeof auditEventSchema> {
  const { id, at, action, actor, impersonated, address, resource, details } = event;
  const named = Object.entries(details).map(([key, value]) => [fieldNameOf(key), value]);
  return {
    id,
    at: new Date(at).toISOString(),
    action,
    actor: actor === "" ? null : actor,
    impersonated: impersonated === "" ? null : impersonated,
    address: address === "" ? null : address,
    resource,
    details: Object.fromEntries(named),
  };
}
