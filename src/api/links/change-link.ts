import type { Call } from "../../http/call.ts";
import { requireKept, storeText } from "../../http/content/store-text.ts";
import { newLinkJsonSchema, parseLinkChangesJson } from "../../links/input/link-json.ts";
import { hasContent } from "../../links/link.ts";
import type { ListedLink } from "../../links/links.ts";
import { noSuchLink } from "../../links/rows/access.ts";
import { declaredIn } from "../../links/rows/declared.ts";
import { isStoredCode } from "../../links/short-code.ts";
import { fieldNameOf } from "../../parse-input.ts";
import { Problem } from "../../problem.ts";
import { requireUser } from "../request/caller.ts";
import { onCondition, requireConditions } from "../request/conditions.ts";
import { answerCreated, contextOf, createFromJson } from "./create-link.ts";
import { answerLink, findLink } from "./read-link.ts";

/** `PATCH /api/v1/links/<code>` */
export async function changeLink(call: Call, body: object): Promise<Response> {
  return answerLink(call, await changeFromJson(call, await findLink(call), body));
}

/** `PUT /api/v1/links/<code>`: what is absent gets its default. */
export async function putLink(call: Call, body: object): Promise<Response> {
  const found = await findOrNull(call);
  if (found === null) return await createUnder(call, body);
  return answerLink(call, await changeFromJson(call, found, { ...defaults(), ...body }));
}

async function findOrNull(call: Call): Promise<ListedLink | null> {
  try {
    return await findLink(call);
  } catch (thrown) {
    if (thrown instanceof Problem && thrown.code === "not_found") return null;
    throw thrown;
  }
}

/**
 * Another user's link is not found here either, though its short code is taken.
 * @throws Problem `not_found`
 */
async function createUnder(call: Call, body: object): Promise<Response> {
  const { shortCode: short_code = "" } = call.params;
  const { id } = requireUser(call);
  if (isStoredCode(short_code) && !(await call.app.links.isFree(short_code, id)))
    throw noSuchLink();
  requireConditions(call.request, null);
  return answerCreated(call, await createFromJson(call, { ...body, short_code }));
}

/** Null for every field of a link, but for the kind, which must not be null, and the content, which stays. */
function defaults(): Record<string, unknown> {
  const {
    shortCode: _,
    kind: __,
    content: ___,
    findIfExists: ____,
    ...others
  } = newLinkJsonSchema.shape;
  const cleared = Object.keys(others).map((key) => [fieldNameOf(key), null] as const);
  return { ...Object.fromEntries(cleared), kind: "redirect" };
}

/** Changes a link by a JSON object: an absent key keeps its value, null clears it. */
export async function changeFromJson(
  call: Call,
  link: ListedLink,
  body: object,
): Promise<ListedLink> {
  if (link.declared) throw declaredIn(link, link.owner);
  const revision = requireConditions(call.request, link);
  const { app, actor } = call;
  const context = contextOf(call);
  const { input, content } = parseLinkChangesJson(body, link, context);
  await app.links.circles.refuseChanges(link, input, context.ownOrigins);
  const changes = { ...input, ...(revision !== undefined && { revision }) };
  const kind = input.kind ?? link.kind;
  return await onCondition(call.request, async () => {
    if (content === null || !hasContent(kind)) {
      await requireKept(call, link, kind, "kind");
      return { ...link, ...(await app.links.edit(actor, link.shortCode, changes)) };
    }
    const title = (input.title ?? link.title) || link.shortCode;
    const recipient = { kind, title, owner: ownerOf(link), stored: link.content };
    await using stored = await storeText(call, content, recipient, "content");
    return { ...link, ...(await app.links.edit(actor, link.shortCode, changes, stored.file)) };
  });
}

function ownerOf({ ownerId: id, owner: username }: ListedLink) {
  return { id, username };
}
