import { statfs } from "node:fs/promises";

export interface Disk {
  readonly freeBytes: number;
  readonly sizeBytes: number;
}

/** Returns size and free space of the disk that a folder is on, without the blocks reserved for root. */
export async function readDisk(folder: string): Promise<Disk> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { freeBytes: bavail * bsize, sizeBytes: blocks * bsize };
}

/** Types of network file systems, as statfs(2) returns them on Linux. */
const REMOTE: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "SMB"],
  [0xfe534d42, "SMB"],
  [0x01021997, "9P"],
  [0x00c36400, "Ceph"],
  [0x0bd00bd0, "Lustre"],
  [0x5346414f, "AFS"],
  [0x73757245, "Coda"],
]);

/** Returns the name of the network file system that a folder is on; null for a local disk. */
export async function remoteFileSystem(folder: string): Promise<string | null> {
  const { type } = await statfs(folder);
  return REMOTE.get(type >>> 0) ?? null;
}
