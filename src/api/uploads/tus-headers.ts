import type { Settings } from "../../config/settings.ts";
import { maxFileBytes } from "../../config/values/sizes.ts";
import type { Checksum } from "../../files/uploads/receive-portion.ts";
import type { Upload } from "../../files/uploads/upload.ts";
import { href } from "../../http/urls.ts";
import { Problem } from "../../problem.ts";
import { text } from "../text.en.ts";

const VERSION = "1.0.0";

/** The media type of the bytes of an upload. */
const BYTES_TYPE = "application/offset+octet-stream";

const EXTENSIONS = [
  "creation",
  "creation-with-upload",
  "creation-defer-length",
  "expiration",
  "checksum",
  "termination",
  "concatenation",
];

/** Whether a path is of uploads in portions, where every answer is one of tus. */
export function isUploadPath(path: string): boolean {
  const uploads = href("apiUploads");
  return path === uploads || path.startsWith(`${uploads}/`);
}

/** What every answer there says. */
export function addTusVersion(headers: Headers): void {
  headers.set("tus-resumable", VERSION);
  headers.set("tus-version", VERSION);
}

/** What `OPTIONS` says. */
export function addTusAbilities(settings: Settings, headers: Headers): void {
  addTusVersion(headers);
  headers.set("tus-extension", EXTENSIONS.join(","));
  headers.set("tus-checksum-algorithm", "sha1,sha256");
  const maxBytes = maxFileBytes(settings);
  if (Number.isFinite(maxBytes)) headers.set("tus-max-size", String(maxBytes));
}

/** @throws Problem `precondition_failed` for a request of no version, or another one */
export function requireTus({ headers }: Request): void {
  if (headers.get("tus-resumable") === VERSION) return;
  throw new Problem("precondition_failed", text.upload.version(VERSION));
}

/**
 * @returns the length of a new upload; null where it is said later
 * @throws Problem `bad_request`
 */
export function readLength({ headers }: Request): number | null {
  const deferred = headers.get("upload-defer-length");
  const length = readNumber(headers, "upload-length");
  if ((deferred !== null && deferred !== "1") || (length === null) === (deferred === null))
    throw new Problem("bad_request", text.upload.length);
  return length;
}

/**
 * A whole number in a header; null without the header.
 * @throws Problem `bad_request`
 */
export function readNumber(headers: Headers, name: string): number | null {
  const given = headers.get(name);
  if (given === null) return null;
  if (!/^\d{1,15}$/.test(given)) throw new Problem("bad_request", text.upload.noNumber(name));
  return Number(given);
}

/** How an upload is made: of bytes, as a part of another one, or of the parts with these ids. */
export type Concatenation = null | "partial" | readonly string[];

/**
 * Reads `Upload-Concat`.
 * @throws Problem `bad_request`
 */
export function readConcatenation({ headers, url }: Request): Concatenation {
  const given = headers.get("upload-concat");
  if (given === null || given === "partial") return given;
  const [, listed = ""] = /^final;\s*(\S.*)$/.exec(given) ?? [];
  const below = `${href("apiUploads")}/`;
  const paths = listed.split(/\s+/).map((part) => URL.parse(part, url)?.pathname ?? "");
  const hasLength = headers.has("upload-length") || headers.has("upload-defer-length");
  if (hasLength || paths.some((path) => !path.startsWith(below)))
    throw new Problem("bad_request", text.upload.concat);
  return paths.map((path) => path.slice(below.length));
}

/** Whether the body of a request is bytes of an upload. */
export function bringsBytes({ headers }: Request): boolean {
  const [type = ""] = (headers.get("content-type") ?? "").split(";", 1);
  return type.trim().toLowerCase() === BYTES_TYPE;
}

/** @throws Problem `bad_request` for an algorithm that is not known */
export function readChecksum({ headers }: Request): Checksum | null {
  const given = headers.get("upload-checksum");
  if (given === null) return null;
  const [, algorithm, coded = ""] = /^(sha1|sha256) ([A-Za-z0-9+/]+={0,2})$/.exec(given) ?? [];
  if (algorithm !== "sha1" && algorithm !== "sha256")
    throw new Problem("bad_request", text.upload.checksum);
  return { algorithm, digest: Buffer.from(coded, "base64") };
}

/** How far an upload is. */
export function uploadHeaders({ received, state, shortCode, expiresAt }: Upload): Headers {
  const headers = new Headers({ "upload-offset": String(received) });
  if (state === "open") headers.set("upload-expires", new Date(expiresAt).toUTCString());
  if (shortCode !== null) headers.set("content-location", href("apiLink", { shortCode }));
  return headers;
}
