import type { Call } from "../../http/call.ts";
import { ownOrigins } from "../../http/caller/own-origins.ts";
import { json } from "../../http/response/response.ts";
import type { LinkQuery } from "../../links/links.ts";
import { ownerListed } from "../request/owner.ts";
import { nextHeaders, openCursor, sealCursor } from "../request/paging.ts";
import { describeLink } from "./describe-link.ts";
import type { LinkListQuery } from "./link-query-schema.ts";

/** `GET /api/v1/links` */
export async function listLinks(call: Call, query: LinkListQuery): Promise<Response> {
  const { after, limit, ...view } = query;
  const wanted = await queryOf(call, view);
  const cursor = after === undefined ? undefined : openCursor(after, view);
  const page = await call.app.links.listPart(call.actor, {
    ...wanted,
    limit,
    ...(cursor !== undefined && { cursor }),
  });
  const next = page.next === null ? null : sealCursor(page.next, view);
  const items = page.links.map((link) => describeLink(call, link));
  return json({ items, next }, { call, headers: nextHeaders(call, next) });
}

type View = Omit<LinkListQuery, "after" | "limit">;

/** The links that a query selects. */
export async function queryOf(call: Call, view: View): Promise<Omit<LinkQuery, "limit">> {
  const { q = "", kind, status, tag: tags = [], tags: tagMode, sort, direction } = view;
  return {
    ...(await ownerListed(call, view.owner)),
    ...(q.trim() !== "" && { text: q, ownOrigins: ownOrigins(call) }),
    ...(kind && { kind }),
    ...(status && { status }),
    ...(tags.length > 0 && { tags, tagMode }),
    ...(sort && { sort }),
    ...(direction && { direction }),
  };
}
