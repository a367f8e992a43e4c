import type { User } from "../../accounts/user.ts";
import { siteOfFiles, takeContent } from "../../archive/site/new-site.ts";
import type { Call } from "../../http/call.ts";
import { ownOrigins } from "../../http/caller/own-origins.ts";
import { zoneOf } from "../../http/caller/zone-of.ts";
import { takeSentUpload } from "../../http/content/sent-upload.ts";
import { storeText } from "../../http/content/store-text.ts";
import { json } from "../../http/response/response.ts";
import { href } from "../../http/urls.ts";
import { parseNewLinkJson } from "../../links/input/link-json.ts";
import { type InputContext, inputContext } from "../../links/input/link-schema.ts";
import { hasContent, type Link, mayHaveFiles } from "../../links/link.ts";
import type { ListedLink } from "../../links/links.ts";
import { text as linkText } from "../../links/text.en.ts";
import { invalid } from "../../problem.ts";
import { uploadList } from "../files/link-files-schema.ts";
import { TakenFiles } from "../files/upload-list.ts";
import { requireUser } from "../request/caller.ts";
import { checked } from "../request/checked.ts";
import { etagOf } from "../request/conditions.ts";
import { joinPointer } from "../request/pointer.ts";
import type { Once } from "../request/repeated.ts";
import { text } from "../text.en.ts";
import { describeCreated } from "./describe-link.ts";
import { answerLink } from "./read-link.ts";

/** `POST /api/v1/links` */
export async function createLink(call: Call, body: object, once: Once): Promise<Response> {
  const existing = "find_if_exists" in body ? await findExisting(call, body) : null;
  if (existing !== null) return answerLink(call, existing, 200, located(existing));
  if ("files" in body) return answerCreated(call, await createFromUploads(call, body, once));
  const { upload, ...fields } = body as { readonly upload?: unknown };
  const isUpload = upload !== undefined && upload !== null;
  return answerCreated(
    call,
    isUpload
      ? await createFromUpload(call, upload, fields, once)
      : await createFromJson(call, fields, once),
  );
}

/** The caller's link that is returned instead of a new one. */
async function findExisting(call: Call, body: object): Promise<ListedLink | null> {
  const { links } = call.app;
  const { input, wanted } = parseNewLinkJson(body, contextOf(call));
  const creation = { ownerId: requireUser(call).id };
  const found = wanted && (await links.existing.find(call.actor, creation, input, wanted));
  return found && (await links.get(call.actor, found.shortCode));
}

/** Answers with a new link, where it is, and how it is deleted. */
export function answerCreated(call: Call, link: ListedLink): Response {
  const headers = located(link);
  headers.set("etag", etagOf(link));
  return json(describeCreated(call, link), { call, status: 201, headers });
}

function located({ shortCode }: Link): Headers {
  return new Headers({ location: href("apiLink", { shortCode }) });
}

/** Creates a link of the caller's from a JSON object. */
export async function createFromJson(
  call: Call,
  body: object,
  once: Once = {},
): Promise<ListedLink> {
  const owner = requireUser(call);
  const { app, actor } = call;
  const context = contextOf(call);
  const creation = { ownerId: owner.id, ...once };
  const { input, content } = parseNewLinkJson(body, context);
  await app.links.circles.refuseNew(input, context.ownOrigins);
  const { kind } = input;
  if (content === null || !hasContent(kind))
    return asNew(await app.links.create(actor, creation, input), owner);
  const title = input.title || (input.shortCode ?? "");
  await using stored = await storeText(
    call,
    content,
    { kind, title, owner, stored: null },
    "content",
  );
  return asNew(await app.links.create(actor, creation, input, stored.file), owner);
}

/** A new link as lists have it. */
export function asNew(link: Link, { username: owner }: User): ListedLink {
  return { ...link, owner, visits: 0, lastVisitAt: null };
}

/** Creates a collection, or an HTML page, of uploads in portions. */
async function createFromUploads(
  call: Call,
  { files, ...fields }: { readonly files?: unknown },
  once: Once,
): Promise<ListedLink> {
  const owner = requireUser(call);
  const { app, actor } = call;
  const context = contextOf(call);
  const named = checked(uploadList, files, (path) => joinPointer(["files", ...path]));
  const isSite = "kind" in fields && fields.kind === "html";
  const note = { hasFiles: named.length > 0, hasFile: isSite };
  const { input, content } = parseNewLinkJson(fields, context, note);
  if (!mayHaveFiles(input) || content !== null) throw invalid("files", text.upload.onlyCollections);
  await app.links.circles.refuseNew(input, context.ownOrigins);
  await using taken = await TakenFiles.take(call, owner, named);
  const site = isSite ? siteOfFiles(call, taken.sent, "files") : null;
  const creation = { ownerId: owner.id, ...once, files: site?.files ?? taken.files };
  const link = await app.links.create(actor, creation, input, site?.file);
  await taken.markUsed(link.shortCode);
  return asNew(link, owner);
}

/** Creates the link of an upload in portions. */
async function createFromUpload(
  call: Call,
  upload: unknown,
  fields: object,
  once: Once,
): Promise<ListedLink> {
  if (typeof upload !== "string") throw invalid("upload", linkText.input.noText);
  const owner = requireUser(call);
  const { app, actor } = call;
  const context = contextOf(call);
  const { input, content } = parseNewLinkJson(fields, context, { hasFile: true });
  await app.links.circles.refuseNew(input, context.ownOrigins);
  const { kind } = input;
  if (content !== null || !hasContent(kind)) throw invalid("upload", text.upload.noFile);
  await using file = await takeSentUpload(call, upload, { owner, kind });
  await using taken = await takeContent(call, { file, kind, field: "upload" });
  const creation = { ownerId: owner.id, ...once, files: taken.files ?? [] };
  const link = await app.links.create(actor, creation, { ...input, kind: taken.kind }, taken.file);
  await file.markUsed(link.shortCode);
  app.metrics.countUpload(file.size);
  return asNew(link, owner);
}

export function contextOf(call: Call): InputContext {
  return inputContext(call.app, ownOrigins(call), zoneOf(call));
}
