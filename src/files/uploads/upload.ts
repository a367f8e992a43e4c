import { Problem } from "../../problem.ts";
import { cleanFileName } from "../file-name.ts";
import { text } from "../text.en.ts";

/** What becomes of an upload that is complete: a link, nothing until a request takes it, or a part of another one. */
export type UploadPurpose = "link" | "hold" | "partial";

/** A file that is sent in portions, over any number of connections. */
export interface Upload {
  /** Unguessable. */
  readonly id: string;
  readonly ownerId: number;
  /** User name of the owner. */
  readonly owner: string;
  /** Null until it is known. */
  readonly length: number | null;
  /** How many of its bytes are durable. */
  readonly received: number;
  /** `Upload-Metadata` as it was sent. */
  readonly metadata: string;
  readonly purpose: UploadPurpose;
  /** `used`: its bytes are those of a link. */
  readonly state: "open" | "used";
  /** Of all bytes; "" until they are hashed. */
  readonly sha256: string;
  /** Of the link that was created with it. */
  readonly shortCode: string | null;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** Whether all bytes are there. */
export function isComplete({ length, received }: Pick<Upload, "length" | "received">): boolean {
  return length === received;
}

/** Longest `Upload-Metadata`: what proxies take as one line. */
const MAX_METADATA = 8000;

const PAIR = /^([!-+\--~]+)(?: ([A-Za-z0-9+/]*={0,2}))?$/;

/**
 * Reads `Upload-Metadata`: keys, each once, with values in Base64 that may be missing.
 * @throws Problem `bad_request`
 */
export function parseMetadata(given: string): ReadonlyMap<string, string> {
  if (given.length > MAX_METADATA) throw badMetadata();
  const found = new Map<string, string>();
  for (const pair of given === "" ? [] : given.split(",")) {
    const [, key, coded = ""] = PAIR.exec(pair.trim()) ?? [];
    if (key === undefined || found.has(key)) throw badMetadata();
    found.set(key, decoded(coded));
  }
  return found;
}

/** Writes `Upload-Metadata`, in the order of the fields. */
export function writeMetadata(fields: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(fields).map(
    ([key, value]) => `${key} ${Buffer.from(value).toString("base64")}`,
  );
  return pairs.join(",");
}

function decoded(coded: string): string {
  const bytes = Buffer.from(coded, "base64");
  if (bytes.toString("base64").replace(/=+$/, "") !== coded.replace(/=+$/, "")) throw badMetadata();
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw badMetadata();
  }
}

/** The name of the file as clients call it: tus-js-client and Uppy differ. */
export function fileNameIn(metadata: ReadonlyMap<string, string>): string {
  return metadata.get("filename") || metadata.get("name") || text.unnamed;
}

/** The name of the file of an upload, cleaned, for display. */
export function nameOf({ metadata }: Pick<Upload, "metadata">): string {
  return cleanFileName(fileNameIn(parseMetadata(metadata)));
}

function badMetadata(): Problem {
  return new Problem("bad_request", text.upload.badMetadata(MAX_METADATA));
}

/** @throws Problem `not_found` for what is no id, such as a path */
export function requireUploadId(id: string): void {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(id)) throw noSuchUpload();
}

export function noSuchUpload(): Problem {
  return new Problem("not_found", text.upload.notFound);
}
