import type { z } from "zod";
import type { BlobOwner } from "../../files/blobs.ts";
import type { Call } from "../../http/call.ts";
import { fileListOf } from "../../http/content/file-list.ts";
import { json } from "../../http/response/response.ts";
import { href } from "../../http/urls.ts";
import type { FileChanges } from "../../links/files/link-files.ts";
import type { ListedLink } from "../../links/links.ts";
import { declaredIn } from "../../links/rows/declared.ts";
import { rfc3339 } from "../../text/rfc3339.ts";
import { answerLink, findLink } from "../links/read-link.ts";
import { onCondition, requireConditions } from "../request/conditions.ts";
import { nextHeaders } from "../request/paging.ts";
import type { fileEditsBody, filesPage, filesQuery } from "./link-files-schema.ts";
import { readFileList } from "./upload-file.ts";
import { TakenFiles } from "./upload-list.ts";

/** `GET /api/v1/links/<code>/files` */
export async function listFiles(
  call: Call,
  { limit, after }: z.output<typeof filesQuery>,
): Promise<Response> {
  const { id, shortCode } = await findLink(call);
  const files = await call.app.links.files.page(id, after, limit + 1);
  const items = files.slice(0, limit).map(({ id, path, title, content }) => ({
    id,
    path,
    title,
    type: content.type,
    size: content.size,
    sha256: content.sha256,
    modified_at: rfc3339(content.modifiedAt) ?? "",
    url: call.client.origin + href("part", { shortCode, path }),
  }));
  const next = files.length > limit ? String(after + limit) : null;
  const page: z.input<typeof filesPage> = { items, next };
  return json(page, { call, headers: nextHeaders(call, next) });
}

/** `PATCH /api/v1/links/<code>/files` */
export async function changeFiles(
  call: Call,
  { files = [], add = [] }: z.output<typeof fileEditsBody>,
): Promise<Response> {
  const link = await findLink(call);
  const edits = files.map(({ remove = false, ...edit }) => ({ ...edit, isRemoved: remove }));
  await using taken = await TakenFiles.take(call, ownerOf(link), add);
  const response = await changeLinkFiles(call, link, { edits, added: taken.files });
  await taken.markUsed(link.shortCode);
  return response;
}

function ownerOf({ ownerId: id, owner: username }: ListedLink): BlobOwner {
  return { id, username };
}

/** `POST /api/v1/links/<code>/files` */
export async function addFiles(call: Call): Promise<Response> {
  const link = await findLink(call);
  await using sent = await readFileList(call, ownerOf(link));
  const added = fileListOf(call, sent.lists.get("file") ?? [], "file");
  return await changeLinkFiles(call, link, { edits: [], added });
}

async function changeLinkFiles(
  call: Call,
  link: ListedLink,
  changes: FileChanges,
): Promise<Response> {
  if (link.declared) throw declaredIn(link, link.owner);
  const { files } = call.app.links;
  const revision = requireConditions(call.request, link);
  return await onCondition(call.request, async () => {
    const changed = await files.change(call.actor, link.shortCode, { ...changes, revision });
    return answerLink(call, { ...link, ...changed });
  });
}
