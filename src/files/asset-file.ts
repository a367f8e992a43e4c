import { constants } from "node:fs";
import { type FileHandle, lstat, open, realpath } from "node:fs/promises";
import { join } from "node:path";
import { invalid, Problem } from "../problem.ts";
import { type BlobPath, pathInPlace, type StoredBytes } from "./blob.ts";
import { HEAD_BYTES } from "./media/media-type.ts";
import { text } from "./text.en.ts";

/** Read from the disk at a time. */
const CHUNK_BYTES = 262_144;

/** A file in a user's assets folder. */
export interface Asset {
  readonly path: BlobPath;
  /** Path on this machine. */
  readonly place: string;
  readonly size: number;
  /** Time of the last change on disk, in whole milliseconds since 1970 UTC. */
  readonly changedAt: number;
}

/** Size, hash and first bytes of an asset. */
export interface MeasuredAsset extends StoredBytes {
  /** The first HEAD_BYTES bytes. */
  readonly head: Uint8Array;
}

/**
 * Finds the regular file at `relative` in a user's assets folder; symlinks are refused.
 * @param usersFolder `users` of the data folder
 * @throws Problem `invalid` on `path`
 */
export async function findAsset(
  usersFolder: string,
  owner: string,
  relative: string,
): Promise<Asset> {
  const path = pathInPlace(owner, relative);
  if (path === null) throw invalid("path", text.assets.outside);
  const place = join(usersFolder, path);
  const folder = await realpath(join(usersFolder, owner, "assets")).catch(() => null);
  const found = await lstat(place).catch(() => null);
  if (folder === null || found === null) throw invalid("path", text.assets.notFound(relative));
  if (!found.isFile() || (await realpath(place)) !== join(folder, relative))
    throw invalid("path", text.assets.notRegular(relative));
  return { path, place, size: found.size, changedAt: Math.floor(found.ctimeMs) };
}

/**
 * Reads an asset to its end.
 * @throws Problem `busy` when it changes in the meantime; `invalid` on `path` when it cannot be read
 */
export async function measureAsset(asset: Asset): Promise<MeasuredAsset> {
  const file = await openAsset(asset);
  try {
    const measured = await readThrough(file);
    const { size, ctimeMs } = await file.stat();
    const isSame = size === asset.size && Math.floor(ctimeMs) === asset.changedAt;
    if (!isSame || measured.size !== size) throw stillWritten(asset);
    return measured;
  } finally {
    await file.close();
  }
}

/** Returns the first bytes of an asset, which identify its type. */
export async function headOf(asset: Asset): Promise<Uint8Array> {
  const file = await openAsset(asset);
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    const { bytesRead } = await file.read(head, 0, HEAD_BYTES, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function readThrough(file: FileHandle): Promise<MeasuredAsset> {
  const hasher = new Bun.CryptoHasher("sha256");
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let head: Uint8Array = new Uint8Array();
  let size = 0;
  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, size);
    if (bytesRead === 0) return { size, sha256: hasher.digest("hex"), head };
    if (size === 0) head = Uint8Array.from(chunk.subarray(0, Math.min(bytesRead, HEAD_BYTES)));
    hasher.update(chunk.subarray(0, bytesRead));
    size += bytesRead;
  }
}

async function openAsset({ place, path }: Asset): Promise<FileHandle> {
  try {
    return await open(place, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (cause) {
    const message = text.assets.unreadable(path);
    throw new Problem("invalid", message, { fields: { path: message }, cause });
  }
}

function stillWritten({ path }: Asset): Problem {
  return new Problem("busy", text.assets.stillWritten(path), { retryAfterSeconds: 1 });
}
