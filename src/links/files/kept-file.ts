import type { ReservedBlob } from "../../files/blobs.ts";

/** A file whose bytes are durable, before a link uses it. */
export interface KeptFile {
  readonly blob: ReservedBlob;
  readonly name: string;
  readonly type: string;
}

/** One for a link that has several. */
export interface KeptLinkFile extends KeptFile {
  readonly path: string;
  readonly title: string;
  /** Milliseconds since 1970 UTC; absent: now. */
  readonly modifiedAt?: number;
}
