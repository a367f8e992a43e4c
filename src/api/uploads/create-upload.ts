import { maxFileBytes } from "../../config/values/sizes.ts";
import { parseMetadata, type Upload } from "../../files/uploads/upload.ts";
import type { Call } from "../../http/call.ts";
import { hasBody } from "../../http/request/body.ts";
import { bytes } from "../../http/response/response.ts";
import { href } from "../../http/urls.ts";
import { requireUser } from "../request/caller.ts";
import { receive } from "./add-to-upload.ts";
import { answerHeaders } from "./read-upload.ts";
import { bringsBytes, readLength, requireTus } from "./tus-headers.ts";
import { finishUpload, requireLink, requireName } from "./upload-link.ts";

/** `POST /api/v1/uploads` */
export async function createUpload(call: Call): Promise<Response> {
  const { request, app, actor, settings } = call;
  requireTus(request);
  const length = readLength(request);
  const metadata = request.headers.get("upload-metadata") ?? "";
  const fields = parseMetadata(metadata);
  const purpose = fields.get("purpose") === "hold" ? "hold" : "link";
  requireName(call, fields);
  if (purpose === "link") await requireLink(call, fields);
  const input = { length, metadata, purpose, sha256: fields.get("sha256") ?? "" } as const;
  const made = await app.files.uploads.create(
    actor,
    requireUser(call),
    input,
    maxFileBytes(settings),
  );
  return answerCreated(call, await finishUpload(call, await withBytes(call, made)));
}

async function withBytes(call: Call, upload: Upload): Promise<Upload> {
  if (!bringsBytes(call.request) || !hasBody(call.request)) return upload;
  return await receive(call, upload.id, { offset: 0, length: null });
}

function answerCreated(call: Call, upload: Upload): Response {
  const headers = answerHeaders(call, upload);
  headers.set("location", href("apiUpload", { upload: upload.id }));
  return bytes("", "text/plain", { call, status: 201, headers });
}
