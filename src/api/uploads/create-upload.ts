import { maxFileBytes } from "../../config/values/sizes.ts";
import { parseMetadata, type Upload, type UploadPurpose } from "../../files/uploads/upload.ts";
import type { Call } from "../../http/call.ts";
import { hasBody } from "../../http/request/body.ts";
import { bytes } from "../../http/response/response.ts";
import { href } from "../../http/urls.ts";
import { requireUser } from "../request/caller.ts";
import { receive } from "./add-to-upload.ts";
import { answerHeaders } from "./read-upload.ts";
import {
  bringsBytes,
  type Concatenation,
  readConcatenation,
  readLength,
  requireTus,
} from "./tus-headers.ts";
import { finishUpload, requireLink, requireName } from "./upload-link.ts";

/** `POST /api/v1/uploads` */
export async function createUpload(call: Call): Promise<Response> {
  const { request, app, actor, settings, connection } = call;
  requireTus(request);
  const concatenation = readConcatenation(request);
  const ids = concatenation === null || concatenation === "partial" ? null : concatenation;
  const known = ids && (await app.files.uploads.findJoined(actor, ids));
  // Its answer was lost.
  if (known) return answerCreated(call, await finishUpload(call, known));
  const metadata = request.headers.get("upload-metadata") ?? "";
  const fields = parseMetadata(metadata);
  const purpose = purposeOf(fields, concatenation);
  if (purpose !== "partial") requireName(call, fields);
  if (purpose === "link") await requireLink(call, fields);
  const [owner, maxBytes] = [requireUser(call), maxFileBytes(settings)];
  if (ids !== null) {
    connection.allowSilence(request, JOIN_SECONDS);
    const parts = { ids, metadata, purpose };
    const joined = await app.files.uploads.join(actor, owner, parts, maxBytes);
    return answerCreated(call, await finishUpload(call, joined));
  }
  const sha256 = fields.get("sha256") ?? "";
  const input = { length: readLength(request), metadata, purpose, sha256 };
  const made = await app.files.uploads.create(actor, owner, input, maxBytes);
  return answerCreated(call, await finishUpload(call, await withBytes(call, made)));
}

/** A large file is copied once. */
const JOIN_SECONDS = 600;

function purposeOf(
  fields: ReadonlyMap<string, string>,
  concatenation: Concatenation,
): UploadPurpose {
  if (concatenation === "partial") return "partial";
  return fields.get("purpose") === "hold" ? "hold" : "link";
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
