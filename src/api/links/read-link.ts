import type { Call } from "../../http/call.ts";
import { isKnownTag } from "../../http/response/conditional.ts";
import { empty, json } from "../../http/response/response.ts";
import type { ListedLink } from "../../links/links.ts";
import { etagOf, requireMatch } from "../request/conditions.ts";
import { describeLink } from "./describe-link.ts";

/** `GET /api/v1/links/<code>` */
export async function readLink(call: Call): Promise<Response> {
  const link = await findLink(call);
  requireMatch(call.request, link);
  const etag = etagOf(link);
  if (!isKnownTag(call.request, etag)) return answerLink(call, link);
  return empty({ call, status: 304, headers: new Headers({ etag }) });
}

/** @throws Problem `not_found` */
export async function findLink({ app, actor, params }: Call): Promise<ListedLink> {
  return await app.links.get(actor, params.shortCode ?? "");
}

/** Answers with a link and its entity tag. */
export function answerLink(
  call: Call,
  link: ListedLink,
  status: 200 | 201 = 200,
  headers = new Headers(),
): Response {
  headers.set("etag", etagOf(link));
  return json(describeLink(call, link), { call, status, headers });
}
