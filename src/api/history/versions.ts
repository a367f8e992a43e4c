import type { z } from "zod";
import type { Call } from "../../http/call.ts";
import { parseId } from "../../http/request/parse-id.ts";
import { json } from "../../http/response/response.ts";
import type { LinkVersion } from "../../links/history/history.ts";
import { noSuchLink } from "../../links/rows/access.ts";
import { contextOf } from "../links/create-link.ts";
import { deliverContent } from "../links/link-content.ts";
import { answerLink, findLink } from "../links/read-link.ts";
import { onCondition, requireConditions } from "../request/conditions.ts";
import type { versionSchema, versionsSchema } from "./version-schema.ts";

/** `GET /api/v1/links/<code>/versions` */
export async function listVersions(call: Call): Promise<Response> {
  const versions = await call.app.links.history.of(await findLink(call));
  const answer: z.input<typeof versionsSchema> = { items: versions.map(describeVersion) };
  return json(answer, { call });
}

/** `GET /api/v1/links/<code>/versions/<version>/content` */
export async function readVersionContent(call: Call): Promise<Response> {
  const link = await findLink(call);
  const { content } = await call.app.links.history.find(link, numberIn(call));
  return await deliverContent(call, link.shortCode, content);
}

/** `POST /api/v1/links/<code>/versions/<version>/restore` */
export async function restoreVersion(call: Call): Promise<Response> {
  const { app, actor, request } = call;
  const link = await findLink(call);
  const restoration = { number: numberIn(call), revision: requireConditions(request, link) };
  const restored = await onCondition(request, () =>
    app.links.history.restore(actor, link.shortCode, restoration, contextOf(call)),
  );
  return answerLink(call, { ...link, ...restored });
}

/** @throws Problem `not_found` */
function numberIn({ params }: Call): number {
  const number = parseId(params.version);
  if (number === null) throw noSuchLink();
  return number;
}

function describeVersion(version: LinkVersion): z.input<typeof versionSchema> {
  const { number, isCurrent, at, by, kind, target, content } = version;
  return {
    version: number,
    current: isCurrent,
    since: new Date(at).toISOString(),
    by: by === "" ? null : by,
    kind,
    target: target === "" ? null : target,
    content: content && {
      name: content.name,
      type: content.type,
      size: content.size,
      sha256: content.sha256,
    },
  };
}
