import type { Link } from "../links/link.ts";

/** A link as an archive has it. Its shape is right; whether it is allowed is checked by `validateLink`. */
export interface ArchivedLink
  extends Pick<
    Link,
    | "title"
    | "note"
    | "redirectStatus"
    | "expiresAt"
    | "disabled"
    | "inline"
    | "createdAt"
    | "updatedAt"
  > {
  readonly shortCode: string;
  readonly kind: string;
  readonly target: string;
  readonly content: ArchivedContent | null;
  readonly visits: number;
  readonly lastVisitAt: number | null;
}

/** Bytes that are an entry of the archive, or a text in its links.toml. */
export interface ArchivedContent {
  readonly name: string;
  readonly modifiedAt: number;
  readonly source: { readonly entry: string } | { readonly text: string };
}
