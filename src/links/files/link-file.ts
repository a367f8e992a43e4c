import type { ReceivedFile } from "../../files/blobs.ts";
import type { Content } from "../link.ts";

/** Most files of one link. */
export const MAX_FILES = 10_000;

/** One of the files of a link that has several; its name is the last part of its path. */
export interface LinkFile {
  readonly id: number;
  /** With `/` between its parts; no two of a link are the same. */
  readonly path: string;
  /** Empty: it is listed by its path. */
  readonly title: string;
  readonly content: Content;
}

/** A file for a link of several. */
export interface NewLinkFile {
  readonly path: string;
  readonly title: string;
  readonly file: ReceivedFile;
}

/** A change of one file; an absent key keeps its value. */
export interface FileEdit {
  readonly id: number;
  readonly path?: string | undefined;
  readonly title?: string | undefined;
  /** Its new place, from 1 on. */
  readonly position?: number | undefined;
  readonly isRemoved?: boolean;
}

/** Number of a link's files, and their bytes together. */
export interface FileSum {
  readonly count: number;
  readonly bytes: number;
}
