import type { Random } from "../clock.ts";

/** What bytes are, whatever they are called. */
export interface StoredBytes {
  readonly size: number;
  /** SHA-256, in hex. */
  readonly sha256: string;
}

declare const blobPath: unique symbol;

/** Where bytes are kept in a store: `<owner>/assets/<uuid>.<extension>`. */
export type BlobPath = string & { readonly [blobPath]: true };

/**
 * `reserved`: named, though maybe not yet in place and in no link; `used`: some link has it; `released`: to be
 * removed, and never used again. Bytes that the operator keeps are never removed: `in_place` while some link has them,
 * then `left`.
 */
export type BlobState = "reserved" | "used" | "released" | "in_place" | "left";

/** Keeps bytes: the disk of this machine, or another that many machines reach. */
export interface BlobStore {
  /** Begins to take bytes of `owner`'s, a user name. */
  draft(owner: string): Promise<Draft>;
  /** The kept bytes, to be read or sent; nothing is opened yet. */
  read(path: BlobPath): Blob;
  /** How many bytes are kept there; null when none are. */
  measure(path: BlobPath): Promise<number | null>;
  /** Removes bytes; that there are none is no fault. */
  remove(path: BlobPath): Promise<void>;
  /** Whether anything is kept for `owner`, a user name. */
  hasFilesOf(owner: string): Promise<boolean>;
  /** Removes the drafts of processes that died; tells how many there were. */
  sweepDrafts(): Promise<number>;
  /** Every path that has bytes, and what else lies among them. */
  list(): AsyncIterable<string>;
}

/** Bytes on their way into a store. Disposed of before it is placed, it leaves nothing behind. */
export interface Draft extends AsyncDisposable {
  /**
   * Takes more bytes; resolves when there is room for the next.
   * @throws Problem `storage_full`
   */
  write(bytes: Uint8Array): Promise<void>;
  /**
   * Keeps the bytes at `path`; resolves when they are durable there.
   * @throws Problem `storage_full`
   */
  place(path: BlobPath): Promise<void>;
}

/** A new place for `owner`'s bytes. */
export function makeBlobPath(owner: string, extension: string, random: Random): BlobPath {
  const file = extension === "" ? makeUuid(random) : `${makeUuid(random)}.${extension}`;
  return requireBlobPath(`${owner}/assets/${file}`);
}

/** No segment is empty, begins with a dot, or holds what a file system reads otherwise. */
const BLOB_PATH = /^(?!\.)[^/\\\p{Cc}]{1,200}\/assets\/[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/u;

/**
 * `text` as a path that cannot lead out of a store.
 * @throws Error for any other: such a path was never made by us
 */
export function requireBlobPath(text: string): BlobPath {
  if (!BLOB_PATH.test(text)) throw new Error(`This is no place for bytes: ${text}`);
  return text as BlobPath;
}

/** As `BLOB_PATH`, with any name and in any folder below `assets`. */
const PATH_IN_PLACE = /^(?!\.)[^/\\\p{Cc}]{1,200}\/assets(?:\/(?!\.)[^/\\\p{Cc}]{1,255}){1,20}$/u;

/** Where a file of the operator's lies among `owner`'s; null for a path that could lead elsewhere. */
export function pathInPlace(owner: string, relative: string): BlobPath | null {
  const path = `${owner}/assets/${relative}`;
  return PATH_IN_PLACE.test(path) && path.isWellFormed() ? (path as BlobPath) : null;
}

/** A random UUID (RFC 9562, version 4). */
export function makeUuid(random: Random): string {
  const bytes = Buffer.from(random(16));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
