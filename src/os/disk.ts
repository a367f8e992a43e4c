import { statfs } from "node:fs/promises";

export interface Disk {
  readonly freeBytes: number;
  readonly sizeBytes: number;
}

/** The disk that a folder is on; what is free for others than root. */
export async function readDisk(folder: string): Promise<Disk> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { freeBytes: bavail * bsize, sizeBytes: blocks * bsize };
}
