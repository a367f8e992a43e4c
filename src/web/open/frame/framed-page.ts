import type { Call } from "../../../http/call.ts";
import { type DeliveredFile, type Delivery, deliver } from "../../../http/response/deliver-file.ts";
import { markedEncoding } from "../../../text/text-encoding.ts";
import script from "./framed.js" with { type: "text" };

/** Comes last: before a document's own first tag, it would change how browsers lay the document out. */
const SCRIPT = Buffer.from(`\n<script>${script}</script>\n`);
const SCRIPT_MARK = Bun.hash.xxHash64(SCRIPT).toString(36);

type Bytes = Uint8Array<ArrayBuffer> | Blob;

/** Sends an HTML page for a frame of ours, with a script that lets its links and forms leave the frame. */
export async function deliverFramed(
  { request }: Pick<Call, "request">,
  bytes: Bytes,
  file: DeliveredFile,
  delivery: Delivery,
): Promise<Response> {
  if (await isUtf16(bytes)) return deliver(request, bytes, file, delivery);
  const size = file.size + SCRIPT.byteLength;
  const extended = { ...file, size, sha256: `${file.sha256}-${SCRIPT_MARK}` };
  const response = deliver(withoutRange(request), NOTHING, extended, delivery);
  if (response.status !== 200 || request.method === "HEAD") return response;
  return new Response(withScript(bytes), response);
}

const NOTHING = new Uint8Array();

function withoutRange(request: Request): Request {
  const headers = new Headers(request.headers);
  headers.delete("range");
  return new Request(request.url, { method: request.method, headers });
}

function withScript(bytes: Bytes): Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> {
  if (bytes instanceof Uint8Array) return Buffer.concat([bytes, SCRIPT]);
  return bytes
    .stream()
    .pipeThrough(new TransformStream({ flush: (controller) => controller.enqueue(SCRIPT) }));
}

/** By its byte order mark; the script would be no text of such a page. */
async function isUtf16(bytes: Bytes): Promise<boolean> {
  const head = bytes instanceof Uint8Array ? bytes : await bytes.slice(0, 2).bytes();
  return markedEncoding(head) !== "utf-8";
}
