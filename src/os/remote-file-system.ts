import { statfs } from "node:fs/promises";

/** Types of file systems that are another machine's, as statfs(2) gives them on Linux. */
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

/** The name of the network file system that a folder is on, or null where it is on a disk of this machine. */
export async function remoteFileSystem(folder: string): Promise<string | null> {
  const { type } = await statfs(folder);
  return REMOTE.get(type >>> 0) ?? null;
}
