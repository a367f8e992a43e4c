import type { ImportedUser } from "../accounts/imported-users.ts";
import type { Settings } from "../config/settings.ts";
import type { BlobPath } from "../files/blob.ts";
import type { Link } from "../links/link.ts";

/**
 * Another site, read into our terms. An importer makes one and changes nothing; `planImport` and `applyImport` do the
 * rest. What the importer cannot read is in its report already.
 */
export interface ImportedSite {
  /** In the order in which their accounts are created. */
  readonly users: readonly ImportedAccount[];
  /** In the order of the source: of two links with one short code, the first is imported. */
  readonly links: readonly SourceLink[];
  readonly settings: Partial<Settings>;
  /** Files without a link, by path; they are not imported. The others are with their links. */
  readonly unusedFiles: readonly string[];
}

/** A user of another site. */
export interface ImportedAccount {
  /** The user name there; here it may be another one. */
  readonly oldName: string;
  readonly user: ImportedUser;
}

/** A link of another site, its bytes still there. Times are milliseconds since 1970 UTC. */
export interface SourceLink
  extends Pick<
    Link,
    | "shortCode"
    | "kind"
    | "target"
    | "title"
    | "note"
    | "redirectStatus"
    | "expiresAt"
    | "disabled"
    | "inline"
    | "createdAt"
  > {
  /** The user name of the owner here. */
  readonly owner: string;
  /** Null for a redirect, and where the file is missing. */
  readonly content: SourceContent | null;
  readonly place: SourcePlace;
  /** Where its expiry is written. */
  readonly expiryPlace: SourcePlace;
  /** What is different from how it was there. */
  readonly remarks: readonly Remark[];
}

/** The bytes of a link: a file on this machine, or a text. */
export interface SourceContent {
  readonly name: string;
  readonly modifiedAt: number;
  readonly bytes: SourceFile | { readonly text: string };
}

export interface SourceFile {
  /** On this machine. */
  readonly place: string;
  readonly size: number;
  /** The file's change time on disk, in whole milliseconds since 1970 UTC. */
  readonly changedAt: number;
  /** Its path in our data folder if it is there already: then it stays. Null: it is copied. */
  readonly path: BlobPath | null;
}

/** A place in the data of another site. */
export interface SourcePlace {
  /** Its path from the folder of that site on. */
  readonly file: string;
  /** Null: the whole file. */
  readonly line: number | null;
}

/** Something to know about a place in the data of another site. */
export interface Remark extends SourcePlace {
  readonly message: string;
}
