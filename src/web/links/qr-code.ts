import { create as contentDisposition } from "content-disposition";
import type { Call, Handler } from "../../http/call.ts";
import {
  findOrDraw,
  type QrFormat,
  type QrLook,
  qrRanges,
  qrTypes,
} from "../../http/qr/draw-qr.ts";
import { securityHeaders } from "../../http/response/security-headers.ts";
import { href } from "../../http/urls.ts";
import { statusOf } from "../../links/link.ts";
import { isStoredCode } from "../../links/short-code.ts";
import { invalid, Problem } from "../../problem.ts";
import { text } from "./text.en.ts";

/** `GET /-/qr/<code>.svg|png`: the QR code of a short link; of one that is not live, for its owner only. */
export const qr: Handler = async (call) => {
  const { shortCode = "", format } = call.params;
  if (format !== "svg" && format !== "png")
    throw new Problem("not_found", text.qrCode.unknownFormat);
  const look = readLook(call.url.searchParams);
  const isLive = await isPublic(call, shortCode);
  if (!isLive) await call.app.links.get(call.actor, shortCode);
  const address = call.client.origin + href("open", { shortCode });
  const headers = headersFor(call, format, isLive);
  if (call.url.searchParams.get("download") === "1")
    headers.set("content-disposition", contentDisposition(`${shortCode}.${format}`));
  return new Response(await findOrDraw(call, address, format, look), { headers });
};

/**
 * `?size=` and `?margin=`.
 * @throws Problem `invalid` naming the field
 */
function readLook(query: URLSearchParams): QrLook {
  return { size: readWhole(query, "size"), margin: readWhole(query, "margin") };
}

function readWhole(query: URLSearchParams, name: keyof typeof qrRanges): number {
  const { least, most, usual } = qrRanges[name];
  const given = query.get(name) ?? String(usual);
  const value = /^\d{1,5}$/.test(given) ? Number(given) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw invalid(name, text.qrCode.outOfRange(name, least, most));
}

async function isPublic({ app }: Call, shortCode: string): Promise<boolean> {
  const opening = isStoredCode(shortCode) ? await app.links.cache.find(shortCode) : null;
  return opening !== null && statusOf(opening, app.clock()) === "live";
}

function headersFor({ client, settings }: Call, format: QrFormat, isLive: boolean): Headers {
  const headers = new Headers(securityHeaders("static", { isHttps: client.isHttps, settings }));
  headers.set("content-type", qrTypes[format]);
  headers.set("cache-control", isLive ? "public, max-age=300" : "no-store");
  return headers;
}
