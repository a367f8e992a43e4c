import type { z } from "zod";
import { isComplete, nameOf, type Upload } from "../../files/uploads/upload.ts";
import type { Call } from "../../http/call.ts";
import { empty, json } from "../../http/response/response.ts";
import { href } from "../../http/urls.ts";
import { requireUser } from "../request/caller.ts";
import { requireTus, uploadHeaders } from "./tus-headers.ts";
import { finishUpload } from "./upload-link.ts";
import type { uploadListQuery, uploadSchema } from "./upload-schema.ts";

/** `GET /api/v1/uploads` */
export async function listUploads(
  call: Call,
  query: z.output<typeof uploadListQuery>,
): Promise<Response> {
  const { app, actor, client } = call;
  const which = { ownerId: requireUser(call).id, metadata: query.metadata };
  const uploads = await app.files.uploads.list(actor, which);
  return json({ items: uploads.map((upload) => describeUpload(client, upload)) }, { call });
}

/** `GET` and `HEAD /api/v1/uploads/<id>` */
export async function readUpload(call: Call): Promise<Response> {
  const { app, actor, client, request } = call;
  const { uploads } = app.files;
  const id = idOf(call);
  if (request.method !== "HEAD")
    return json(describeUpload(client, await uploads.find(actor, id)), { call });
  requireTus(request);
  // Where the process ended before it could create the link, this is what the client asks next.
  const upload = await finishUpload(call, await uploads.settle(actor, id));
  const headers = answerHeaders(call, upload);
  if (upload.length === null) headers.set("upload-defer-length", "1");
  else headers.set("upload-length", String(upload.length));
  if (upload.purpose === "partial") headers.set("upload-concat", "partial");
  if (upload.metadata !== "") headers.set("upload-metadata", upload.metadata);
  return json(describeUpload(client, upload), { call, headers });
}

/** `DELETE /api/v1/uploads/<id>` */
export async function deleteUpload(call: Call): Promise<Response> {
  requireTus(call.request);
  await call.app.files.uploads.remove(call.actor, idOf(call));
  return empty({ call, status: 204 });
}

export function idOf({ params }: Call): string {
  return params.upload ?? "";
}

/** How far an upload is, and the short URL of its link. */
export function answerHeaders({ client }: Call, upload: Upload): Headers {
  const headers = uploadHeaders(upload);
  const { shortCode } = upload;
  if (shortCode !== null) headers.set("trunk8-url", client.origin + href("open", { shortCode }));
  return headers;
}

function describeUpload(client: Call["client"], upload: Upload): z.input<typeof uploadSchema> {
  return {
    id: upload.id,
    url: client.origin + href("apiUpload", { upload: upload.id }),
    name: nameOf(upload),
    length: upload.length,
    offset: upload.received,
    is_complete: isComplete(upload),
    purpose: upload.purpose,
    short_code: upload.shortCode,
    created_at: new Date(upload.createdAt).toISOString(),
    expires_at: new Date(upload.expiresAt).toISOString(),
  };
}
