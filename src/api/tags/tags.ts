import type { Call } from "../../http/call.ts";
import { json } from "../../http/response/response.ts";
import { LISTED } from "../../links/tags/tags.ts";
import { ownerNamed } from "../request/owner.ts";
import { nextHeaders, openCursor, sealCursor } from "../request/paging.ts";

interface TagsQuery {
  readonly owner?: string | undefined;
  readonly after?: string | undefined;
}

/** `GET /api/v1/tags` */
export async function listTags(call: Call, { owner, after }: TagsQuery): Promise<Response> {
  const { id } = await ownerNamed(call, owner);
  const from = after === undefined ? "" : openCursor(after, { owner });
  const items = await call.app.links.tags.list(call.actor, id, from);
  const last = items.length < LISTED ? undefined : items.at(-1);
  const next = last === undefined ? null : sealCursor(last.name, { owner });
  return json({ items, next }, { call, headers: nextHeaders(call, next) });
}

/** `PATCH /api/v1/tags/<tag>` */
export async function changeTag(
  call: Call,
  owner: string | undefined,
  to: string,
): Promise<Response> {
  const { id } = await ownerNamed(call, owner);
  const { tag = "" } = call.params;
  return json({ count: await call.app.links.tags.rename(call.actor, id, tag, to) }, { call });
}

/** `POST /api/v1/tags/<tag>/merge` */
export async function mergeTag(
  call: Call,
  owner: string | undefined,
  to: string,
): Promise<Response> {
  const { id } = await ownerNamed(call, owner);
  const { tag = "" } = call.params;
  return json({ count: await call.app.links.tags.merge(call.actor, id, tag, to) }, { call });
}

/** `DELETE /api/v1/tags/<tag>` */
export async function removeTag(call: Call, owner: string | undefined): Promise<Response> {
  const { id } = await ownerNamed(call, owner);
  const { tag = "" } = call.params;
  return json({ count: await call.app.links.tags.remove(call.actor, id, tag) }, { call });
}
