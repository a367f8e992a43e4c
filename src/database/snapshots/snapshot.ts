import { Problem } from "../../problem.ts";
import { text } from "../text.en.ts";

/** Everything a database held at one moment, as files in a folder. */
export interface Snapshot {
  readonly files: readonly string[];
  /** The bytes that links had then, in pages. */
  blobs(): AsyncGenerator<readonly SnapshotBlob[]>;
}

export interface SnapshotBlob {
  /** `<owner>/assets/<name>` */
  readonly path: string;
  readonly size: number;
  /** Hex. */
  readonly sha256: string;
}

/** States of bytes that some link has. */
export const IN_USE: readonly string[] = ["used", "in_place"];

/** Replaces a database that is not in use by a snapshot. */
export interface DatabaseRestore extends AsyncDisposable {
  /** Whether there is nothing there that it would take the place of. */
  readonly isEmpty: boolean;
  /**
   * In one step: before it the old database stands, after it the new one.
   * @param folder holds the files of the snapshot
   * @param aside where the old database goes, if it is a file
   * @throws Problem `invalid` where the snapshot is damaged, or is none for this database
   */
  run(folder: string, files: readonly string[], aside: string): Promise<void>;
}

/** The files of one kind of database mean nothing to the other. */
export function otherKind(): Problem {
  return new Problem("invalid", text.otherKind);
}
