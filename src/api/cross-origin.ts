import type { Call } from "../http/call.ts";

/** Headers of requests that scripts of other sites may send. */
const SENT = [
  "authorization",
  "content-type",
  "if-match",
  "if-none-match",
  "idempotency-key",
  "tus-resumable",
  "upload-checksum",
  "upload-concat",
  "upload-defer-length",
  "upload-length",
  "upload-metadata",
  "upload-offset",
  "x-api-key",
  "x-http-method-override",
  "x-request-id",
  "x-requested-with",
].join(", ");

/** Headers of answers that they may read, beside those that browsers always show. */
const EXPOSED = [
  "content-disposition",
  "content-location",
  "etag",
  "idempotency-replayed",
  "link",
  "location",
  "ratelimit",
  "ratelimit-policy",
  "retry-after",
  "trunk8-url",
  "tus-checksum-algorithm",
  "tus-extension",
  "tus-max-size",
  "tus-resumable",
  "tus-version",
  "upload-concat",
  "upload-defer-length",
  "upload-expires",
  "upload-length",
  "upload-metadata",
  "upload-offset",
  "www-authenticate",
  "x-request-id",
].join(", ");

/** How long a browser may remember a preflight; none does for longer. */
const REMEMBERED_SECONDS = 7200;

type Asked = Pick<Call, "request" | "settings">;

/**
 * Lets scripts of the sites of `api.allowed_origins` read an answer (CORS). Never with credentials: a script needs a
 * key, and cookies do not count.
 */
export function shareWithOrigin(asked: Asked, headers: Headers): void {
  headers.delete("access-control-allow-origin");
  if (asked.settings["api.allowed_origins"].length === 0) return;
  headers.append("vary", "origin");
  const origin = allowedOrigin(asked);
  if (origin === null) return;
  headers.set("access-control-allow-origin", origin);
  headers.set("access-control-expose-headers", EXPOSED);
}

/** Answers a preflight of such a site. */
export function allowRequest(asked: Asked, methods: readonly string[], headers: Headers): void {
  shareWithOrigin(asked, headers);
  if (allowedOrigin(asked) === null) return;
  headers.delete("access-control-expose-headers");
  headers.set("access-control-allow-methods", methods.join(", "));
  headers.set("access-control-allow-headers", SENT);
  headers.set("access-control-max-age", String(REMEMBERED_SECONDS));
}

function allowedOrigin({ request, settings }: Asked): string | null {
  const origin = request.headers.get("origin");
  return origin !== null && settings["api.allowed_origins"].includes(origin) ? origin : null;
}
