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
