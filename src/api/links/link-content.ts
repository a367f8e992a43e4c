import { takeContent } from "../../archive/site/new-site.ts";
import type { Call } from "../../http/call.ts";
import { deliver } from "../../http/response/deliver-file.ts";
import { type Content, hasContent } from "../../links/link.ts";
import { noSuchLink } from "../../links/rows/access.ts";
import { declaredIn } from "../../links/rows/declared.ts";
import type { ShortCode } from "../../links/short-code.ts";
import { Problem } from "../../problem.ts";
import { onCondition, requireConditions } from "../request/conditions.ts";
import { receiveRaw } from "../request/raw-body.ts";
import { text } from "../text.en.ts";
import { answerLink, findLink } from "./read-link.ts";

/** `GET /api/v1/links/<code>/content` */
export async function readContent(call: Call): Promise<Response> {
  const { content, shortCode } = await findLink(call);
  return await deliverContent(call, shortCode, content);
}

/**
 * Answers with the bytes of a link, or of a version of it.
 * @throws Problem `not_found`, `precondition_failed`
 */
export async function deliverContent(
  call: Call,
  shortCode: ShortCode,
  content: Content | null,
): Promise<Response> {
  const { app, request } = call;
  if (content === null) throw noSuchLink();
  const blob = await app.files.blobs.open(content);
  const response = deliver(request, blob, content, {
    call,
    inline: false,
    isShared: false,
    shortCode,
    cacheControl: "no-store",
    now: app.clock(),
  });
  if (response.status === 412) throw new Problem("precondition_failed", text.conditions.changed);
  return response;
}

/** `PUT /api/v1/links/<code>/content` */
export async function replaceContent(call: Call, name: string | undefined): Promise<Response> {
  const link = await findLink(call);
  const { content, kind, ownerId: id, owner: username } = link;
  if (content === null || !hasContent(kind)) throw noSuchLink();
  if (link.declared) throw declaredIn(link, username);
  const revision = requireConditions(call.request, link);
  const options = { name: name ?? null, fallbackName: content.name, replaced: content.size, kind };
  await using file = await receiveRaw(call, { id, username }, options);
  const sent = { file, kind, field: "#", replaced: content.size };
  await using taken = await takeContent(call, sent);
  const changes = { kind: taken.kind, ...(revision !== undefined && { revision }) };
  const { links } = call.app;
  return await onCondition(call.request, async () =>
    answerLink(call, {
      ...link,
      ...(await links.edit(call.actor, link.shortCode, changes, taken.file, taken.files)),
    }),
  );
}
