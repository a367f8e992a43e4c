import type { FileHandle } from "node:fs/promises";
import type { Random } from "../clock.ts";

/** Size and hash of bytes. */
export interface StoredBytes {
  readonly size: number;
  /** SHA-256, in hex. */
  readonly sha256: string;
}

declare const blobPath: unique symbol;

/** Path of bytes in a store: `<owner>/assets/<uuid>.<extension>`. */
export type BlobPath = string & { readonly [blobPath]: true };

/**
 * State of a blob. `reserved`: has a path, maybe no bytes yet, and no link; `used`: by at least one link; `released`: to
 * be deleted, and never used again. The operator's files are never deleted: `in_place` while a link uses one, then `left`.
 */
export type BlobState = "reserved" | "used" | "released" | "in_place" | "left";

/** Bytes that a link uses. */
export interface UsedBlob {
  readonly id: number;
  readonly path: BlobPath;
}

/** Stores bytes on the disk of this machine, or on storage that several machines share. */
export interface BlobStore {
  /**
   * Checks that the store is the site's, without writing.
   * @throws Problem `busy`
   */
  check(): Promise<void>;
  /**
   * Checks that bytes can be stored, without writing.
   * @throws Problem `busy`
   */
  checkWritable(): Promise<void>;
  /** Begins to store bytes of `owner`, a user name. */
  draft(owner: string): Promise<Draft>;
  /** Returns stored bytes for reading or sending, which the kernel sends from a disk; nothing is opened yet. */
  read(path: BlobPath): Blob;
  /**
   * Reads stored bytes: for small files.
   * @throws Problem `busy` where the store is not available
   */
  bytes(path: BlobPath): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Returns the size of stored bytes; null if there are none.
   * @throws Problem `busy` where the store is not available
   */
  measure(path: BlobPath): Promise<number | null>;
  /** Deletes bytes, if there are any. */
  remove(path: BlobPath): Promise<void>;
  /** Whether `owner`, a user name, has files. */
  hasFilesOf(owner: string): Promise<boolean>;
  /** Returns the bytes in drafts of `owner`, a user name; deletes abandoned ones. */
  draftBytes(owner: string): Promise<number>;
  /** Returns the bytes that can still be stored. */
  freeBytes(): Promise<number>;
  /** Deletes abandoned drafts: of crashed processes, and old ones of other machines. Returns how many. */
  sweepDrafts(): Promise<number>;
  /** Lists every path with bytes, and other files among them. */
  list(): AsyncIterable<string>;
}

/** Bytes being stored. Disposed of before it is placed, it leaves nothing behind. */
export interface Draft extends AsyncDisposable {
  /**
   * Writes bytes; resolves when more can be written.
   * @throws Problem `storage_full`
   */
  write(bytes: Uint8Array): Promise<void>;
  /** Reads what was written, from its beginning. */
  read(): AsyncIterable<Uint8Array>;
  /** Holds nothing open until it is placed: of many drafts that wait. */
  rest(): Promise<void>;
  /** Opens what was written, to read it at any place. */
  open(): Promise<FileHandle>;
  /**
   * Moves the bytes to `path`; resolves when they are durable there.
   * @throws Problem `storage_full`
   */
  place(path: BlobPath): Promise<void>;
}

/** Returns a new path for bytes of `owner`. */
export function makeBlobPath(owner: string, extension: string, random: Random): BlobPath {
  const file = extension === "" ? makeUuid(random) : `${makeUuid(random)}.${extension}`;
  return requireBlobPath(`${owner}/assets/${file}`);
}

/** No segment is empty, begins with a dot, or contains characters special to file systems. */
const BLOB_PATH = /^(?!\.)[^/\\\p{Cc}]{1,200}\/assets\/[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/u;

/**
 * Checks that a path cannot lead out of a store.
 * @throws Error otherwise: Trunk8 never creates such a path
 */
export function requireBlobPath(path: string): BlobPath {
  if (!BLOB_PATH.test(path)) throw new Error(`Invalid blob path: ${path}`);
  return path as BlobPath;
}

/** As `BLOB_PATH`, with any name and in any folder below `assets`. */
const PATH_IN_PLACE = /^(?!\.)[^/\\\p{Cc}]{1,200}\/assets(?:\/(?!\.)[^/\\\p{Cc}]{1,255}){1,20}$/u;

/** Path of a file of the operator in `owner`'s assets; null if it could lead elsewhere. */
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
