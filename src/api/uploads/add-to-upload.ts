import { maxFileBytes } from "../../config/values/sizes.ts";
import type { Upload } from "../../files/uploads/upload.ts";
import type { Addition } from "../../files/uploads/uploads.ts";
import type { Call } from "../../http/call.ts";
import { CountedUpload } from "../../http/content/counted-upload.ts";
import { empty } from "../../http/response/response.ts";
import { Problem } from "../../problem.ts";
import { timed } from "../../telemetry/trace.ts";
import { arrivingBytes } from "../request/raw-body.ts";
import { text } from "../text.en.ts";
import { answerHeaders, idOf } from "./read-upload.ts";
import { bringsBytes, readChecksum, readNumber, requireTus } from "./tus-headers.ts";
import { finishUpload } from "./upload-link.ts";

/** `PATCH /api/v1/uploads/<id>` */
export async function addToUpload(call: Call): Promise<Response> {
  const { request } = call;
  requireTus(request);
  if (!bringsBytes(request)) throw new Problem("unsupported_type", text.upload.type);
  const offset = readNumber(request.headers, "upload-offset");
  if (offset === null) throw new Problem("bad_request", text.upload.noNumber("Upload-Offset"));
  const length = readNumber(request.headers, "upload-length");
  const upload = await receive(call, idOf(call), { offset, length });
  const headers = answerHeaders(call, await finishUpload(call, upload));
  return empty({ call, status: 204, headers });
}

/** Stores the body of a request as bytes of an upload. */
export async function receive(
  call: Call,
  id: string,
  place: Pick<Addition, "offset" | "length">,
): Promise<Upload> {
  const { request, app, actor, settings } = call;
  if (request.headers.has("content-encoding"))
    throw new Problem("unsupported_type", text.file.encoded);
  const addition = {
    ...place,
    bytes: arrivingBytes(call, { areFreed: true }),
    size: readNumber(request.headers, "content-length"),
    checksum: readChecksum(request),
  };
  using counted = new CountedUpload(call);
  counted.begin();
  const add = () => app.files.uploads.add(actor, id, addition, maxFileBytes(settings));
  return await counted.receive(() => timed("body", add));
}
