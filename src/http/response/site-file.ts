import { chooseCoding } from "./accept-encoding.ts";
import { isKnownTag } from "./conditional.ts";
import type { PrecompressedBytes } from "./precompressed.ts";
import type { Asked } from "./response.ts";
import { securityHeaders } from "./security-headers.ts";

/** A file of the site itself. */
export interface SiteFile {
  readonly type: string;
  /** Changes with its bytes. */
  readonly hash: string;
  readonly bytes: PrecompressedBytes;
}

interface Manner {
  readonly call: Asked;
  /** How long it may be kept. */
  readonly cacheControl: string;
  /** The media type of lines of text, if they are not plain. */
  readonly type?: string;
}

/** The year that RFC 9111 has in mind for what never changes. */
export const FOR_EVER = "public, max-age=31536000, immutable";

/** Responds with a file in the preferred encoding: 200, or 304 if the client has it. */
export async function siteFile(
  { type, hash, bytes }: SiteFile,
  { call, cacheControl }: Manner,
): Promise<Response> {
  const coding = chooseCoding(call.request, bytes.codings);
  const etag = coding === null ? `"${hash}"` : `"${hash}-${coding}"`;
  const headers = headersFor(call, cacheControl);
  headers.set("etag", etag);
  if (bytes.codings.length > 0) headers.set("vary", "accept-encoding");
  if (isKnownTag(call.request, etag)) return new Response(null, { status: 304, headers });
  headers.set("content-type", type);
  if (coding !== null) headers.set("content-encoding", coding);
  return new Response(await bytes.as(coding), { headers });
}

/** Answers with a few lines of text that are the same for everybody. */
export function siteText(
  text: string,
  { call, cacheControl, type = "text/plain; charset=utf-8" }: Manner,
): Response {
  const headers = headersFor(call, cacheControl);
  headers.set("content-type", type);
  return new Response(text, { headers });
}

function headersFor({ client, settings }: Asked, cacheControl: string): Headers {
  const headers = new Headers(securityHeaders("static", { isHttps: client.isHttps, settings }));
  headers.set("cache-control", cacheControl);
  return headers;
}
