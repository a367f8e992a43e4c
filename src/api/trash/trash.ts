import type { z } from "zod";
import type { Call } from "../../http/call.ts";
import { empty, json } from "../../http/response/response.ts";
import { parseShortCode } from "../../links/short-code.ts";
import type { TrashedLink } from "../../links/trash/trash.ts";
import { Problem } from "../../problem.ts";
import { answerLink } from "../links/read-link.ts";
import { ownerNamed } from "../request/owner.ts";
import { nextHeaders, openCursor, sealCursor } from "../request/paging.ts";
import { text } from "../text.en.ts";
import type { trashedLinkSchema } from "./trash-schema.ts";

interface TrashQuery {
  readonly owner?: string | undefined;
  readonly after?: string | undefined;
}

/** `GET /api/v1/trash` */
export async function listTrash(call: Call, { owner, after }: TrashQuery): Promise<Response> {
  const { trash } = call.app.links;
  const { id } = await ownerNamed(call, owner);
  const from = after === undefined ? null : Number(openCursor(after, { owner }));
  const page = await trash.list(call.actor, id, from);
  const next = page.next === null ? null : sealCursor(String(page.next), { owner });
  const items = page.links.map((link) => describeTrashed(link, trash.endOf(link)));
  return json({ items, next }, { call, headers: nextHeaders(call, next) });
}

function describeTrashed(link: TrashedLink, keptUntil: number): z.input<typeof trashedLinkSchema> {
  const { shortCode, formerCode, kind, target, title, tags, content, deletedAt } = link;
  return {
    trashed_code: shortCode,
    short_code: formerCode,
    kind,
    target: target === "" ? null : target,
    file_name: content?.name ?? null,
    title,
    tags: [...tags],
    deleted_at: new Date(deletedAt).toISOString(),
    kept_until: new Date(keptUntil).toISOString(),
  };
}

/** `DELETE /api/v1/trash` */
export async function emptyTrash(call: Call, owner: string | undefined): Promise<Response> {
  const { id } = await ownerNamed(call, owner);
  let count = 0;
  for (let more = -1; more !== 0; count += more)
    more = await call.app.links.trash.empty(call.actor, id);
  return json({ count }, { call });
}

/** `DELETE /api/v1/trash/<code>` */
export async function purgeLink(call: Call): Promise<Response> {
  const { trashedCode = "" } = call.params;
  const count = await call.app.links.trash.purge(call.actor, [trashedCode]);
  if (count === 0) throw noSuchLink();
  return empty({ call, status: 204 });
}

/** `POST /api/v1/trash/<code>/restore` */
export async function restoreLink(call: Call, shortCode: string | null): Promise<Response> {
  const { app, actor, params } = call;
  const { trashedCode = "" } = params;
  const { formerCode } = await app.links.trash.get(actor, trashedCode);
  const code = shortCode === null ? undefined : parseShortCode(shortCode);
  const count = await app.links.trash.recover(actor, [trashedCode], code);
  if (count === 0) throw noSuchLink();
  return answerLink(call, await app.links.get(actor, code ?? formerCode));
}

function noSuchLink(): Problem {
  return new Problem("not_found", text.noSuchTrashedLink);
}
