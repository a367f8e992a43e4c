import type { PackedBytes } from "../archive/packed-bytes.ts";
import type { RestoredLink } from "../links/bulk/restored-links.ts";
import type { Link } from "../links/link.ts";

/** A link as an archive has it. Its shape is right; whether it is allowed is checked by `LinkRules`. */
export interface ArchivedLink
  extends Pick<
    Link,
    | "title"
    | "note"
    | "tags"
    | "redirectStatus"
    | "expiresAt"
    | "startsAt"
    | "forwardQuery"
    | "visitLimit"
    | "visitsLeft"
    | "passwordHash"
    | "disabled"
    | "inline"
    | "createdAt"
    | "updatedAt"
  > {
  readonly shortCode: string;
  readonly kind: string;
  readonly target: string;
  readonly fallbackUrl: string;
  /** Null: from before there was this. */
  readonly embedHosts: string | null;
  readonly aliases: readonly string[];
  readonly content: ArchivedContent | null;
  readonly files: readonly ArchivedFile[];
  readonly visits: number;
  readonly lastVisitAt: number | null;
}

/** Bytes that are an entry of the archive, or a text in its links.toml. */
export interface ArchivedContent {
  readonly name: string;
  readonly modifiedAt: number;
  readonly source: { readonly entry: string } | { readonly text: string };
}

/** One of the files of a link that has several. */
export interface ArchivedFile {
  readonly path: string;
  readonly title: string;
  readonly content: ArchivedContent;
}

/** A link that may be restored, its bytes still in the archive. */
export interface CheckedLink extends Omit<RestoredLink, "content" | "files"> {
  /** The number by which the hours of the archive refer to it. */
  readonly place: number;
  readonly content: CheckedContent | null;
  readonly files: readonly CheckedFile[];
  readonly visits: number;
  readonly lastVisitAt: number | null;
}

export interface CheckedContent {
  readonly name: string;
  readonly modifiedAt: number;
  readonly size: number;
  readonly source: ContentSource;
}

export interface CheckedFile {
  readonly path: string;
  readonly title: string;
  readonly content: CheckedContent;
}

/** The bytes of a link. */
export function contentsOf({ content, files }: CheckedLink): readonly CheckedContent[] {
  return [...(content === null ? [] : [content]), ...files.map((file) => file.content)];
}

/** Where the bytes of a link are. */
export type ContentSource =
  | { readonly entry: string; readonly bytes: PackedBytes }
  | { readonly text: StoredText };

/** A text that the reading process has kept. */
export interface StoredText {
  readonly at: number;
  readonly size: number;
}

/** A link of the archive that is not restored, and why. */
export interface SkippedLink {
  readonly shortCode: string;
  readonly reason: string;
}
