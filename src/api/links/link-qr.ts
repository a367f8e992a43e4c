import type { Call } from "../../http/call.ts";
import { findOrDraw, type QrFormat, type QrLook, qrTypes } from "../../http/qr/draw-qr.ts";
import { bytes } from "../../http/response/response.ts";
import { href } from "../../http/urls.ts";
import { findLink } from "./read-link.ts";

/** `GET /api/v1/links/<code>/qr` */
export async function drawLinkQr(
  call: Call,
  { format, ...look }: QrLook & { readonly format: QrFormat },
): Promise<Response> {
  const { shortCode } = await findLink(call);
  const address = call.client.origin + href("open", { shortCode });
  return bytes(await findOrDraw(call, address, format, look), qrTypes[format], { call });
}
