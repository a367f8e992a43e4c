import type { Settings } from "../../config/settings.ts";
import type { BlobPath, StoredBytes } from "../../files/blob.ts";
import { isInert } from "../../files/media/media-type.ts";
import type { Client } from "../call.ts";
import { accelHeader, accelPrefix } from "../urls.ts";
import { type ByteRange, judge, provenDate } from "./conditional.ts";
import { fileDisposition } from "./file-disposition.ts";
import { letEmbed, type ResponseKind, securityHeaders } from "./security-headers.ts";

/** A user's file, as described to browsers. */
export interface DeliveredFile extends StoredBytes {
  /** As `mediaTypeOf` made it. */
  readonly type: string;
  /** For people. */
  readonly name: string;
  /** When what this URL sends changed last, in milliseconds since 1970 UTC. */
  readonly modifiedAt: number;
}

export interface Delivery {
  readonly call: { readonly client: Pick<Client, "isHttps">; readonly settings: Settings };
  /** Whether browsers may show it in place, where its type is inert; else they save it. */
  readonly inline: boolean;
  /** A page whose headers keep it apart from ours, so that it is shown whatever its type is. */
  readonly page?: Extract<ResponseKind, `hosted${string}`>;
  /** Whether web pages of users, which have no origin or one of their own, may read it. */
  readonly isShared: boolean;
  /** Websites that may show it in a frame besides the site itself. */
  readonly embedders?: string;
  /** Names the file for programs that read ASCII only. */
  readonly shortCode: string;
  readonly cacheControl: string;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
}

/** A file's bytes in memory, or a file of the disk, which the kernel sends. */
type Bytes = Uint8Array<ArrayBuffer> | Blob;

/**
 * Answers a GET or HEAD with a user's file, or as its conditions ask: 200, 206, 304, 412 or 416.
 * `bytes` are as many as `file.size` says.
 */
export function deliver(
  request: Request,
  bytes: Bytes,
  file: DeliveredFile,
  delivery: Delivery,
): Response {
  const headers = alwaysHeaders(file, delivery);
  const description = describe(file, delivery);
  const etag = entityTag(file, description);
  const modifiedAt = provenDate(file.modifiedAt, delivery.now);
  headers.set("etag", etag);
  if (modifiedAt !== null) headers.set("last-modified", new Date(modifiedAt).toUTCString());
  headers.set("accept-ranges", "bytes");
  const verdict = judge(request, { etag, modifiedAt, size: file.size });
  switch (verdict) {
    case "full":
      return whole(request, bytes, file, withDescription(headers, description));
    case "not_modified":
      return new Response(null, { status: 304, headers });
    case "precondition_failed":
      headers.set("cache-control", "no-store");
      return new Response(null, { status: 412, headers });
    case "unsatisfiable":
      headers.set("cache-control", "no-store");
      headers.set("content-range", `bytes */${file.size}`);
      return new Response(null, { status: 416, headers });
    default:
      return part(verdict, bytes, file, withDescription(headers, description));
  }
}

/**
 * Leaves the bytes, and with them all conditions, to nginx in front: its entity tags are not ours. A configuration of an
 * earlier version has the files without a prefix.
 */
export function deliverByNginx(
  { headers: asked }: Pick<Request, "headers">,
  path: BlobPath,
  file: DeliveredFile,
  delivery: Delivery,
): Response {
  const prefix = asked.get(accelHeader) === accelPrefix ? accelPrefix : "";
  const headers = withDescription(alwaysHeaders(file, delivery), describe(file, delivery));
  headers.set("x-accel-redirect", `${prefix}/${path.split("/").map(encodeURIComponent).join("/")}`);
  return new Response(null, { headers });
}

function alwaysHeaders(
  file: DeliveredFile,
  { call, inline, page, cacheControl, isShared, embedders = "" }: Delivery,
): Headers {
  const { client, settings } = call;
  const kind = page ?? (inline && file.type === "application/pdf" ? "pdf" : "file");
  const secure = securityHeaders(kind, { isHttps: client.isHttps, settings });
  const headers = new Headers(letEmbed(secure, embedders));
  headers.set("cache-control", cacheControl);
  if (isShared || LENT.test(file.type)) headers.set("access-control-allow-origin", "*");
  return headers;
}

/** What any page may use: browsers load fonts only where every origin may read them. */
const LENT = /^(font|image)\/|^text\/css/;

/** What the headers of an answer say of a file. */
interface Description {
  readonly type: string;
  readonly disposition: string;
  readonly embedders: string;
}

function describe(
  { type, name }: DeliveredFile,
  { inline, page, shortCode, embedders = "" }: Delivery,
): Description {
  const shown = page !== undefined || (inline && isInert(type)) ? "inline" : "attachment";
  return { type, disposition: fileDisposition(name, shown, shortCode), embedders };
}

function withDescription(headers: Headers, { type, disposition }: Description): Headers {
  headers.set("content-type", type);
  headers.set("content-disposition", disposition);
  return headers;
}

/** Covers the headers, too: a copy cached with other headers is sent again. */
function entityTag(
  { sha256 }: DeliveredFile,
  { type, disposition, embedders }: Description,
): string {
  const described = [type, disposition, ...(embedders === "" ? [] : [embedders])].join("\n");
  return `"${sha256}-${Bun.hash.xxHash64(described).toString(36)}"`;
}

function whole(
  request: Request,
  bytes: Bytes,
  { size }: DeliveredFile,
  headers: Headers,
): Response {
  headers.set("content-length", String(size));
  if (request.method === "HEAD") return told(headers);
  const isCut = bytes instanceof Blob && request.headers.has("range");
  return new Response(isCut ? unrangedStream(bytes) : bytes, { headers });
}

/** The answer to a HEAD, which Bun would give no date. */
function told(headers: Headers): Response {
  headers.set("date", new Date().toUTCString());
  return new Response(null, { headers });
}

/** Bun makes a part of a file when a range is asked for, also where If-Range forbids it; of a stream it does not. */
function unrangedStream(bytes: Blob): ReadableStream<Uint8Array> {
  return bytes.stream().pipeThrough(new TransformStream());
}

/** With our own Content-Range, Bun sends exactly this slice. */
function part(
  { first, last }: ByteRange,
  bytes: Bytes,
  { size }: DeliveredFile,
  headers: Headers,
): Response {
  headers.set("content-range", `bytes ${first}-${last}/${size}`);
  headers.set("content-length", String(last - first + 1));
  return new Response(bytes.slice(first, last + 1), { status: 206, headers });
}
